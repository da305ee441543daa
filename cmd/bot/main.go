// Command bot answers questions from articles, word for word: in Discord when
// it has a token, otherwise in the terminal, and one by one from the command
// line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	exitAnswered = 0 // it was answered, or done
	exitNotSaid  = 1 // the article does not say, or it was no question
	exitTrouble  = 2 // a question that was refused, wrong usage, a broken corpus or configuration, a failure
)

// errNotSaid ends a command with exitNotSaid; the answer has said why.
var errNotSaid = errors.New("the article does not say")

// errLogged ends a command with exitTrouble; the log has said why.
var errLogged = errors.New("the log says why")

// usageError is what the caller of a command got wrong.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// streams are what a command reads and writes, where its settings are, and what
// time it is.
type streams struct {
	getenv func(string) string
	now    func() time.Time
	in     io.Reader
	out    io.Writer
	err    io.Writer
}

// run runs the command in args and returns its exit status. Everything that it
// started has ended when it returns.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(streams{getenv: getenv, now: time.Now, in: stdin, out: stdout, err: stderr})
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitAnswered
	case errors.Is(err, errNotSaid):
		return exitNotSaid
	case errors.Is(err, errLogged):
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "%s: %v\nRun '%s --help' for how to use it.\n", root.Name(), err, cmd.CommandPath())
	default:
		fmt.Fprintf(stderr, "%s: %v\n", root.Name(), err)
	}
	return exitTrouble
}

const about = `Verbatim answers questions from articles, word for word.

It quotes the passages that answer, each with the paragraph and sentence where
it stands, and says so when the articles do not say. It writes no text of its
own about them.

Without a command it connects to Discord with the token in DISCORD_TOKEN, from
the environment or from a file .env in the working folder. Without a token it
answers here in the terminal.`

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "bot",
		Short: "Answers questions from articles, word for word",
		Long:  about,
		Example: `  bot                                      # Discord, or the terminal without a token
  echo "Who confirmed it?" | bot           # a question through a pipe
  bot ask "How many people were killed at the church?"
  bot summary --length short`,
		Args:          noSuchCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), s)
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newAsk(s), newSummary(s), newArticle(s), newCorpus(s), newEval(s), newSummarizeSet(s), newVersion(s), newCommands(s), newPreview(s))
	return root
}

// noSuchCommand refuses what is not a command and names those that look like
// it.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2 // edits, as cobra itself has it
	err := fmt.Errorf("there is no command %q", args[0])
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
	}
	return usageError{err}
}

// wrongUsage marks what check finds as the caller's mistake.
func wrongUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}
