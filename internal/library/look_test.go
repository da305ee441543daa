package library

import (
	"errors"
	"testing"

	"verbatim/internal/summary"
)

// TestLooks takes every look at the articles, and holds each to the revision
// that is served and to the end of it.
func TestLooks(t *testing.T) {
	w := newWorld("The harbour of Oslo opened in May 2015. It cost 3 million.")
	l, err := Open(t.Context(), w.options())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	looks := map[string]func(id string) (int, error){
		"summary": func(id string) (int, error) {
			x, err := l.Summarize(ctx, summary.Request{Article: id})
			return len(x), err
		},
		"about":    func(id string) (int, error) { x, err := l.About(ctx, id); return len(x), err },
		"facts":    func(id string) (int, error) { x, err := l.Facts(ctx, id); return len(x), err },
		"timeline": func(id string) (int, error) { x, err := l.Timeline(ctx, id); return len(x), err },
		"people":   func(id string) (int, error) { x, err := l.People(ctx, id); return len(x), err },
		"mentions": func(id string) (int, error) { x, err := l.Mentions(ctx, id, "harbour"); return len(x), err },
	}
	for name, look := range looks {
		if n, err := look("a"); n != 1 || err != nil {
			t.Errorf("%s of the article: %d, %v", name, n, err)
		}
		var unknown summary.UnknownArticleError
		if n, err := look("b"); n != 0 || !errors.As(err, &unknown) {
			t.Errorf("%s of no article: %d, %v", name, n, err)
		}
	}
	w.write("b.md", "A mill stands there.")
	if _, err := l.Reload(ctx, "ann"); err != nil {
		t.Fatal(err)
	}
	for name, look := range looks {
		if n, err := look(""); n != 2 || err != nil {
			t.Errorf("%s after the reload: %d, %v", name, n, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, look := range looks {
		if _, err := look(""); !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}
