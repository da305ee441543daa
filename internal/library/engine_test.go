package library

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verbatim"
	"verbatim/internal/answer"
	"verbatim/internal/store"
	"verbatim/internal/summary"
)

// TestShippedArticle asks the real index, answerer and summarizer, with the
// index in memory, on disk, and on disk again after a restart.
func TestShippedArticle(t *testing.T) {
	disk := t.TempDir()
	var built string
	for _, dir := range []string{"", disk, disk} {
		l, err := Open(t.Context(), Options{Source: verbatim.Articles, IndexDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Ask(t.Context(), answer.Question{Text: "Which force did the US establish in 2015?"})
		if err != nil || len(a.Passages)+len(a.Nearest) == 0 || a.Revision != l.Corpus(t.Context()).Revision {
			t.Errorf("dir %q: answer %+v, %v", dir, a, err)
		}
		s, err := l.Summarize(t.Context(), summary.Request{})
		if err != nil || len(s) != 1 || len(s[0].Sentences) == 0 {
			t.Errorf("dir %q: summary %+v, %v", dir, s, err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("dir %q: close: %v", dir, err)
		}
		if dir == "" {
			continue
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Fatalf("index folder holds %v, %v", entries, err)
		}
		if built == "" {
			built = entries[0].Name()
		} else if entries[0].Name() != built {
			t.Errorf("index %s, before the restart %s", entries[0].Name(), built)
		}
	}
}

// TestServersIndexesOnDisk adds and removes a server's article: its index is
// there as long as it has one, and what didn't change is never indexed again.
func TestServersIndexesOnDisk(t *testing.T) {
	data := t.TempDir()
	w := newWorld("The harbour opened in May.")
	w.write("b.md", "The bridge was built in 1911.")
	for _, step := range []struct {
		do      func(v View) error
		folders string
		indexed []string // by each build, how many articles
	}{
		{func(View) error { return nil }, "v3-operator", []string{"2"}},
		{func(v View) error {
			_, err := v.Add(t.Context(), note("own.md", "The ferry sails at noon."))
			return err
		}, "v3-7 v3-operator", []string{"0", "3"}},
		{func(v View) error { v.Corpus(t.Context()); return nil }, "v3-7 v3-operator", []string{"0", "0"}},
		{func(v View) error {
			w.write("b.md", "The bridge was built in 1912.")
			_, err := v.Reload(t.Context(), "ann")
			return err
		}, "v3-7 v3-operator", []string{"0", "0", "1", "1"}},
		{func(v View) error {
			if _, err := v.Remove(t.Context(), "own.md", "ann"); err != nil {
				return err
			}
			_, err := v.Reload(t.Context(), "ann")
			return err
		}, "v3-operator", []string{"0"}},
	} {
		shelf, err := store.Open(store.Options{Dir: data})
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		dir := filepath.Join(data, "index")
		l, err := Open(t.Context(), Options{Source: w.source, IndexDir: dir, Shelf: shelf, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		v := l.For("7")
		if err := step.do(v); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Ask(t.Context(), answer.Question{Text: "When was the bridge built?"}); err != nil {
			t.Error(err)
		}
		if err := errors.Join(l.Close(), shelf.Close()); err != nil {
			t.Error(err)
		}
		// The folder is cleared at a load, so that a server's goes with the next.
		l, err = Open(t.Context(), Options{Source: w.source, IndexDir: dir, Shelf: shelf})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var folders, indexed []string
		for _, e := range entries {
			folders = append(folders, e.Name())
		}
		for line := range strings.Lines(log.String()) {
			if _, n, found := strings.Cut(line, " indexed="); found {
				indexed = append(indexed, strings.TrimSpace(n))
			}
		}
		if got := strings.Join(folders, " "); got != step.folders || !slices.Equal(indexed, step.indexed) {
			t.Errorf("folders %q, want %q; indexed %v, want %v", got, step.folders, indexed, step.indexed)
		}
	}
}

// TestServersIndexesOutliveALibraryWithoutThem: a command that answers from the
// operator's articles beside a stopped bot knows of no server's, and leaves all
// their indexes alone.
func TestServersIndexesOutliveALibraryWithoutThem(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "index")
	w := newWorld("The harbour opened in May.")
	shelf, err := store.Open(store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), Options{Source: w.source, IndexDir: dir, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.For("7").Add(t.Context(), note("own.md", "The ferry sails at noon.")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Close(), shelf.Close()); err != nil {
		t.Error(err)
	}
	l, err = Open(t.Context(), Options{Source: w.source, IndexDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "v3-7")); err != nil {
		t.Error(err)
	}
}

// TestIndexesOnDisk changes a corpus whose index is on disk to and fro.
func TestIndexesOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	w := newWorld("The harbour opened in May.")
	l, err := Open(t.Context(), Options{Source: w.source, IndexDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"The harbour closed in June.", "The harbour opened in May.", "The harbour opened in May."} {
		w.write("a.md", text)
		r, err := l.Reload(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Ask(t.Context(), answer.Question{Text: "When did the harbour open or close?"})
		if err != nil || a.Revision != r.After.Revision {
			t.Fatalf("answer %+v, %v", a, err)
		}
		for _, found := range append(a.Passages, a.Nearest...) {
			if found.Passage.Text() != text {
				t.Errorf("quoted %q, want %q", found.Passage.Text(), text)
			}
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("index folder holds %v, %v", entries, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
