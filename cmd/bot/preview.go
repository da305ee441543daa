package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"verbatim/internal/discord"
	"verbatim/internal/library"
	"verbatim/internal/preview"
)

func newPreview(s streams) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "preview [QUESTION...]",
		Short: "Write a page that shows replies as Discord would",
		Long: `Answers the questions with the handlers that answer in Discord, adds a
summary, a quotation that is checked, help and a moderator's commands, and
writes one static HTML page: dark and light, as wide as a desktop and as a
phone. It needs no token. Without questions it takes some that the articles
answer, and one that they don't.`,
		Example: `  bot preview > preview.html
  bot preview --out preview.html "Who posted the video?"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return writePreview(cmd.Context(), s, args, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to write; without it the page goes to standard output")
	return cmd
}

// unanswerable is a question that hardly any article answers: it shows what a
// decline looks like.
const unanswerable = "How many tickets did the orchestra sell in Reykjavík?"

func writePreview(ctx context.Context, s streams, questions []string, out string) error {
	var messages []preview.Message
	err := withLibrary(ctx, s, func(lib *library.Library, _ *slog.Logger) (err error) {
		if len(questions) == 0 {
			questions = append(lib.Suggestions(ctx, 2), unanswerable)
		}
		if messages, err = discord.Samples(ctx, lib, questions); err != nil {
			return fmt.Errorf("preview: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if out == "" {
		return preview.Write(s.out, "Verbatim", messages, s.now())
	}
	f, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	return errors.Join(preview.Write(f, "Verbatim", messages, s.now()), f.Close())
}
