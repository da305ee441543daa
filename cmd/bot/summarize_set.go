package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"verbatim/internal/summary"
)

func newSummarizeSet(s streams) *cobra.Command {
	var out string
	var n int
	cmd := &cobra.Command{
		Use:   "summarize-set SET.jsonl",
		Short: "Summarise a set of articles, to measure the summaries",
		Long: `Summarises every article of a set, the same way as any other.

A set has one object a line with the fields id, title, sentences (the article)
and, for a summary about something, query. For each it writes a line with the id
and sentences: the indices, from 0, of those chosen, in the order shown.`,
		Example: `  bot summarize-set articles.jsonl --run chosen.jsonl
  bot summarize-set articles.jsonl --sentences 5`,
		Args: wrongUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 1 {
				return usageError{fmt.Errorf("--sentences must be at least 1, not %d", n)}
			}
			return summarizeSet(cmd.Context(), s, args[0], out, n)
		},
	}
	cmd.Flags().IntVar(&n, "sentences", 3, "so many sentences at most")
	cmd.Flags().StringVar(&out, "run", "", "write to this file rather than to standard output")
	return cmd
}

func summarizeSet(ctx context.Context, s streams, path, out string, n int) error {
	in, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open set: %w", err)
	}
	defer in.Close()
	if out == "" {
		return summarizeLines(ctx, s.out, in, path, n)
	}
	f, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("create run: %w", err)
	}
	return errors.Join(summarizeLines(ctx, f, in, path, n), f.Close())
}

// summarizeLines summarises the articles of a set, which is called path.
func summarizeLines(ctx context.Context, to io.Writer, in io.Reader, path string, n int) error {
	w := bufio.NewWriter(to)
	r := bufio.NewReader(in)
	for number := 1; ; number++ {
		line, readErr := r.ReadBytes('\n')
		if len(line) > 1 {
			if err := summarizeLine(w, line, n); err != nil {
				return fmt.Errorf("%s:%d: %w", path, number, err)
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return fmt.Errorf("read %s: %w", path, readErr)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("summarise %s: %w", path, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	return nil
}

func summarizeLine(w io.Writer, line []byte, n int) error {
	var d struct {
		ID        string   `json:"id"`
		Title     string   `json:"title"`
		Sentences []string `json:"sentences"`
		Query     string   `json:"query"`
	}
	if err := json.Unmarshal(line, &d); err != nil {
		return err
	}
	picked, err := summary.Choose(d.Title, d.Sentences, n, d.Query)
	if err != nil {
		return fmt.Errorf("summarise %q: %w", d.ID, err)
	}
	return writeLine(w, struct {
		ID        string `json:"id"`
		Sentences []int  `json:"sentences"`
	}{d.ID, picked})
}
