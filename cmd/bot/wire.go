package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"verbatim"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
	"verbatim/internal/terminal"
)

// setUp reads the configuration and makes the log, which begins with what is
// odd about the configuration. level is that of the log unless one is set; in
// the terminal the log keeps out of the way. After an error the log has the format
// that was chosen, if that could be read.
func setUp(s streams, level slog.Level) (config, *slog.Logger, error) {
	cfg, warnings, err := loadConfig(s.getenv)
	if !cfg.Token.set() {
		level = max(level, slog.LevelWarn)
	}
	if cfg.LogLevel != nil {
		level = *cfg.LogLevel
	}
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(s.err, options)
	if cfg.LogJSON {
		handler = slog.NewJSONHandler(s.err, options)
	}
	log := slog.New(handler)
	if err != nil {
		return cfg, log, err
	}
	for _, w := range warnings {
		log.Warn(w)
	}
	return cfg, log, nil
}

// openLibrary loads the articles. A broken corpus is shown problem by problem.
// shelf has what servers added, nil when none is served.
func openLibrary(ctx context.Context, cfg config, now func() time.Time, log *slog.Logger, shelf library.Shelf) (*library.Library, error) {
	options := library.Options{Source: verbatim.Articles, Logger: log, Clock: now, Shelf: shelf, Serves: cfg.Shards.Serves}
	name := "the built-in articles"
	if cfg.CorpusDir != "" {
		name = cfg.CorpusDir
		options.Source = func() (fs.FS, error) { return os.DirFS(cfg.CorpusDir), nil }
	}
	if cfg.DataDir != "" {
		options.IndexDir = filepath.Join(cfg.DataDir, "index")
		if part := cfg.Shards.Part(); len(part) > 0 {
			// One process has an index open, and clears away those of others.
			options.IndexDir = filepath.Join(options.IndexDir, fmt.Sprintf("shard-%d", part[0]))
		}
	}
	lib, err := library.Open(ctx, options)
	var problems article.Problems
	if errors.As(err, &problems) {
		return nil, fmt.Errorf("%s can't be served:\n%s", name, strings.TrimSuffix(terminal.Screen{}.Problems(problems), "\n"))
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return lib, nil
}

// withLibrary lets a command use the operator's articles, for as long as it
// takes.
func withLibrary(ctx context.Context, s streams, use func(lib *library.Library, log *slog.Logger) error) error {
	cfg, log, err := setUp(s, slog.LevelWarn)
	if err != nil {
		return err
	}
	lib, err := openLibrary(ctx, cfg, s.now, log, nil)
	if err != nil {
		return err
	}
	defer closeLibrary(lib, log)
	return use(lib, log)
}

// openStore opens what servers decide and add.
func openStore(cfg config, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	if cfg.DataDir == "" {
		log.Warn("DATA_DIR is not set: settings, added articles and all else that servers keep are gone when the bot stops")
	}
	part := cfg.Shards.Part()
	if cfg.DataDir == "" && len(part) > 0 {
		log.Warn("SHARD_ID is set without DATA_DIR: a reload in another process doesn't reach this one")
	}
	return store.Open(store.Options{Dir: cfg.DataDir, Clock: now, Retention: cfg.Retention, Shards: part, Logger: log})
}

func closeStore(st *store.Store, log *slog.Logger) {
	if err := st.Close(); err != nil {
		log.Error("the store did not close well", "error", err)
	}
}

func closeLibrary(lib *library.Library, log *slog.Logger) {
	if err := lib.Close(); err != nil {
		log.Error("the library did not close well", "error", err)
	}
}

// screenOf is the screen behind out: a terminal's, or that of a file.
func screenOf(out io.Writer, getenv func(string) string) terminal.Screen {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return terminal.Screen{}
	}
	screen := terminal.Screen{Style: getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		screen.Width = min(width, widest)
	}
	return screen
}

// widest is how wide a column of text may be and still be easy to read.
const widest = 100

// isPerson reports whether someone types at in and reads out.
func isPerson(in io.Reader, out io.Writer) bool {
	i, ok := in.(*os.File)
	o, also := out.(*os.File)
	return ok && also && term.IsTerminal(int(i.Fd())) && term.IsTerminal(int(o.Fd()))
}
