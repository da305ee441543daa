package discord

import (
	"context"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// summaryRequest asks for a summary.
type summaryRequest struct {
	Caller
	Length  summary.Length // "" means medium of one article, short of several
	Article string         // as it was chosen or typed; "" for those that the channel asks about
	Focus   string         // a topic; "" means the whole
	Private bool
}

// summarize picks the sentences that stand for the whole, or for what is said
// about a topic.
func (h *handlers) summarize(ctx context.Context, r summaryRequest) (Reply, error) {
	if !slices.Contains(lengths(), r.Length) {
		r.Length = summary.Medium
		c := h.desk.Corpus(ctx)
		all := len(c.Articles)
		if of := h.used(r.Caller, c); plain(r.Article) == "" && len(of) > 0 {
			all = len(of)
		}
		if at, ok := articleCalled(c, r.Article); ok && at == 0 && all > 1 {
			r.Length = summary.Short
		}
	}
	return h.look(ctx, lookRequest{Caller: r.Caller, Kind: viewSummary, Article: r.Article, Length: r.Length, Topic: r.Focus, Private: r.Private})
}

// summaries lays out the summary of one article, a quotation a sentence, or of
// several, a paragraph an article.
func (h *handlers) summaries(ctx context.Context, s speaker, v view, id string, of []string) ([]section, article.Revision, error) {
	sums, err := h.desk.Summarize(ctx, summary.Request{Article: id, Length: v.Length, Focus: v.Topic})
	if err != nil {
		return nil, "", err
	}
	sums = among(sums, of, func(x summary.Summary) *article.Article { return x.Article })
	matched := slices.ContainsFunc(sums, func(x summary.Summary) bool { return !x.Unmatched })
	silent := 0
	var sections []section
	if !matched && len(sums) > 1 {
		sections = append(sections, section{Chunks: []chunk{said(s.say("summary.unmatched", "Count", len(sums), "Topic", s.topic(v)))}})
	}
	found, revision, err := laidOut(sums, nil, func(x summary.Summary) article.Revision { return x.Revision }, func(x summary.Summary) (section, error) {
		if x.Unmatched && matched {
			silent++
			return section{}, nil // only the articles that say something about it are of interest
		}
		return h.summary(ctx, s, v, x, len(sums) > 1)
	})
	sections = append(sections, found...)
	if silent > 0 && len(sections) > 0 {
		last := &sections[len(sections)-1]
		last.Chunks = append(last.Chunks, said(small(s.say("summary.silent", "Count", silent))))
	}
	return sections, revision, err
}

// summary lays out one article's summary; several says that it is one of
// several.
func (h *handlers) summary(ctx context.Context, s speaker, v view, sum summary.Summary, several bool) (section, error) {
	x := section{Title: s.say("summary.head", "Title", titleOf(s, sum.Article), "Length", s.say("length."+string(v.Length)),
		"Count", len(sum.Sentences), "All", len(sum.Article.Sentences))}
	known := origin(s, sum.Article, false)
	if sum.SaveTime > 0 {
		known = append(known, s.say("summary.saves", "Time", s.duration(sum.SaveTime)))
	}
	lines := remarks(known...)
	if v.Topic != "" && !sum.Unmatched {
		lines = append(lines, small(s.say("answer.about", "Topic", s.topic(v))))
	}
	if sum.Unmatched {
		if !several {
			lines = append(lines, s.say("summary.unmatched", "Count", 1, "Topic", s.topic(v)))
		}
		lines = append(lines, h.named(ctx, s, sum.Article)...)
	}
	if sum.TooShort {
		x.Title, x.Whole = bold+titleOf(s, sum.Article)+bold, true
		lines = append(lines, small(s.say("summary.whole", "Time", s.duration(sum.ReadTime))))
	}
	if len(lines) > 0 {
		x.Chunks = append(x.Chunks, said(lines...))
	}
	if several {
		paragraph, err := inParagraph(s, sum.Sentences)
		x.Chunks = append(x.Chunks, paragraph...)
		return x, err
	}
	for _, p := range sum.Sentences {
		quoted, err := cite(s, "", p)
		if err != nil {
			return section{}, err
		}
		x.Chunks = append(x.Chunks, quoted...)
	}
	return x, nil
}

// topic is a view's topic in quotation marks.
func (s speaker) topic(v view) string { return s.say("quoted", "Text", s.inline(v.Topic)) }

// named is a line on what an article speaks of most, for someone whose topic
// isn't in it; none when it names nothing, or when it has just been removed.
func (h *handlers) named(ctx context.Context, s speaker, a *article.Article) []string {
	abouts, err := h.desk.About(ctx, a.ID)
	if err != nil || len(abouts) == 0 || len(abouts[0].Names) == 0 {
		return nil
	}
	return []string{s.say("guide.named", "Names", s.names(abouts[0].Article, abouts[0].Names))}
}

// inParagraph quotes sentences one below the other, each with its place under
// it, in as few chunks as they fit.
func inParagraph(s speaker, sentences []article.Passage) ([]chunk, error) {
	var chunks []chunk
	var lines []string
	var first article.Passage
	end := func() {
		if len(lines) > 0 {
			chunks = append(chunks, chunk{Text: strings.Join(lines, "\n"), Source: first})
		}
		lines, first = nil, article.Passage{}
	}
	for _, p := range sentences {
		parts, err := pieces(p, article.Span{Start: p.Start(), End: p.End()}, nil, maxPieceOf)
		if err != nil {
			return nil, err
		}
		if len(parts) > 1 {
			end()
			long, err := cite(s, "", p)
			if err != nil {
				return nil, err
			}
			chunks = append(chunks, long...)
			continue
		}
		told := append(parts, small(place(s, p.Citation())))
		if unitsOf(slices.Concat(lines, told)) > maxChunk-100 {
			end()
		}
		if first.Article == nil {
			first = p
		}
		lines = append(lines, told...)
	}
	end()
	return chunks, nil
}
