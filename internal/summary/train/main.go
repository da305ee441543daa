// Command train fits the weights that choose the sentences of a summary and
// writes them into one readable file:
//
//	go run ./internal/summary/train -whole SUMMARIES.jsonl -focus TOPICS.jsonl -out internal/summary/data/model.txt
//
// Each line of SUMMARIES is an article with a summary that a person wrote:
// {"id","title","sentences":[...],"reference"}; in TOPICS it has a "query"
// too. Before it fits on everything it cross-validates, by article, and prints
// what held-out articles score. The same files give the same weights.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

func main() {
	whole := flag.String("whole", "", "articles with their summaries")
	focus := flag.String("focus", "", "articles with a topic and its summary")
	out := flag.String("out", "", "the file to write; empty means only to report")
	folds := flag.Int("folds", 5, "how many parts to cross-validate in; 0 skips that")
	flag.Parse()
	if err := run(*whole, *focus, *out, *folds, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// document is one article of a set.
type document struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Sentences []string `json:"sentences"`
	Reference string   `json:"reference"`
	Query     string   `json:"query"`

	made      *summary.Summarizer
	texts     text // by sentence
	reference text
	gains     []float64
	fold      int
	worth     map[string]float64 // of summaries, by their sentences
}

const seed = 5

// load reads a set and deals its articles, by seed, to folds; rows about one
// article go to one fold.
func load(path string, folds int) ([]*document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []*document
	random := rand.New(rand.NewPCG(seed, seed))
	foldOf := map[string]int{}
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for line := 1; s.Scan(); line++ {
		d := &document{}
		if err := json.Unmarshal(s.Bytes(), d); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
		a := article.FromSentences("a", d.Title, d.Sentences)
		d.made = summary.New(article.NewCorpus([]*article.Article{a}))
		d.texts = rougeText(d.Sentences)
		d.reference = rougeText(strings.Split(d.Reference, "\n"))
		d.gains = gains(d.texts, d.reference)
		key := strings.Join(d.Sentences, "\n")
		if _, ok := foldOf[key]; !ok {
			foldOf[key] = random.IntN(max(folds, 1))
		}
		d.fold = foldOf[key]
		docs = append(docs, d)
	}
	return docs, s.Err()
}

func run(wholePath, focusPath, out string, folds int, w io.Writer) error {
	whole, err := load(wholePath, folds)
	if err != nil {
		return fmt.Errorf("load summaries: %w", err)
	}
	focus, err := load(focusPath, folds)
	if err != nil {
		return fmt.Errorf("load topics: %w", err)
	}
	if folds > 1 {
		if err := crossValidate(whole, focus, folds, w); err != nil {
			return err
		}
	}
	m, err := fit(whole, focus)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "fitted on everything, scored on the same:")
	report(w, "summaries", whole, func(*document) *summary.Model { return m })
	report(w, "topics", focus, func(*document) *summary.Model { return m })
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(header(len(whole), len(focus))+m.String()), 0o644)
}

func header(whole, focus int) string {
	return fmt.Sprintf(`# Weights of the features that choose the sentences of a summary. Made by
# internal/summary/train from %d news articles with a summary written by a
# person and %d with a topic and its summary; see docs/quality.md for what they
# score on articles held out. A name, a tab, the weight.
`, whole, focus)
}

// crossValidate prints what articles score with weights fitted without them.
func crossValidate(whole, focus []*document, folds int, w io.Writer) error {
	models := make([]*summary.Model, folds)
	for f := range models {
		var err error
		if models[f], err = fit(except(whole, f), except(focus, f)); err != nil {
			return err
		}
	}
	held := func(d *document) *summary.Model { return models[d.fold] }
	fmt.Fprintf(w, "cross-validated by article, %d parts:\n", folds)
	report(w, "summaries", whole, held)
	report(w, "topics", focus, held)
	return nil
}

func except(docs []*document, fold int) []*document {
	var kept []*document
	for _, d := range docs {
		if d.fold != fold {
			kept = append(kept, d)
		}
	}
	return kept
}
