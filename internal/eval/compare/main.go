// Command compare runs Verbatim and other search engines over the same
// sentences and questions in one run: SQLite's FTS5 and MiniSearch beside
// Verbatim's own search and its whole answer. It prints how many questions each
// has right first, what it declines, and its times.
//
//	npm ci                    # for MiniSearch; without it the rest is compared
//	go run .                  # the goldens of package eval
//	go run . SET.jsonl ...    # sets in the format of "bot eval"
//	go run . -large 10000,100000
//
// It is a module of its own, so that Verbatim inherits none of its
// dependencies, and is run in its own folder, where it finds what npm
// installed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/eval"
)

// options say what is compared.
type options struct {
	goldens string // folder of package eval's articles and questions
	model   string // file of a model other than the shipped one; "" for that
	large   string // sizes of generated corpora, with commas between; "" for none
	rounds  int    // how often each question is timed
	sets    []string
}

func main() {
	var o options
	flag.StringVar(&o.goldens, "goldens", filepath.Join("..", "testdata"), "folder of the articles and questions that are asked when no set is given")
	flag.StringVar(&o.model, "model", "", "file of a model to rank with in place of the shipped one, for sets that the shipped one was trained on")
	flag.StringVar(&o.large, "large", "", "numbers of sentences of generated corpora, with commas between; only times are measured then")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each question is timed")
	flag.Parse()
	o.sets = flag.Args()
	if err := run(context.Background(), o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out, notes io.Writer) (err error) {
	if o.rounds < 1 {
		return errors.New("-rounds must be at least 1")
	}
	model, err := readModel(o.model)
	if err != nil {
		return err
	}
	engines := inProcess(model)
	mini, err := startMiniSearch(ctx, ".")
	switch {
	case errors.Is(err, errNoMiniSearch):
		fmt.Fprintf(notes, "NOT COMPARED with MiniSearch: %v\n", err)
	case err != nil:
		return err
	default:
		defer func() { err = errors.Join(err, mini.close()) }()
		engines = append(mini.engines(), engines...)
	}
	if o.large != "" {
		return compareLarge(ctx, engines, o, out)
	}
	if len(o.sets) == 0 {
		set, err := readGoldens(o.goldens)
		if err != nil {
			return err
		}
		return compareSet(ctx, engines, "goldens", set, o.rounds, out)
	}
	for _, path := range o.sets {
		set, err := eval.ReadFile(path)
		if err != nil {
			return err
		}
		if err := compareSet(ctx, engines, strings.TrimSuffix(filepath.Base(path), ".jsonl"), set, o.rounds, out); err != nil {
			return fmt.Errorf("compare on %s: %w", path, err)
		}
	}
	return nil
}

// compareSet asks every engine every question of a set, article by article,
// each engine in turn, so that whatever else the machine does falls on all.
func compareSet(ctx context.Context, engines []engine, name string, set []eval.Question, rounds int, out io.Writer) error {
	scores := make([]score, len(engines))
	for i, e := range engines {
		scores[i] = score{name: e.name, outcomes: make([]eval.Outcome, len(set))}
	}
	groups := eval.Groups(set)
	sentences := 0
	for _, g := range groups {
		t := taskOf(set, g, rounds)
		sentences += len(t.sentences)
		for i, e := range engines {
			r, err := e.measure(ctx, t)
			if err != nil {
				return fmt.Errorf("%s, article of question %s: %w", e.name, set[g.Questions[0]].ID, err)
			}
			s := &scores[i]
			s.builds, s.times = append(s.builds, r.build), append(s.times, r.times...)
			for k, f := range r.found {
				q := g.Questions[k]
				s.outcomes[q] = eval.Outcome{
					ID: set[q].ID, Ranking: eval.Complete(f.ranking, len(t.sentences)),
					Answered: f.answered, Confidence: f.confidence,
				}
			}
		}
	}
	return printSet(out, name, set, len(groups), sentences, scores)
}

// compareLarge times every engine on generated corpora.
func compareLarge(ctx context.Context, engines []engine, o options, out io.Writer) error {
	for field := range strings.SplitSeq(o.large, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return fmt.Errorf("-large: %q is not a number of sentences", field)
		}
		t := generated(n, o.rounds)
		var scores []score
		for _, e := range engines {
			if e.trimmed { // there are no stop words in the generated text
				continue
			}
			r, err := e.measure(ctx, t)
			if err != nil {
				return fmt.Errorf("%s, %d sentences: %w", e.name, n, err)
			}
			scores = append(scores, score{name: e.name, builds: []time.Duration{r.build}, times: r.times, bytes: r.bytes})
		}
		if err := printLarge(out, len(t.sentences), len(t.questions), scores); err != nil {
			return err
		}
	}
	return nil
}

// readModel returns nil, for the shipped model, without a path.
func readModel(path string) (*answer.Model, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	m, err := answer.ReadModel(f)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", path, err)
	}
	return m, nil
}
