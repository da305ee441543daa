package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
	"verbatim/internal/watch"
)

// quiet is how long the files must have been left alone before they are read
// again: longer than an editor or a copy pauses between two of them.
const quiet = time.Second

// reloadOnChange reads the articles again at each of the hangups, in all
// processes of the bot, and in this one after another was told to and, when it is
// set, after each change of their files, which every process sees. It does so
// until the function that it returns is called; that waits for a reload under
// way. st is nil where there is none.
func reloadOnChange(ctx context.Context, cfg config, hangups <-chan os.Signal, all, own reloader, st *store.Store, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				reload(ctx, all, log, library.BySignal)
			}
		}
	})
	if st != nil {
		wait.Go(func() {
			st.Announced(ctx, func(ctx context.Context, by string) {
				log.Info("another process has read the articles again", "by", by)
				reload(ctx, own, log, by)
			})
		})
	}
	switch {
	case cfg.Watch && cfg.CorpusDir == "":
		log.Warn("WATCH is set, but the articles built into the program can't change; set CORPUS_DIR")
	case cfg.Watch:
		wait.Go(func() {
			err := watch.Folder(ctx, cfg.CorpusDir, quiet, log, func(ctx context.Context) { reload(ctx, own, log, library.ByFiles) })
			if err != nil {
				log.Error("changes of the articles are not seen; /corpus reload and SIGHUP still read them", "error", err)
			}
		})
	}
	return func() {
		cancel()
		wait.Wait()
	}
}

// reload tells the log what came of a reload that nobody waits for.
func reload(ctx context.Context, lib reloader, log *slog.Logger, by string) {
	report, err := lib.Reload(ctx, by)
	var problems article.Problems
	switch {
	case errors.As(err, &problems):
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		log.Error("the articles were not reloaded; the old ones go on answering", "problems", lines)
	case err != nil && ctx.Err() != nil:
	case err != nil:
		log.Error("the articles were not reloaded; the old ones go on answering", "error", err)
	default:
		log.Info("reloaded", "before", string(report.Before.Revision), "after", string(report.After.Revision),
			"added", strings.Join(report.Added, ","), "changed", strings.Join(report.Changed, ","),
			"removed", strings.Join(report.Removed, ","), "took", report.Took)
	}
}
