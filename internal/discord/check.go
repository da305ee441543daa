package discord

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/verify"
)

// checkRequest asks whether a quotation stands in the articles.
type checkRequest struct {
	Caller
	Quote string
}

// checker is a verify.Checker that knows its size.
type checker struct {
	*verify.Checker
	text int // of its articles, in bytes
}

func newChecker(ctx context.Context, c *article.Corpus) (*checker, error) {
	k, err := verify.New(ctx, c)
	return &checker{k, bytesOf(c)}, err
}

// bytes is the memory that a checker takes: ten times the text, measured with a
// hundred thousand sentences of 21 words (175 MB).
func (k *checker) bytes() int { return 10 * k.text }

// check says whether a quotation stands in the articles as it is, differs, is
// stitched together, or isn't there.
func (h *handlers) check(ctx context.Context, r checkRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	if n := utf8.RuneCountInString(r.Quote); n > verify.MaxQuote {
		return Reply{Text: s.say("verify.toolong", "Length", n, "Limit", verify.MaxQuote), Private: true}, nil
	}
	corpus := h.desk.Corpus(ctx)
	checker, err := h.checkers.of(ctx, corpus)
	if err != nil {
		return Reply{}, err
	}
	res, err := checker.Check(ctx, r.Quote)
	if err != nil {
		return Reply{}, err
	}
	key := "verify." + strings.ReplaceAll(string(res.Verdict), " ", "")
	if res.Verdict == verify.Stitched && res.Marked {
		key = "verify.marked"
	}
	lines := []string{bold + s.say(key, "Count", len(corpus.Articles)) + bold}
	if res.Verdict == verify.TooShort {
		return Reply{Text: lines[0], Private: true}, nil
	}
	if res.Verdict != verify.Stitched && len(res.Places) > 1 {
		lines = append(lines, s.say("verify.over", "Count", len(res.Places)))
	}
	lines = append(lines, small(s.say("verify.yours", "Quote", s.inline(shorten(r.Quote, maxEcho)))))
	foot := small(s.say("decline.footer", "Revision", string(corpus.Revision)))
	if res.Verdict == verify.Differs {
		lines = append(lines, differences(s, res.Edits))
	}
	if len(res.Places) > 0 {
		lines = append(lines, s.say(map[bool]string{true: "verify.nearest", false: "verify.stands"}[res.Verdict == verify.Absent]))
	}
	for _, place := range res.Places {
		p, span, ok := place.Passage()
		if !ok {
			lines = append(lines, small(s.say("verify.context", "Title", s.inline(shorten(place.Article.Name(), maxTitle)))))
			continue
		}
		if res.Verdict == verify.Differs || res.Verdict == verify.Absent {
			span = article.Span{}
		}
		q, err := quote(p, span, maxFurther)
		if err != nil {
			return Reply{}, fmt.Errorf("show where a quotation stands: %w", err)
		}
		lines = append(lines, strings.Join(cited(s, p, q), "\n"))
	}
	text, left := fill(lines, maxText-units(foot)-100)
	if len(left) > 0 {
		text += "\n" + s.say("status.more", "Count", len(left))
	}
	return Reply{Text: text + "\n" + foot}, nil
}

// differences shows what a quotation has that the article hasn't, struck out,
// and what the article has in its place, in bold.
func differences(s speaker, edits []verify.Edit) string {
	var parts []string
	for _, e := range edits {
		text := s.inline(e.Text)
		switch e.Kind {
		case verify.Added:
			text = "~~" + text + "~~"
		case verify.Missing:
			text = bold + text + bold
		case verify.Common:
			text = s.inline(shortenMiddle(e.Text))
		}
		parts = append(parts, text)
	}
	return s.say("verify.differences") + "\n" + strings.Join(parts, " ")
}

// shortenMiddle keeps the ends of a stretch that both sides have.
func shortenMiddle(text string) string {
	words := strings.Fields(plain(text))
	if len(words) <= 16 {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:7], " ") + " […] " + strings.Join(words[len(words)-7:], " ")
}
