package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/summary"
	"verbatim/internal/terminal"
)

func newArticle(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "article",
		Short: "Look around in an article",
		Long: `Shows what an article is, its facts, its timeline, its names, and where it
mentions something. Every phrase and sentence is the article's own, with the
place where it stands. Without ARTICLE it looks at every article.`,
		Example: `  bot article about
  bot article timeline
  bot article mentions SDF --json`,
		Args: noSuchCommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("please say what to look for: about, facts, timeline, people or mentions")}
		},
	}
	cmd.AddCommand(
		newLook(s, "about", "Say what an article is", func(ctx context.Context, l look) error {
			found, err := l.sums.About(ctx, l.id)
			return show(s, l, found, err, screenOf(s.out, s.getenv).About, newAboutJSON)
		}),
		newLook(s, "facts", "List who, what, when, where and how many", func(ctx context.Context, l look) error {
			found, err := l.sums.Facts(ctx, l.id)
			return show(s, l, found, err, screenOf(s.out, s.getenv).Facts, newFactsJSON)
		}),
		newLook(s, "timeline", "List what is told with a date, in the order of time", func(ctx context.Context, l look) error {
			found, err := l.sums.Timeline(ctx, l.id)
			return show(s, l, found, err, screenOf(s.out, s.getenv).Timeline, newTimelineJSON)
		}),
		newLook(s, "people", "List people, organisations and places", func(ctx context.Context, l look) error {
			found, err := l.sums.People(ctx, l.id)
			return show(s, l, found, err, screenOf(s.out, s.getenv).People, newPeopleJSON)
		}),
		newMentions(s),
	)
	return cmd
}

// look is what one look around needs.
type look struct {
	sums   terminal.Guide
	id     string // of the article; empty means every one
	asJSON bool
}

// newLook makes a command that looks at the article given, or at all.
func newLook(s streams, name, short string, run func(context.Context, look) error) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     name + " [ARTICLE]",
		Short:   short,
		Example: "  bot article " + name + "\n  bot article " + name + " --json",
		Args:    wrongUsage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) == 1 {
				id = args[0]
			}
			return withArticles(cmd.Context(), s, id, asJSON, run)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an article")
	return cmd
}

