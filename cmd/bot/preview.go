package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"verbatim/internal/discord"
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
			return writePreview(cmd, s, args, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to write; without it the page goes to standard output")
	return cmd
}

// unanswerable is a question that hardly any article answers: it shows what a
// decline looks like.
const unanswerable = "How many tickets did the orchestra sell in Reykjavík?"

func writePreview(cmd *cobra.Command, s streams, questions []string, out string) (err error) {
	ctx := cmd.Context()
	cfg, log, err := setUp(s, slog.LevelWarn)
	if err != nil {
		return err
	}
	lib, err := openLibrary(ctx, cfg, s.now, log, nil)
	if err != nil {
		return err
	}
	defer closeLibrary(lib, log)
	if len(questions) == 0 {
		questions = append(lib.Suggestions(ctx, 2), unanswerable)
	}
	messages, err := discord.Samples(ctx, lib, questions)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	w := s.out
	if out != "" {
		f, e := os.Create(out)
		if e != nil {
			return fmt.Errorf("preview: %w", e)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	return preview.Write(w, "Verbatim", messages, s.now())
}
