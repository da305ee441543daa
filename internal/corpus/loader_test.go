package corpus

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"verbatim/internal/article"
)

func TestLoaderParsesOnlyWhatChanged(t *testing.T) {
	files := fstest.MapFS{
		"a.md": {Data: []byte("The bridge opened.")},
		"b.md": {Data: []byte("The ferry sank.")},
	}
	l := &Loader{}
	load := func() *article.Corpus {
		t.Helper()
		c, err := l.Load(t.Context(), files)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := load()
	if again := load(); again.Articles[0] != first.Articles[0] || again.Articles[1] != first.Articles[1] || again.Revision != first.Revision {
		t.Error("files that didn't change were parsed again")
	}
	files["b.md"] = &fstest.MapFile{Data: []byte("The ferry sailed.")}
	files["c.md"] = &fstest.MapFile{Data: files["a.md"].Data} // the same text under another name is another article
	second := load()
	if second.Articles[0] != first.Articles[0] {
		t.Error("a file that didn't change was parsed again")
	}
	if got := second.Article("b").Text; got != "The ferry sailed." {
		t.Errorf("b is %q", got)
	}
	if c := second.Article("c"); c == nil || c == first.Articles[0] || c.Path != "c.md" {
		t.Errorf("c is %+v", c)
	}
	// What is wrong is found each time.
	files["d.md"] = &fstest.MapFile{Data: []byte("\xff")}
	for range 2 {
		var problems article.Problems
		if _, err := l.Load(t.Context(), files); !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != "d.md" {
			t.Errorf("got %v", err)
		}
	}
}

func TestLoaderTellsItsProgressAndEndsWithItsContext(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 50 {
		files[fmt.Sprintf("a%d.md", i)] = &fstest.MapFile{Data: []byte("The bridge opened.")}
	}
	var calls, most atomic.Int64
	l := &Loader{Progress: func(done, of int) {
		calls.Add(1)
		if of != 50 {
			t.Errorf("%d of %d", done, of)
		}
		if done == of {
			most.Store(int64(done))
		}
	}}
	if _, err := l.Load(t.Context(), files); err != nil || calls.Load() != 50 || most.Load() != 50 {
		t.Errorf("%d calls, the last at %d, %v", calls.Load(), most.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Load(ctx, files); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
