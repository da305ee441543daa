package answer

import (
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// A variation is a follow-up that asks the question before of something else:
// "what about ISIS?", "and the SDF?". It is read as that question, with the new
// name in the place of the old one where both have one, and otherwise with the
// new thing behind it.

// maxVaried is the most bytes of a question and its variation together: one that
// is varied again and again may grow each time.
const maxVaried = 1000

// vary reads a follow-up as a variation of the question before; false when it is
// none. text is what w was read from, and asked what before was.
func (a *Answerer) vary(text string, w wording, asked string, before wording, passages []article.Passage) (following, bool) {
	first, end := w.variation()
	if first == end || len(text)+len(asked) > maxVaried {
		return following{}, false
	}
	names := a.stretches(w.tokens[first:end], passages)
	name := len(names) == 1 && names[0].first == 0 && names[0].last == end-first-1 // and nothing else
	if !w.about() && !name && w.content() >= standsAlone {
		return following{}, false
	}
	if does("leading", w.tokens[first-1].Norm) {
		first--
	}
	written := text[w.tokens[first].Start:w.tokens[end-1].End]
	old := a.stretches(before.tokens, passages)
	if len(names) == 0 || len(old) == 0 {
		varied := InFull(asked, written)
		start := strings.LastIndex(varied, written)
		return following{text: varied, typed: article.Span{Start: start, End: start + len(written)}, about: varied, asked: varied}, true
	}
	s := counterpart(names[0], old)
	for s.first > 0 && does("leading", before.tokens[s.first-1].Norm) {
		s.first--
	}
	last := before.tokens[s.last]
	cut := last.End
	for _, possessive := range []string{"'s", "’s"} {
		if strings.HasSuffix(asked[last.Start:last.End], possessive) && !strings.HasSuffix(written, possessive) {
			cut -= len(possessive)
		}
	}
	varied := asked[:before.tokens[s.first].Start] + written + asked[cut:]
	return following{text: varied, about: varied, asked: varied}, true
}

// variation returns which tokens say of what a follow-up asks the question
// before, from first up to end, without the small words around them; none when
// it asks something by itself.
func (w *wording) variation() (first, end int) {
	end = len(w.tokens)
	switch {
	case w.about():
		first = 2
	case end > 0 && does("continuing", w.tokens[0].Norm):
		first = 1
		if slices.ContainsFunc(w.tokens, func(t lang.Token) bool { return does("auxiliary", t.Norm) || does("pronoun", t.Norm) }) {
			return 0, 0
		}
	default:
		return 0, 0
	}
	if slices.ContainsFunc(w.tokens[first:], asking) {
		return 0, 0
	}
	for first < end && w.tokens[first].Stop {
		first++
	}
	for first < end && w.tokens[end-1].Stop {
		end--
	}
	return first, end
}

// stretch is a run of tokens that is a name.
type stretch struct {
	first, last int
	kind        lang.NameKind
}

// stretches finds the names in a question: those of the articles quoted before,
// and what is written with capitals.
func (a *Answerer) stretches(tokens []lang.Token, passages []article.Passage) []stretch {
	kinds := make([]lang.NameKind, len(tokens))
	named := make([]bool, len(tokens))
	for i, t := range tokens {
		named[i] = t.Upper && !t.Stop && !asking(t) && (i > 0 || t.Acronym)
	}
	for _, p := range passages {
		names := a.analysis.names[a.place(p.Article)]
		for _, f := range names.Find(tokens) {
			for i := f.First; i <= f.Last; i++ {
				named[i], kinds[i] = true, max(kinds[i], names.Entities[f.Entity].Kind)
			}
		}
	}
	var found []stretch
	for i := range tokens {
		switch n := len(found); {
		case !named[i]:
		case n > 0 && found[n-1].last == i-1 && !tokens[i].Gap:
			found[n-1].last = i
			if found[n-1].kind == lang.Other {
				found[n-1].kind = kinds[i]
			}
		default:
			found = append(found, stretch{i, i, kinds[i]})
		}
	}
	return found
}

// counterpart is the name in a question that another takes the place of: the
// last of its kind, else the last.
func counterpart(s stretch, of []stretch) stretch {
	for _, o := range slices.Backward(of) {
		if o.kind == s.kind && s.kind != lang.Other {
			return o
		}
	}
	return of[len(of)-1]
}

// InFull is a follow-up in full: what else it is about stands before its mark, so
// that it can be asked by itself.
func InFull(question, about string) string {
	if about == "" {
		return question
	}
	bare := strings.TrimRight(question, "?!.؟ \n")
	return bare + " (" + about + ")" + strings.TrimSpace(question[len(bare):])
}
