package terminal

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"verbatim/internal/summary"
)

// Guide looks at articles, at all when the ID is empty.
type Guide interface {
	Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error)
	About(ctx context.Context, id string) ([]summary.About, error)
	Facts(ctx context.Context, id string) ([]summary.Facts, error)
	Timeline(ctx context.Context, id string) ([]summary.Timeline, error)
	People(ctx context.Context, id string) ([]summary.ArticleNames, error)
	Mentions(ctx context.Context, id, term string) ([]summary.Mentions, error)
}

// maxTopic is the length of the longest topic or term to look for, in
// characters: no name is longer.
const maxTopic = 200

// whichLook is said when it isn't clear what to look for.
const whichLook = "Please say what to look for: /article about, facts, timeline, people or mentions TERM\n"

// article looks around in the articles: "about", "mentions SDF", "facts bridge".
func (s *Session) article(ctx context.Context, rest string) (Reply, error) {
	what, rest, _ := strings.Cut(rest, " ")
	what, rest = strings.ToLower(what), strings.TrimSpace(rest)
	if what == "mentions" {
		return s.mentions(ctx, rest)
	}
	id, ok := s.called(ctx, rest)
	if !ok {
		return s.noArticle(ctx, rest), nil
	}
	var text string
	var err error
	switch what {
	case "about":
		text, err = laid(ctx, id, s.lib.About, s.screen.About)
	case "facts":
		text, err = laid(ctx, id, s.lib.Facts, s.screen.Facts)
	case "timeline":
		text, err = laid(ctx, id, s.lib.Timeline, s.screen.Timeline)
	case "people":
		text, err = laid(ctx, id, s.lib.People, s.screen.People)
	default:
		text = whichLook
	}
	if err != nil {
		return Reply{}, fmt.Errorf("article %s: %w", what, err)
	}
	return Reply{Text: text}, nil
}

// laid takes one look at the articles and lays it out.
func laid[T any](ctx context.Context, id string, look func(context.Context, string) ([]T, error), lay func([]T) string) (string, error) {
	found, err := look(ctx, id)
	if err != nil {
		return "", err
	}
	return lay(found), nil
}

func (s *Session) mentions(ctx context.Context, rest string) (Reply, error) {
	id, term := s.named(ctx, rest)
	if term == "" && id != "" {
		id, term = "", rest // an article's ID may be the term
	}
	switch {
	case term == "":
		return Reply{Text: whichLook}, nil
	case utf8.RuneCountInString(term) > maxTopic:
		return tooLongTopic(term), nil
	}
	found, err := s.lib.Mentions(ctx, id, term)
	if err != nil {
		return Reply{}, fmt.Errorf("article mentions: %w", err)
	}
	return Reply{Text: s.screen.Mentions(found, term)}, nil
}

// summarize sums articles up: "short", "long SDF", "SDF bridge" for the article
// bridge, "all".
func (s *Session) summarize(ctx context.Context, rest string) (Reply, error) {
	var r summary.Request
	first, others, _ := strings.Cut(rest, " ")
	switch l := summary.Length(strings.ToLower(first)); l {
	case summary.Short, summary.Medium, summary.Long:
		r.Length, rest = l, others
	}
	r.Article, r.Focus = s.named(ctx, strings.TrimSpace(rest))
	if utf8.RuneCountInString(r.Focus) > maxTopic {
		return tooLongTopic(r.Focus), nil
	}
	sums, err := s.lib.Summarize(ctx, r)
	if err != nil {
		return Reply{}, fmt.Errorf("summary: %w", err)
	}
	return Reply{Text: s.screen.Summaries(sums, r.Focus)}, nil
}

// named takes the ID of an article, or "all" alone, off the end of what was
// typed. Without one the ID is empty, which means every article.
func (s *Session) named(ctx context.Context, typed string) (id, rest string) {
	if strings.EqualFold(typed, "all") {
		return "", ""
	}
	last := typed[strings.LastIndexByte(typed, ' ')+1:]
	if s.lib.Corpus(ctx).Article(last) == nil {
		return "", typed
	}
	return last, strings.TrimSpace(strings.TrimSuffix(typed, last))
}

// called finds the ID of an article by that or by its title; nothing and "all"
// are every article.
func (s *Session) called(ctx context.Context, typed string) (id string, ok bool) {
	c := s.lib.Corpus(ctx)
	if typed == "" || c.Article(typed) != nil {
		return typed, true
	}
	for _, a := range c.Articles {
		if strings.EqualFold(a.Title, typed) {
			return a.ID, true
		}
	}
	return "", strings.EqualFold(typed, "all")
}

// noArticle says that there is no such article, and which there are.
func (s *Session) noArticle(ctx context.Context, typed string) Reply {
	const most = 10
	var b strings.Builder
	s.screen.say(&b, "", fmt.Sprintf("There is no article %q. There are:", line(shorten(typed, 40))))
	articles := s.lib.Corpus(ctx).Articles
	for _, a := range articles[:min(most, len(articles))] {
		s.screen.say(&b, "  ", line(a.ID))
	}
	if more := len(articles) - most; more > 0 {
		s.screen.say(&b, "  ", fmt.Sprintf("and %d more", more))
	}
	return Reply{Text: b.String()}
}

func tooLongTopic(topic string) Reply {
	return Reply{Text: fmt.Sprintf("That is a long topic: %d characters. Please give at most %d.\n", utf8.RuneCountInString(topic), maxTopic)}
}
