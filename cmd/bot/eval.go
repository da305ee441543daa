package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/eval"
	"verbatim/internal/index"
	"verbatim/internal/terminal"
)

func newEval(s streams) *cobra.Command {
	var out, explain string
	cmd := &cobra.Command{
		Use:   "eval SET.jsonl",
		Short: "Measure the answers against a set of questions with known answers",
		Long: `Asks every question of a set, through the same index, ranking and decision as
any other question, and prints how well it went.

A set has one object a line with the fields id, title, sentences (the article),
question and gold (the indices, from 0, of the sentences that answer; empty when
the article does not say).

MAP, MRR, P@1 and hit@3 are over the questions with at least one gold sentence
and one other. AUC is that of the confidence, answerable questions against the
others. Precision, recall and F1 are of answering: an answer is right when its
first sentence is gold.`,
		Example: `  bot eval questions.jsonl
  bot eval questions.jsonl --run outcomes.jsonl
  bot eval questions.jsonl --explain q17`,
		Args: wrongUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := eval.ReadFile(args[0])
			if err != nil {
				return err
			}
			if explain != "" {
				return explainOne(cmd.Context(), s, set, explain)
			}
			return evaluate(cmd.Context(), s, set, out)
		},
	}
	cmd.Flags().StringVar(&out, "run", "", "write the outcome of each question to this file, an object a line")
	cmd.Flags().StringVar(&explain, "explain", "", "show how the sentences of one question, by its id, are scored")
	return cmd
}

// openRanker is openAnswerer for package eval.
func openRanker(ctx context.Context, a *article.Article) (eval.Ranker, func() error, error) {
	return openAnswerer(ctx, a)
}

// openAnswerer indexes one article in memory; the function it returns frees it.
func openAnswerer(ctx context.Context, a *article.Article) (*answer.Answerer, func() error, error) {
	c := article.NewCorpus([]*article.Article{a})
	x, err := index.Build(ctx, c, index.Options{})
	if err != nil {
		return nil, nil, err
	}
	r, err := answer.New(c, x)
	if err != nil {
		return nil, nil, errors.Join(err, x.Close())
	}
	return r, x.Close, nil
}

func evaluate(ctx context.Context, s streams, set []eval.Question, out string) error {
	outcomes, err := eval.Run(ctx, set, openRanker, progressOn(s.err, len(set)))
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	if out != "" {
		if err := writeOutcomes(out, outcomes); err != nil {
			return err
		}
	}
	m := eval.Measure(set, outcomes)
	_, err = fmt.Fprintf(s.out, "questions %d, ranked %d\nMAP %.4f  MRR %.4f  P@1 %.4f  hit@3 %.4f\nAUC %.4f\nanswering: precision %.4f  recall %.4f  F1 %.4f\n",
		m.Questions, m.Ranked, m.MAP, m.MRR, m.P1, m.Hit3, m.AUC, m.Precision, m.Recall, m.F1)
	return err
}

// progressOn shows how far it is on a terminal, and nothing elsewhere.
func progressOn(w io.Writer, total int) func(int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	var mu sync.Mutex
	most := 0
	return func(done int) {
		mu.Lock()
		defer mu.Unlock()
		if done < most {
			return
		}
		most = done
		fmt.Fprintf(f, "\r%d of %d questions", done, total)
		if done == total {
			fmt.Fprintln(f)
		}
	}
}

func writeOutcomes(path string, outcomes []eval.Outcome) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write outcomes: %w", err)
	}
	b := bufio.NewWriter(f)
	encoder := json.NewEncoder(b)
	for _, o := range outcomes {
		if err := encoder.Encode(o); err != nil {
			return errors.Join(fmt.Errorf("write outcome %s: %w", o.ID, err), f.Close())
		}
	}
	if err := errors.Join(b.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write outcomes: %w", err)
	}
	return nil
}

// explainOne shows one question of a set as "ask --explain" shows any.
func explainOne(ctx context.Context, s streams, set []eval.Question, id string) error {
	i := slices.IndexFunc(set, func(q eval.Question) bool { return q.ID == id })
	if i < 0 {
		return usageError{fmt.Errorf("no question %q in the set", id)}
	}
	group := eval.Groups(set[i : i+1])[0]
	answerer, release, err := openAnswerer(ctx, group.Article)
	if err != nil {
		return err
	}
	defer release()
	a, err := answerer.Ask(ctx, answer.Question{Text: set[i].Text(), Passages: 5, Explain: true})
	if err != nil {
		return err
	}
	screen := terminal.Screen{}
	_, err = fmt.Fprintf(s.out, "%s%s\n%s\ngold: %v\n", terminal.Echo(set[i].Question), screen.Answer(a, 1), screen.Explain(a), set[i].Gold)
	return err
}
