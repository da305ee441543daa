package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

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
	for _, namesakes := range sameTitles(c) {
		if _, err := fmt.Fprintf(s.err, "%s have the same title, by which readers can't tell them apart\n", strings.Join(namesakes, ", ")); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.out, "%s is fine: articles %d, paragraphs %d, sentences %d, revision %s\n",
		dir, len(c.Articles), c.Paragraphs(), c.Sentences(), c.Revision)
	return err
}

// sameTitles lists, title by title, the files of articles that share theirs with
// others but for its case, in the order of the corpus.
func sameTitles(c *article.Corpus) [][]string {
	files := make(map[string][]string)
	var titles []string
	for _, a := range c.Articles {
		title := strings.ToLower(a.Title)
		if files[title] = append(files[title], a.Path); len(files[title]) == 2 {
			titles = append(titles, title)
		}
	}
	all := make([][]string, len(titles))
	for i, title := range titles {
		all[i] = files[title]
	}
	return all
}
