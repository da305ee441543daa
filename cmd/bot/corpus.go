package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
)

func newCorpus(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "corpus",
		Short:   "Look after a folder of articles",
		Example: "  bot corpus check corpus",
		Args:    noSuchCommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("please say what to do with the corpus: check")}
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check DIR",
		Short: "Check that a folder of articles can be served",
		Long: `Reads the folder as the bot would and prints every problem with its file and
line to standard error. The exit status is 0 when there is none, otherwise 2.`,
		Example: "  bot corpus check corpus\n  bot corpus check /srv/verbatim/articles",
		Args:    wrongUsage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			return checkCorpus(s, args[0])
		},
	})
	return cmd
}

// checkCorpus needs no configuration: it looks at the folder and nothing else.
func checkCorpus(s streams, dir string) error {
	if !isFolder(dir) {
		return usageError{fmt.Errorf("%s is not a folder", dir)}
	}
	c, err := corpus.Load(os.DirFS(dir), corpus.DefaultLimits())
	var problems article.Problems
	if errors.As(err, &problems) {
		if _, err := fmt.Fprint(s.err, screenOf(s.err, s.getenv).Problems(problems)); err != nil {
			return err
		}
		return fmt.Errorf("%s can't be served; problems found: %d", dir, len(problems))
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", dir, err)
	}
	_, err = fmt.Fprintf(s.out, "%s is fine: articles %d, paragraphs %d, sentences %d, revision %s\n",
		dir, len(c.Articles), c.Paragraphs(), c.Sentences(), c.Revision)
	return err
}