func newMentions(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "mentions TERM [ARTICLE]",
		Short: "List every sentence that mentions something",
		Long: `Lists every sentence that mentions the term: a name in any of its variants, or
the words in any of their forms. The exit status is 1 when no article does.`,
		Example: `  bot article mentions SDF
  bot article mentions "Al Shara" --json`,
		Args: wrongUsage(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, term := "", args[0]
			if len(args) == 2 {
				id = args[1]
			}
			return withArticles(cmd.Context(), s, id, asJSON, func(ctx context.Context, l look) error {
				found, err := l.sums.Mentions(ctx, l.id, term)
				screen := screenOf(s.out, s.getenv)
				lay := func(m []summary.Mentions) string { return screen.Mentions(m, term) }
				if err := show(s, l, found, err, lay, newMentionsJSON); err != nil {
					return err
				}
				for _, m := range found {
					if m.Count > 0 {
						return nil
					}
				}
				return errNotSaid
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an article")
	return cmd
}

// withArticles loads the corpus for one look around.
func withArticles(ctx context.Context, s streams, id string, asJSON bool, run func(context.Context, look) error) error {
	return withLibrary(ctx, s, func(lib *library.Library, _ *slog.Logger) error {
		if err := checkArticle(lib.Corpus(ctx), id); err != nil {
			return err
		}
		return run(ctx, look{sums: lib, id: id, asJSON: asJSON})
	})
}

// checkArticle refuses an ID that no article has; "" stands for all.
func checkArticle(c *article.Corpus, id string) error {
	if id == "" || c.Article(id) != nil {
		return nil
	}
	const most = 10
	var ids []string
	for _, a := range c.Articles[:min(most, len(c.Articles))] {
		ids = append(ids, fmt.Sprintf("%q", a.ID))
	}
	text := strings.Join(ids, ", ")
	if more := len(c.Articles) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return usageError{fmt.Errorf("there is no article %q; the articles are %s", id, text)}
}

// show prints what was found, one JSON object an article or laid out to read.
func show[T, J any](s streams, l look, found []T, err error, lay func([]T) string, encode func(T) J) error {
	if err != nil {
		return err
	}
	if !l.asJSON {
		_, err := io.WriteString(s.out, lay(found))
		return err
	}
	for _, x := range found {
		if err := writeLine(s.out, encode(x)); err != nil {
			return err
		}
	}
	return nil
}

// phraseJSON is a stretch of an article with the sentence that it stands in.
type phraseJSON struct {
	Kind     string       `json:"kind,omitempty"`
	Phrase   string       `json:"phrase"`
	Start    int          `json:"start"`
	End      int          `json:"end"`
	From     string       `json:"from,omitempty"` // first day, when known
	To       string       `json:"to,omitempty"`   // last day
	Variants []string     `json:"variants,omitempty"`
	Count    int          `json:"count,omitempty"`
	Sentence sentenceJSON `json:"sentence"`
}

type articleJSON struct {
	Article    string         `json:"article"`
	Revision   string         `json:"revision"`
	Title      string         `json:"title"`
	Paragraphs int            `json:"paragraphs,omitempty"`
	Sentences  int            `json:"sentences,omitempty"`
	Words      int            `json:"words,omitempty"`
	Seconds    int            `json:"read_seconds,omitempty"`
	Lead       *sentenceJSON  `json:"lead,omitempty"`
	Questions  []string       `json:"questions,omitempty"`
	Dated      *bool          `json:"dated,omitempty"`
	Phrases    []phraseJSON   `json:"phrases,omitempty"`
	Count      *int           `json:"count,omitempty"`
	Mentions   []sentenceJSON `json:"mentions,omitempty"`
}

func newArticleJSON(a *article.Article, r article.Revision) articleJSON {
	return articleJSON{Article: a.ID, Revision: string(r), Title: a.Title}
}

func newPhraseJSON(a *article.Article, s article.Span, p article.Passage) phraseJSON {
	return phraseJSON{Phrase: a.Text[s.Start:s.End], Start: s.Start, End: s.End, Sentence: newSentenceJSON(p)}
}

func newAboutJSON(a summary.About) articleJSON {
	out := newArticleJSON(a.Article, a.Revision)
	out.Paragraphs, out.Sentences, out.Words, out.Seconds, out.Questions = a.Paragraphs, a.Sentences, a.Words, a.ReadTime, a.Questions
	if a.Lead.Article != nil {
		lead := newSentenceJSON(a.Lead)
		out.Lead = &lead
	}
	return out
}

func newFactsJSON(f summary.Facts) articleJSON {
	out := newArticleJSON(f.Article, f.Revision)
	for _, x := range f.Facts {
		p := newPhraseJSON(f.Article, x.Phrase, x.Passage)
		p.Kind = string(x.Kind)
		out.Phrases = append(out.Phrases, p)
	}
	return out
}

func newTimelineJSON(t summary.Timeline) articleJSON {
	out := newArticleJSON(t.Article, t.Revision)
	out.Dated = &t.Dated
	for _, e := range t.Events {
		p := newPhraseJSON(t.Article, e.When, e.Passage)
		if e.Resolved() {
			p.From, p.To = e.From.Format(time.DateOnly), e.To.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		out.Phrases = append(out.Phrases, p)
	}
	return out
}

func newPeopleJSON(n summary.ArticleNames) articleJSON {
	out := newArticleJSON(n.Article, n.Revision)
	for _, x := range n.Names {
		p := newPhraseJSON(n.Article, x.Name, x.First)
		p.Kind, p.Count = x.Kind.String(), x.Count
		for _, v := range x.Variants {
			p.Variants = append(p.Variants, n.Article.Text[v.Start:v.End])
		}
		out.Phrases = append(out.Phrases, p)
	}
	return out
}

func newMentionsJSON(m summary.Mentions) articleJSON {
	out := newArticleJSON(m.Article, m.Revision)
	out.Count = &m.Count
	for _, in := range m.Sentences {
		out.Mentions = append(out.Mentions, newSentenceJSON(in.Passage))
	}
	return out
}
