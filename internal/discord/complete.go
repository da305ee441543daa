package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/library"
)

// completeRequest is what a member has typed of an option so far.
type completeRequest struct {
	Caller
	Command string
	Option  string
	Typed   string
	Article string // ID of the article chosen already; "" for none
}

// completer holds what is offered while members type, ready to be searched.
type completer struct{ lines []line }

// line is one sentence, and its text in lower case.
type line struct {
	article  *article.Article
	sentence int
	lower    string
}

// maxScanned bounds the sentences that are looked through for one key press:
// 200,000 take about 50 ms on one core (BenchmarkSuggestions), half of what a
// member may be kept waiting.
const maxScanned = 200_000

// newCompleter prepares a corpus.
func newCompleter(ctx context.Context, c *article.Corpus) (*completer, error) {
	k := &completer{}
	for _, a := range c.Articles {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("prepare what is offered while members type: %w", err)
		}
		for i, s := range a.Sentences {
			if len(k.lines) == maxScanned {
				break
			}
			if a.Paragraphs[s.Paragraph].Kind.Quotable() && s.End > s.Start {
				k.lines = append(k.lines, line{a, i, strings.ToLower(a.SentenceText(i))})
			}
		}
	}
	return k, nil
}

// bytes is the memory that a completer takes.
func (k *completer) bytes() int {
	const each = 32 // beside the text
	n := each * cap(k.lines)
	for _, l := range k.lines {
		n += len(l.lower)
	}
	return n
}

// suggestions are the choices to offer, from memory: questions and sentences for
// a question, titles for an article.
func (h *handlers) suggestions(ctx context.Context, r completeRequest) (Reply, error) {
	corpus := h.desk.Corpus(ctx)
	switch r.Option {
	case nameArticle:
		out := titles(corpus, r.Typed)
		if name := h.speaker(r.Caller).say("guide.all"); r.Command != nameAsk && len(corpus.Articles) > 1 && matches(strings.ToLower(name), typedWords(r.Typed)) {
			out = add(out[:min(len(out), maxChoices-1)], name, allArticles)
		}
		return Reply{Choices: out}, nil
	case nameFocus, nameTerm:
		return h.topics(ctx, r, corpus)
	}
	var out []Choice
	words := typedWords(r.Typed)
	of := h.used(r.Caller, corpus) // of all articles when none
	if r.Article != "" {
		of = []string{r.Article}
	}
	if h.suggest != nil && len(of) == 0 {
		for _, q := range h.suggest.Suggestions(ctx, maxChoices) {
			if len(out) < maxChoices/2 && matches(strings.ToLower(q), words) {
				out = add(out, q, q)
			}
		}
	}
	if len(strings.TrimSpace(r.Typed)) >= 2 {
		k, ok, err := h.completers.soon(ctx, corpus)
		if err != nil {
			return Reply{}, err
		}
		if !ok {
			return Reply{Choices: out}, nil // the sentences with the next key
		}
		for _, l := range k.lines {
			if len(out) == maxChoices {
				break
			}
			if (len(of) == 0 || slices.Contains(of, l.article.ID)) && matches(l.lower, words) {
				text := plain(l.article.SentenceText(l.sentence))
				out = add(out, text, text)
			}
		}
	}
	return Reply{Choices: out}, nil
}

// typedWords are the words typed, in lower case, the longest first, for it is
// the likeliest to be missing.
func typedWords(typed string) []string {
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return !alphanumeric(r) })
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// matches reports whether every word begins a word of the text, which is in
// lower case.
func matches(lower string, words []string) bool {
	for _, w := range words {
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
		if before, _ := utf8.DecodeLastRuneInString(text[:from+k]); !alphanumeric(before) {
			return true
		}
		from += k + len(w)
	}
}

// titles are the articles whose title or identifier matches.
func titles(c *article.Corpus, typed string) []Choice {
	var out []Choice
	words := typedWords(typed)
	for _, a := range c.Articles {
		if len(out) == maxChoices {
			break
		}
		if units(a.ID) <= maxChoice && (matches(strings.ToLower(a.Title), words) || matches(strings.ToLower(a.ID), words)) {
			out = add(out, a.Name(), a.ID)
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
	if c.Label == "" || c.Value == "" || slices.ContainsFunc(list, func(x Choice) bool { return x.Value == c.Value }) {
		return list
	}
	// Discord refuses two of one name, such as two articles of one title.
	taken := func() bool { return slices.ContainsFunc(list, func(x Choice) bool { return x.Label == c.Label }) }
	for _, tail := range []string{" · " + shorten(library.Label(value), maxChoice/2), fmt.Sprintf(" · %d", len(list)+1)} {
		if taken() {
			c.Label = shorten(label, maxChoice-units(tail)) + tail
		}
	}
	return append(list, c)
}
