package summary

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// shipped loads the corpus that the repository comes with.
func shipped(t testing.TB) *article.Corpus {
	t.Helper()
	c, err := corpus.Load(os.DirFS("../../corpus"), corpus.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// golden compares text with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and review the difference. got:\n%s", path, got)
	}
}

func show(s Summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "read %d s, saves %d s, too short %v, unmatched %v\n", s.ReadTime, s.SaveTime, s.TooShort, s.Unmatched)
	for _, p := range s.Sentences {
		c := p.Citation()
		fmt.Fprintf(&b, "¶%d.%d %s\n", c.Paragraph, c.Sentence, p.Text())
	}
	return b.String()
}

// TestGoldens holds the summaries of the shipped article, to be read by a
// person's eye when they change.
func TestGoldens(t *testing.T) {
	s := New(shipped(t))
	for name, r := range map[string]Request{
		"short":           {Length: Short},
		"medium":          {Length: Medium},
		"long":            {Length: Long},
		"focus-sdf":       {Length: Medium, Focus: "SDF"},
		"focus-church":    {Length: Short, Focus: "the bombing of the church"},
		"focus-unmatched": {Length: Short, Focus: "chocolate cake"},
	} {
		t.Run(name, func(t *testing.T) {
			sums, err := s.Summarize(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, sum := range sums {
				b.WriteString(show(sum))
			}
			golden(t, "summary-"+name+".txt", b.String())
		})
	}
}
