package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// Guide looks at articles, at all when the ID is empty. It must be safe for
// concurrent use.
type Guide interface {
	Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error)
	About(ctx context.Context, id string) ([]summary.About, error)
	Facts(ctx context.Context, id string) ([]summary.Facts, error)
	Timeline(ctx context.Context, id string) ([]summary.Timeline, error)
	People(ctx context.Context, id string) ([]summary.ArticleNames, error)
	Mentions(ctx context.Context, id, term string) ([]summary.Mentions, error)
}

// allArticles is what members choose to look at every article. An article of
// that identifier goes first.
const allArticles = "all"

// lookRequest asks for a look at the articles.
type lookRequest struct {
	Caller
	Kind    viewKind
	Article string // as it was chosen or typed; "" for those that the channel asks about
	Length  summary.Length
	Topic   string
	Private bool
}

// look shows the first page of a look at the articles.
func (h *handlers) look(ctx context.Context, r lookRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	corpus := h.desk.Corpus(ctx)
	v := view{Kind: r.Kind, Revision: corpus.Revision, Owner: r.ID, Length: r.Length, Topic: plain(r.Topic)}
	if n := units(v.Topic); n > MaxTopic {
		return Reply{Text: s.say("guide.toolong", "Length", n, "Limit", MaxTopic), Private: true}, nil
	}
	if v.Topic == "" && r.Kind == viewMentions {
		return Reply{Text: s.say("guide.noterm"), Private: true}, nil
	}
	var ok bool
	if v.Article, ok = articleCalled(corpus, r.Article); !ok {
		return Reply{Text: s.say("ask.noarticle", "Name", s.inline(shorten(r.Article, maxTitle))), Private: true}, nil
	}
	of := h.used(r.Caller, corpus)
	if plain(r.Article) != "" {
		of = nil
	}
	if len(of) == 1 {
		v.Article, _ = articleCalled(corpus, of[0])
	}
	v.Here = len(of) > 1
	reply, err := h.shown(ctx, s, v, corpus, of)
	reply.Private = reply.Private || r.Private
	return reply, err
}

// articleCalled finds an article by its identifier, else by its title: its place
// in the corpus from 1, 0 for all.
func articleCalled(c *article.Corpus, name string) (int, bool) {
	name = plain(name)
	for i, a := range c.Articles {
		if a.ID == name {
			return i + 1, true
		}
	}
	if name == "" || strings.EqualFold(name, allArticles) {
		return 0, true
	}
	for i, a := range c.Articles {
		if strings.EqualFold(plain(a.Title), name) {
			return i + 1, true
		}
	}
	return 0, false
}

// turn shows what a button under a view says: another page, or another length.
// The message changes for its owner; anyone else gets a view of their own.
func (h *handlers) turn(ctx context.Context, r pressRequest, v view) (Reply, error) {
	s := h.speaker(r.Caller)
	corpus := h.desk.Corpus(ctx)
	if v.Revision != corpus.Revision {
		if gone := r.goneFrom(corpus); gone != nil {
			return h.outdated(s, r, *gone)
		}
		return Reply{Text: s.say("button.changed"), Private: true}, nil
	}
	if v.Article > len(corpus.Articles) {
		return Reply{Text: s.say("button.old"), Private: true}, nil
	}
	mine := v.Owner == r.ID
	v.Owner = r.ID
	var of []string
	if v.Here {
		of = h.used(r.Caller, corpus)
	}
	reply, err := h.shown(ctx, s, v, corpus, of)
	if err != nil || reply.Private {
		return reply, err
	}
	reply.Update, reply.Private = mine, !mine
	return reply, nil
}

// shown lays out one page of a view of the corpus, with its buttons. Of articles
// that aren't of those, nil for all, nothing is shown.
func (h *handlers) shown(ctx context.Context, s speaker, v view, corpus *article.Corpus, of []string) (Reply, error) {
	sections, revision, err := h.sections(ctx, s, v, corpus, of)
	if err != nil {
		return Reply{}, fmt.Errorf("look at the articles: %w", err)
	}
	const foot = 100 // room for the last line
	pages := paginate(sections, maxText-foot)
	if len(pages) == 0 {
		return Reply{Text: s.say("summary.none"), Private: true}, nil
	}
	if v.Page >= len(pages) {
		return Reply{Text: s.say("button.old"), Private: true}, nil
	}
	p := pages[v.Page]
	last := s.say("decline.footer", "Revision", string(revision))
	if len(pages) > 1 {
		last = s.say("guide.page", "Page", v.Page+1, "Pages", len(pages)) + " · " + last
	}
	reply := Reply{Text: p.Text + "\n" + small(last)}
	if revision == corpus.Revision { // else the articles have just been replaced and the buttons would be void
		reply.Buttons = viewButtons(s, v, corpus, p, len(pages), sections)
	}
	return reply, nil
}

