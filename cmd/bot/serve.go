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
	defer reloadOnChange(ctx, cfg, lib, log)()
	if !cfg.Token.set() {
		return terminal.Run(ctx, lib, terminal.Options{
			In: s.in, Out: s.out, Screen: screenOf(s.out, s.getenv), Prompt: isPerson(s.in, s.out), Log: log,
		})
	}
	bot, err := discord.New(discord.Config{
		Token:          cfg.Token.value,
		APIURL:         cfg.APIURL,
		GuildID:        cfg.GuildID,
		MessageContent: cfg.MessageContent,
		Logger:         log,
		Desk:           lib,
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
