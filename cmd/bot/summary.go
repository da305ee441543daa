package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"verbatim/internal/library"
	"verbatim/internal/summary"
)

func newSummary(s streams) *cobra.Command {
	var r summary.Request
	var length string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "summary [ARTICLE]",
		Short: "Print the sentences that stand for an article",
		Long: `Prints sentences of the article, unchanged and in its order, each with the
place where it stands. Without ARTICLE it summarises every article.

The exit status is 0, or 1 when no article says anything about the focus, or 2
for wrong usage or a broken corpus.

With --json it prints one object an article with the fields article, revision,
sentences (each with text, paragraph, sentence, start and end), title, url,
too_short, unmatched, read_seconds and saved_seconds.`,
		Example: `  bot summary
  bot summary --length short
  bot summary --focus "the bombing" --sentences 3
  bot summary --json`,
		Args: wrongUsage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Length = summary.Length(strings.ToLower(length))
			switch r.Length {
			case summary.Short, summary.Medium, summary.Long:
			default:
				return usageError{fmt.Errorf("the length %q is not short, medium or long", length)}
			}
			if cmd.Flags().Changed("sentences") && r.Sentences < 1 {
				return usageError{fmt.Errorf("--sentences must be at least 1, not %d", r.Sentences)}
			}
			if len(args) == 1 {
				r.Article = args[0]
			}
			return summarize(cmd.Context(), s, r, asJSON)
		},
	}
	cmd.Flags().StringVar(&length, "length", string(summary.Medium), "short, medium or long")
	cmd.Flags().IntVar(&r.Sentences, "sentences", 0, "so many sentences at most, in place of a length")
	cmd.Flags().StringVar(&r.Focus, "focus", "", "summarise what is said about this topic")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an article")
	cmd.MarkFlagsMutuallyExclusive("length", "sentences")
	return cmd
}

func summarize(ctx context.Context, s streams, r summary.Request, asJSON bool) error {
	var sums []summary.Summary
	err := withLibrary(ctx, s, func(lib *library.Library, _ *slog.Logger) (err error) {
		if err := checkArticle(lib.Corpus(ctx), r.Article); err != nil {
			return err
		}
		if sums, err = lib.Summarize(ctx, r); err != nil {
			return fmt.Errorf("summary: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if asJSON {
		for _, sum := range sums {
			if err := writeLine(s.out, newSummaryJSON(sum)); err != nil {
				return err
			}
		}
	} else if _, err := io.WriteString(s.out, screenOf(s.out, s.getenv).Summaries(sums, r.Focus)); err != nil {
		return err
	}
	for _, sum := range sums {
		if !sum.Unmatched {
			return nil
		}
	}
	if len(sums) == 0 {
		return nil
	}
	return errNotSaid
}