// viewButtons are those under a page. One whose state can't be written is left
// out.
func viewButtons(s speaker, v view, corpus *article.Corpus, p page, pages int, sections []section) [][]Button {
	var row []Button
	add := func(key string, v view, disabled bool) {
		if id, err := v.encode(); err == nil {
			row = append(row, Button{Label: s.say(key), State: id, Disabled: disabled})
		}
	}
	if v.Kind == viewSummary && slices.ContainsFunc(sections, func(x section) bool { return !x.Whole }) {
		for i, l := range lengths() {
			next := v
			next.Length, next.Page = l, 0
			switch {
			case i < len(lengths())-1 && v.Length == lengths()[i+1]:
				add("button.shorter", next, false)
			case i > 0 && v.Length == lengths()[i-1]:
				add("button.longer", next, false)
			}
		}
	}
	if x, ok := stretchOf(corpus, p.First); ok && v.Kind == viewSummary && len(sections) == 1 {
		if b, ok := button(s.say("button.context"), state{Action: actContext, Revision: v.Revision, Passages: []stretch{x}}); ok {
			row = append(row, b)
		}
	}
	if pages > 1 {
		before, after := v, v
		before.Page, after.Page = v.Page-1, v.Page+1
		if v.Page == 0 {
			before.Page = pages // a page that isn't there: no two buttons may have one state
		}
		add("button.earlier", before, v.Page == 0)
		add("button.later", after, after.Page == pages)
	}
	if len(row) == 0 {
		return nil
	}
	return [][]Button{row}
}

// sections asks for what a view shows and lays it out. It returns the revision
// that was looked at.
func (h *handlers) sections(ctx context.Context, s speaker, v view, corpus *article.Corpus, of []string) ([]section, article.Revision, error) {
	id := ""
	if v.Article > 0 {
		id = corpus.Articles[v.Article-1].ID
	}
	switch v.Kind {
	case viewSummary:
		return h.summaries(ctx, s, v, id, of)
	case viewAbout:
		found, err := h.desk.About(ctx, id)
		return laidOut(among(found, of, func(x summary.About) *article.Article { return x.Article }), err, func(x summary.About) article.Revision { return x.Revision }, s.about)
	case viewFacts:
		found, err := h.desk.Facts(ctx, id)
		return laidOut(among(found, of, func(x summary.Facts) *article.Article { return x.Article }), err, func(x summary.Facts) article.Revision { return x.Revision }, s.facts)
	case viewTimeline:
		found, err := h.desk.Timeline(ctx, id)
		return laidOut(among(found, of, func(x summary.Timeline) *article.Article { return x.Article }), err, func(x summary.Timeline) article.Revision { return x.Revision }, s.timeline)
	case viewPeople:
		found, err := h.desk.People(ctx, id)
		return laidOut(among(found, of, func(x summary.ArticleNames) *article.Article { return x.Article }), err, func(x summary.ArticleNames) article.Revision { return x.Revision }, s.people)
	default:
		return h.mentions(ctx, s, v, id, of)
	}
}

// mentions lays out where a term is mentioned. Of several articles, only those
// that do are of interest.
func (h *handlers) mentions(ctx context.Context, s speaker, v view, id string, of []string) ([]section, article.Revision, error) {
	found, err := h.desk.Mentions(ctx, id, v.Topic)
	if err != nil {
		return nil, "", err
	}
	found = among(found, of, func(m summary.Mentions) *article.Article { return m.Article })
	nowhere := !slices.ContainsFunc(found, func(m summary.Mentions) bool { return m.Count > 0 })
	sections, revision, err := laidOut(found, nil, func(x summary.Mentions) article.Revision { return x.Revision }, func(m summary.Mentions) (section, error) {
		if m.Count == 0 {
			return section{}, nil
		}
		return s.mentions(m, v)
	})
	if err != nil || !nowhere || len(found) == 0 {
		return sections, revision, err
	}
	lines := []string{s.say("guide.unmentioned", "Term", s.topic(v))}
	if len(found) > 1 {
		return []section{{Chunks: []chunk{said(lines...)}}}, revision, nil
	}
	return []section{looking(s, "guide.mentions", found[0].Article, append(lines, h.named(ctx, s, found[0].Article)...)...)}, revision, nil
}

// among are those of the things found that are of articles with one of the IDs;
// all when there are none.
func among[T any](found []T, ids []string, its func(T) *article.Article) []T {
	if len(ids) == 0 {
		return found
	}
	return slices.DeleteFunc(found, func(x T) bool { return !slices.Contains(ids, its(x).ID) })
}

// laidOut lays out one section an article.
func laidOut[T any](found []T, err error, revision func(T) article.Revision, lay func(T) (section, error)) ([]section, article.Revision, error) {
	if err != nil {
		return nil, "", err
	}
	var sections []section
	var of article.Revision
	for _, x := range found {
		of = revision(x)
		one, err := lay(x)
		if err != nil {
			return nil, "", err
		}
		if len(one.Chunks) > 0 {
			sections = append(sections, one)
		}
	}
	return sections, of, nil
}
