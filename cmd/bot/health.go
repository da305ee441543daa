package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"verbatim/internal/health"
	"verbatim/internal/library"
)

// newMonitor counts what happens, whether or not it will be shown.
func newMonitor(cfg config, lib *library.Library, log *slog.Logger) *health.Monitor {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = versionLine(info)
	}
	return health.New(health.Options{
		Corpus: func() health.Corpus {
			s := lib.Status(context.Background())
			return health.Corpus{Revision: string(s.Revision), Articles: s.Articles, Sentences: s.Sentences, LoadedAt: s.LoadedAt}
		},
		Version: version, Profile: cfg.HTTPProfile, Logger: log,
	})
}

// serveHealth shows what the monitor counts, if an address is set, until the
// function that it returns is called, which waits. An address that can't be had
// is an error.
func serveHealth(ctx context.Context, cfg config, monitor *health.Monitor, log *slog.Logger) (stop func(), err error) {
	if cfg.HTTPAddr == "" {
		if cfg.HTTPProfile {
			log.Warn("HTTP_PPROF is set, but nothing is served without HTTP_ADDR")
		}
		return func() {}, nil
	}
	l, err := health.Listen(ctx, cfg.HTTPAddr)
	if err != nil {
		return nil, err
	}
	log.Info("health checks are served", "address", l.Addr().String(), "profiles", cfg.HTTPProfile)
	// The process is still alive while the bot finishes what it was answering.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := monitor.Serve(ctx, l); err != nil {
			log.Error("health checks are no longer served; the bot goes on", "error", err)
		}
	})
	return func() {
		cancel()
		wait.Wait()
	}, nil
}

// reloader is the library for those who only want it read again.
type reloader interface {
	Reload(ctx context.Context, by string) (library.Report, error)
}

// counted is the library with its reloads counted, and announced to the other
// processes of the bot.
type counted struct {
	library.View
	monitor  *health.Monitor
	announce func(by string) // nil for those that another has announced
}

// Reload reads the articles again; see library.View.
func (c counted) Reload(ctx context.Context, by string) (library.Report, error) {
	start := time.Now()
	report, err := c.View.Reload(ctx, by)
	if !report.Shared { // who shares a reload has not caused one
		c.monitor.Reload(time.Since(start), err)
		if report.Reread && c.announce != nil {
			c.announce(by)
		}
	}
	return report, err
}
