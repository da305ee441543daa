package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"

	"verbatim/internal/library"
	"verbatim/internal/store"
)

// partly is a shelf of which a part fails.
type partly struct {
	*store.Store
	articles, goldens error
}

func (p *partly) Articles(server string) ([]store.Article, error) {
	if p.articles != nil {
		return nil, p.articles
	}
	return p.Store.Articles(server)
}

func (p *partly) Goldens(server string) ([]store.Golden, error) {
	if p.goldens != nil {
		return nil, p.goldens
	}
	return p.Store.Goldens(server)
}

// TestReloadsAreAnnounced: the other processes are told when the operator's
// articles were read again, whatever came of the rest, and only then.
func TestReloadsAreAnnounced(t *testing.T) {
	kept, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	shelf, files := &partly{Store: kept}, fstest.MapFS{"a.md": {Data: []byte("The bridge opened on 4 May.")}}
	lib, err := library.Open(t.Context(), library.Options{Source: func() (fs.FS, error) { return files, nil }, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(lib.Close(), kept.Close()); err != nil {
			t.Error(err)
		}
	}()
	var told []string
	c := counted{lib.For("1"), newMonitor(config{}, lib, slog.New(slog.DiscardHandler)), func(by string) { told = append(told, by) }}
	if _, err := c.Add(t.Context(), store.Article{Name: "own.md", Data: []byte("The ferry sails at noon.")}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		by     string
		change func()
		fails  bool
	}{
		{"all went well", func() {}, false},
		{"no check", func() { shelf.goldens = errors.New("out of order") }, false},
		{"not the server's own", func() { shelf.articles = errors.New("out of order") }, true},
		{"broken articles", func() { files["a.md"].Data = []byte("\xff") }, true},
	} {
		step.change()
		if _, err := c.Reload(t.Context(), step.by); (err != nil) != step.fails {
			t.Errorf("%s: %v", step.by, err)
		}
	}
	if want := []string{"all went well", "no check", "not the server's own"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}
