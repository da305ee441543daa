package discord

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"verbatim/internal/article"
)

// completeRequest is what a member has typed of an option so far.
type completeRequest struct {
	Caller
	Option  string
	Typed   string
	Article string // ID of the article chosen already; "" for none
}

// completer holds what is offered while members type, ready to be searched.
type completer struct {
	revision article.Revision
	lines    []line
}

// line is one sentence, as it is offered and in lower case.
type line struct {
	article *article.Article
	text    string
	lower   string
}

// maxScanned bounds the sentences that are looked through for one key press:
// 200,000 take about 30 ms on one core.
const maxScanned = 200_000

// completerOf prepares the corpus, once a revision.
func (h *handlers) completerOf(c *article.Corpus) *completer {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.complete != nil && h.complete.revision == c.Revision {
		return h.complete
	}
	k := &completer{revision: c.Revision}
	for _, a := range c.Articles {
		for i, s := range a.Sentences {
			if len(k.lines) == maxScanned {
				break
			}
			if a.Paragraphs[s.Paragraph].Kind.Quotable() && s.End > s.Start {
				text := plain(a.SentenceText(i))
				k.lines = append(k.lines, line{a, text, strings.ToLower(text)})
			}
		}
	}
	h.complete = k
	return k
}

// suggestions are the choices to offer, from memory: questions and sentences for
// a question, titles for an article.
func (h *handlers) suggestions(ctx context.Context, r completeRequest) (Reply, error) {
	corpus := h.desk.Corpus()
	if r.Option == nameArticle {
		return Reply{Choices: titles(corpus, r.Typed)}, nil
	}
	var out []Choice
	if h.suggest != nil && r.Article == "" {
		for _, q := range h.suggest.Suggestions(ctx, maxChoices) {
			if len(out) < maxChoices/2 && matches(strings.ToLower(q), r.Typed) {
				out = add(out, q, q)
			}
		}
	}
	if len(strings.TrimSpace(r.Typed)) >= 2 {
		for _, l := range h.completerOf(corpus).lines {
			if len(out) == maxChoices {
				break
			}
			if (r.Article == "" || l.article.ID == r.Article) && matches(l.lower, r.Typed) {
				out = add(out, l.text, l.text)
			}
		}
	}
	return Reply{Choices: out}, nil
}

// matches reports whether every word typed begins a word of the text.
func matches(lower, typed string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !beginsWord(lower, w) {
			return false
		}
	}
	return true
}

func beginsWord(text, w string) bool {
	for from := 0; ; {
		k := strings.Index(text[from:], w)
		if k < 0 {
			return false
		}
		at := from + k
		if before := []rune(text[max(0, at-4):at]); len(before) == 0 || !unicode.IsLetter(before[len(before)-1]) && !unicode.IsDigit(before[len(before)-1]) {
			return true
		}
		from = at + len(w)
	}
}

// titles are the articles whose title or identifier matches.
func titles(c *article.Corpus, typed string) []Choice {
	var out []Choice
	for _, a := range c.Articles {
		if len(out) == maxChoices {
			break
		}
		if units(a.ID) <= maxChoice && (matches(strings.ToLower(a.Title), typed) || matches(strings.ToLower(a.ID), typed)) {
			name := a.Title
			if name == "" {
				name = a.ID
			}
			out = add(out, name, a.ID)
		}
	}
	return out
}

// add appends a choice within Discord's limits, once.
func add(list []Choice, label, value string) []Choice {
	c := Choice{Label: shorten(label, maxChoice), Value: value}
	if units(value) > maxChoice {
		c.Value = strings.TrimSuffix(shorten(value, maxChoice), "…")
	}
	if c.Label == "" || c.Value == "" || slices.Contains(list, c) {
		return list
	}
	return append(list, c)
}
