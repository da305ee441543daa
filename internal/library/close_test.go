package library

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"verbatim/internal/answer"
	"verbatim/internal/summary"
)

func TestCloseWaitsForQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l := w.open(t)
		asked, closed := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := l.Ask(t.Context(), answer.Question{Text: "hold"})
			asked <- err
		}()
		<-w.held
		go func() { closed <- l.Close() }()
		synctest.Wait()
		if len(closed) > 0 || w.engines[0].closed.Load() {
			t.Error("closed while a question was being answered")
		}
		if _, err := l.Ask(t.Context(), answer.Question{}); !errors.Is(err, ErrClosed) {
			t.Errorf("ask after close: %v", err)
		}
		if _, err := l.Reload(t.Context(), "ann"); !errors.Is(err, ErrClosed) {
			t.Errorf("reload after close: %v", err)
		}
		if _, err := l.Summarize(t.Context(), summary.Request{}); !errors.Is(err, ErrClosed) {
			t.Errorf("summary after close: %v", err)
		}
		close(w.hold)
		if err := <-asked; err != nil {
			t.Errorf("the question under way: %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

func TestCloseEndsAReload(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	building := make(chan struct{})
	w.before = func(ctx context.Context) error {
		close(building)
		<-ctx.Done()
		return ctx.Err()
	}
	w.write("a.md", "Text two.")
	reloaded := make(chan error)
	go func() { _, err := l.Reload(t.Context(), "ann"); reloaded <- err }()
	<-building
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-reloaded; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// TestTwoProcessesOfOneFolder: the second doesn't wait for the first, and leaves
// its indexes alone.
func TestTwoProcessesOfOneFolder(t *testing.T) {
	var log bytes.Buffer
	o := Options{Source: func() (fs.FS, error) {
		return fstest.MapFS{"a.md": {Data: []byte("The ferry of Ashby was opened by the mayor, Carla Reed.")}}, nil
	}, IndexDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	begin := func() *Library {
		l, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Ask(t.Context(), answer.Question{Text: "Who opened the ferry of Ashby?"})
		if err != nil || !a.Answered {
			t.Errorf("%+v, %v", a, err)
		}
		return l
	}
	first, second := begin(), begin()
	for _, l := range []*Library{second, first} {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := begin().Close(); err != nil { // the folder is free again
		t.Error(err)
	}
	if n := strings.Count(log.String(), "kept in memory"); n != 1 {
		t.Errorf("said %d times that there is another:\n%s", n, log.String())
	}
}
