package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"verbatim/internal/discord"
	"verbatim/internal/terminal"
)

// serve answers until ctx ends: in Discord with a token, otherwise in the
// terminal until its input ends as well.
func serve(ctx context.Context, s streams) error {
	cfg, log, err := setUp(s, slog.LevelInfo)
	if err != nil {
		return err
	}
	if !cfg.Token.set() {
		if _, err := io.WriteString(s.err, noToken); err != nil {
			return err
		}
	}
	lib, err := openLibrary(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer closeLibrary(lib, log)
	monitor := newMonitor(cfg, lib, log)
	desk := counted{lib, monitor}
	defer reloadOnChange(ctx, cfg, desk, log)()
	if !cfg.Token.set() {
		if cfg.HTTPAddr != "" {
			log.Warn("HTTP_ADDR is set, but health checks are served only while the bot is in Discord")
		}
		return terminal.Run(ctx, lib, terminal.Options{
			In: s.in, Out: s.out, Screen: screenOf(s.out, s.getenv), Prompt: isPerson(s.in, s.out), Log: log,
		})
	}
	stopHealth, err := serveHealth(ctx, cfg, monitor, log)
	if err != nil {
		return err
	}
	defer stopHealth()
	bot, err := discord.New(discord.Config{
		Token:          cfg.Token.value,
		APIURL:         cfg.APIURL,
		GuildID:        cfg.GuildID,
		MessageContent: cfg.MessageContent,
		Logger:         log,
		Desk:           desk,
		Observer:       monitor,
		LogQuestions:   cfg.LogQuestions,
	})
	if err != nil {
		return fmt.Errorf("discord: %w", err)
	}
	if err := bot.Run(ctx); err != nil {
		return fmt.Errorf("discord: %w", err)
	}
	log.Info("stopped")
	return nil
}

const noToken = "DISCORD_TOKEN is not set, so the bot answers here in the terminal instead of in Discord.\n"
