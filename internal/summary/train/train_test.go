package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim/internal/summary"
)

func TestRouge(t *testing.T) {
	tests := []struct {
		summary, reference string
		one, two, l        float64
	}{
		{"the cat sat", "the cat sat", 1, 1, 1},
		{"Cats were running", "The cats run!", 2. / 3, 0, 2. / 3},
		{"a b c d", "a b x d", 0.75, 1. / 3, 0.75},
		{"b a", "a b", 1, 0, 0.5},
		{"", "a", 0, 0, 0},
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	for _, tt := range tests {
		a, b := rougeText([]string{tt.summary}), rougeText([]string{tt.reference})
		one, two, l := rouge(a, b, 1), rouge(a, b, 2), rougeL(a, b)
		if !near(one, tt.one) || !near(two, tt.two) || !near(l, tt.l) {
			t.Errorf("ROUGE of %q for %q = %.4f/%.4f/%.4f, want %.4f/%.4f/%.4f", tt.summary, tt.reference, one, two, l, tt.one, tt.two, tt.l)
		}
	}
}

// TestRepeatable: the same sets give the same weights, byte for byte, and the
// weights learn what the sets hold: here, that the first sentence is the
// summary.
func TestRepeatable(t *testing.T) {
	dir := t.TempDir()
	set := filepath.Join(dir, "set.jsonl")
	var b strings.Builder
	for i := range 20 {
		d := map[string]any{"id": fmt.Sprint(i), "title": "", "query": "bread"}
		var sentences []string
		for k, word := range []string{"mill", "river", "market", "harbour", "bread", "school", "garden"} {
			sentences = append(sentences, fmt.Sprintf("The %s of town number %d was painted in colour %d last week.", word, i, (i*7+k*3)%11))
		}
		d["sentences"], d["reference"] = sentences, sentences[0]
		line, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	if err := os.WriteFile(set, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, name := range []string{"one", "two"} {
		out := filepath.Join(dir, name)
		if err := run(set, set, out, 2, io.Discard); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Errorf("two runs differ:\n%s\n%s", texts[0], texts[1])
	}
	docs, err := load(set, 2)
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit(docs, docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		d.Query = ""
		made, err := d.made.With(m).Summarize(t.Context(), summary.Request{Sentences: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := made[0].Indices(); len(got) != 1 || got[0] != 0 {
			t.Errorf("summary of %s is %v, want its first sentence", d.ID, got)
		}
	}
}
