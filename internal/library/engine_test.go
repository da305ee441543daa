package library

import (
	"os"
	"path/filepath"
	"testing"

	"verbatim"
	"verbatim/internal/answer"
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
		if err != nil || len(a.Passages)+len(a.Nearest) == 0 || a.Revision != l.Corpus().Revision {
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
