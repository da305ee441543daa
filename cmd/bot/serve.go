package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"verbatim/internal/article"
	"verbatim/internal/discord"
	"verbatim/internal/library"
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
	defer reloadOnHangup(ctx, lib, log)()
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

// reloadOnHangup reads the articles again at each SIGHUP, until the function
// that it returns is called; that waits for a reload under way.
func reloadOnHangup(ctx context.Context, lib *library.Library, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				reload(ctx, lib, log)
			}
		}
	})
	return func() {
		signal.Stop(hangups)
		cancel()
		wait.Wait()
	}
}

// reload tells the log what came of a reload that nobody waits for.
func reload(ctx context.Context, lib *library.Library, log *slog.Logger) {
	report, err := lib.Reload(ctx, "SIGHUP")
	var problems article.Problems
	switch {
	case errors.As(err, &problems):
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		log.Error("the articles were not reloaded; the old ones go on answering", "problems", lines)
	case err != nil:
		log.Error("the articles were not reloaded; the old ones go on answering", "error", err)
	default:
		log.Info("reloaded", "before", string(report.Before.Revision), "after", string(report.After.Revision),
			"added", strings.Join(report.Added, ","), "changed", strings.Join(report.Changed, ","),
			"removed", strings.Join(report.Removed, ","), "took", report.Took)
	}
}
