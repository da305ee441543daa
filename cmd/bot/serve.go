package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"verbatim/internal/discord"
	"verbatim/internal/fetch"
	"verbatim/internal/library"
	"verbatim/internal/store"
	"verbatim/internal/terminal"
)

// serve answers until ctx ends: in Discord with a token, otherwise in the
// terminal until its input ends as well. Who reads the log as JSON is told there
// why it ended.
func serve(ctx context.Context, s streams) error {
	// From the beginning: a SIGHUP that nobody takes ends the process. One that
	// comes while the articles are loaded has them read again after.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	cfg, log, err := setUp(s, slog.LevelInfo)
	if err == nil {
		err = serveWith(ctx, s, cfg, log, hangups)
	}
	if err != nil && cfg.LogJSON {
		log.Error("the bot can't go on", "error", err)
		return errLogged
	}
	return err
}

func serveWith(ctx context.Context, s streams, cfg config, log *slog.Logger, hangups <-chan os.Signal) error {
	if !cfg.Token.set() {
		if cfg.LogJSON {
			log.Warn(strings.TrimSpace(noToken))
		} else if _, err := io.WriteString(s.err, noToken); err != nil {
			return err
		}
		return serveTerminal(ctx, s, cfg, log, hangups)
	}
	st, err := openStore(cfg, s.now, log)
	if err != nil {
		return err
	}
	defer closeStore(st, log)
	lib, err := openLibrary(ctx, cfg, s.now, log, st)
	if err != nil {
		return err
	}
	defer closeLibrary(lib, log)
	monitor := newMonitor(cfg, lib, log)
	announce := func(by string) {
		if err := st.Announce(by); err != nil {
			log.Error("other processes are not told of a reload", "error", err)
		}
	}
	desk := counted{lib.View, monitor, announce}
	defer reloadOnChange(ctx, cfg, hangups, desk, counted{lib.View, monitor, nil}, st, log)()
	stopHealth, err := serveHealth(ctx, cfg, monitor, log)
	if err != nil {
		return err
	}
	defer stopHealth()
	bot, err := discord.New(discord.Config{
		Token:          cfg.Token.value,
		APIURL:         cfg.APIURL,
		GuildID:        cfg.GuildID,
		Shards:         cfg.Shards,
		MessageContent: cfg.MessageContent,
		Logger:         log,
		Clock:          s.now,
		Desk:           desk,
		Observer:       monitor,
		LogQuestions:   cfg.LogQuestions,
		Limits:         &cfg.Limits,
		Settings:       st,
		Store:          st,
		Servers: func(server string) discord.Own {
			// Other processes serve other servers, which aren't told who it was.
			return counted{lib.For(server), monitor, func(string) { announce(library.ByElsewhere) }}
		},
		Fetch:   fetcher(cfg, log),
		Drifts:  lib.Drifts(),
		Opinion: keepOpinion(st),
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

// fetcher gets pages of the web, nil when the operator doesn't want that. Why one
// can't be had is for the operator alone: it may tell what is behind an address.
func fetcher(cfg config, log *slog.Logger) func(context.Context, string) (string, []byte, bool) {
	if !cfg.AllowURLImport {
		return nil
	}
	f := fetch.New()
	return func(ctx context.Context, address string) (string, []byte, bool) {
		page, err := f.Fetch(ctx, address)
		if err != nil {
			log.Info("a page was not added", "error", err)
		}
		return page.Title, page.Data, err == nil
	}
}

// keepOpinion keeps what members think of answers.
func keepOpinion(st *store.Store) func(context.Context, discord.Opinion) error {
	return func(_ context.Context, o discord.Opinion) error {
		kept := store.Opinion{Server: o.Server, Helpful: o.Helpful, Revision: string(o.Revision)}
		if len(o.Passages) > 0 {
			p := o.Passages[0]
			kept.Article, kept.Paragraph, kept.Sentence = p.Article, p.Paragraph, p.Sentence
		}
		return st.KeepOpinion(o.Member, kept)
	}
}

// serveTerminal answers the lines of the input.
func serveTerminal(ctx context.Context, s streams, cfg config, log *slog.Logger, hangups <-chan os.Signal) error {
	lib, err := openLibrary(ctx, cfg, s.now, log, nil)
	if err != nil {
		return err
	}
	defer closeLibrary(lib, log)
	if cfg.HTTPAddr != "" {
		log.Warn("HTTP_ADDR is set, but health checks are served only while the bot is in Discord")
	}
	defer reloadOnChange(ctx, cfg, hangups, lib, lib, nil, log)()
	return terminal.Run(ctx, lib, terminal.Options{
		In: s.in, Out: s.out, Screen: screenOf(s.out, s.getenv), Prompt: isPerson(s.in, s.out), Log: log,
	})
}

const noToken = "DISCORD_TOKEN is not set, so the bot answers here in the terminal instead of in Discord.\n"
