package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"verbatim/internal/answer"
	"verbatim/internal/library"
	"verbatim/internal/terminal"
)

func newAsk(s streams) *cobra.Command {
	var asJSON, explain bool
	cmd := &cobra.Command{
		Use:   "ask QUESTION|-",
		Short: "Answer a question and exit",
		Long: `Quotes the passages that answer the question, best first. With - in place of
the question it answers every line of standard input, in order.

The exit status is 0 when the question was answered, 1 when the article does
not say or it was no question, 2 when it was refused (empty, or too long), for
wrong usage or a broken corpus; with - it is 0 when every line was dealt with.

With --json it prints one object a line with the fields question, answered,
confidence, band, reason, answer (the words inside the first passage that
answer, or ""), passages, nearest (what came near when not answered), revision
and took_us. Confidence is the calibrated chance, 0 to 1, that the first passage
answers: from 0.25 on a question counts as answered, with the band low, from
0.4 medium and from 0.6 high; below, it is declined and the band is none. Reason
is answered, not said, absent (what it is about does not occur), not question,
refused or, with -, failed. A passage has text, article, title, paragraph and
sentence (counted from 1), start and end (bytes in the stored article), url and
score.`,
		Example: `  bot ask "How many people were killed at the church?"
  bot ask --json "Who posted the video?"
  bot ask --explain "Who posted the video?"
  bot ask --json - < questions.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("please add a question, or - to read questions from standard input")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), s, strings.Join(args, " "), asJSON, explain)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a question")
	cmd.Flags().BoolVar(&explain, "explain", false, "print what the scores and the confidence are made of")
	cmd.MarkFlagsMutuallyExclusive("json", "explain")
	return cmd
}

// present shows one answer. question is as it was read.
type present func(question string, a answer.Answer) error

func ask(ctx context.Context, s streams, question string, asJSON, explain bool) error {
	return withLibrary(ctx, s, func(lib *library.Library, log *slog.Logger) error {
		return askFrom(ctx, s, terminal.Bounded{Library: lib}, log, question, asJSON, explain)
	})
}

func askFrom(ctx context.Context, s streams, lib terminal.Library, log *slog.Logger, question string, asJSON, explain bool) error {
	screen := screenOf(s.out, s.getenv)
	show := func(question string, a answer.Answer) error {
		text := screen.Answer(a, len(lib.Corpus(ctx).Articles))
		if explain {
			text += "\n" + screen.Explain(a)
		}
		_, err := io.WriteString(s.out, text)
		return err
	}
	if asJSON {
		show = func(question string, a answer.Answer) error {
			return writeLine(s.out, newAnswerJSON(question, a))
		}
	}
	if question == "-" {
		if !asJSON {
			show = titled(s.out, show)
		}
		return askLines(ctx, lib, s.in, explain, show, log)
	}
	a, err := lib.Ask(ctx, answer.Question{Text: question, Explain: explain})
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	if err := show(question, a); err != nil {
		return err
	}
	switch {
	case a.Answered:
		return nil
	case a.Reason == answer.Refused:
		return usageError{refusal(question)}
	}
	return errNotSaid
}

// refusal says why a question was refused.
func refusal(question string) error {
	if strings.TrimSpace(question) == "" {
		return errors.New("the question is empty")
	}
	return fmt.Errorf("the question has %d characters; at most %d are answered", utf8.RuneCountInString(question), answer.MaxQuestion)
}

// titled shows the question over its answer and a blank line after.
func titled(out io.Writer, show present) present {
	return func(question string, a answer.Answer) error {
		if _, err := io.WriteString(out, terminal.Echo(question)); err != nil {
			return err
		}
		if err := show(question, a); err != nil {
			return err
		}
		_, err := io.WriteString(out, "\n")
		return err
	}
}

// askLines answers every line of in, in order, each before the next is read
// from the channel. A question that fails is shown as unanswered, so that
// lines in and lines out stay in step, and makes the whole fail at the end.
func askLines(ctx context.Context, lib terminal.Asker, in io.Reader, explain bool, show present, log *slog.Logger) error {
	lines, ended := terminal.Read(ctx, in)
	failed := 0
	for {
		var question string
		var more bool
		select {
		case <-ctx.Done():
			return ctx.Err()
		case question, more = <-lines:
		}
		if !more {
			break
		}
		a, err := lib.Ask(ctx, answer.Question{Text: question, Explain: explain})
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed++
			log.Error("a question failed", "number", failed, "error", err)
			a = answer.Answer{Question: question, Band: answer.None, Reason: outcomeFailed}
		}
		if err := show(question, a); err != nil {
			return err
		}
	}
	if err := <-ended; err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("questions that failed: %d; the log says why", failed)
	}
	return nil
}
