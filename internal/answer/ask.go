package answer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"verbatim/internal/lang"
)

// Ask answers a question. A question that the articles do not answer, or that
// is none, is an outcome and not an error; an error means that the search
// failed or that the context ended.
func (a *Answerer) Ask(ctx context.Context, q Question) (Answer, error) {
	start := time.Now()
	n := q.Passages
	if n <= 0 {
		n = DefaultPassages
	}
	out := Answer{Question: q.Text, Band: None, Revision: a.analysis.corpus.Revision}
	r, err := a.Rank(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	out.Answered, out.Reason = r.Decide()
	if out.Reason == NotQuestion {
		out.Suggestions = a.suggestions(ctx, r)
		a.release(r) // not deferred: after a panic its room is in no order
		out.Took = time.Since(start)
		return out, nil
	}
	out.Searched = a.searched(q)
	out.Confidence = r.shownConfidence(out.Answered)
	out.About = r.about
	out.Band = bandOf(r.Confidence, out.Answered)
	out.Missing, out.DidYouMean = a.spelled(r)
	if out.Answered {
		out.Passages = a.results(r, n, q.Explain)
		out.Span = a.span(r, out.Passages[0].Passage)
	} else {
		out.Nearest = a.results(r, maxNearest, q.Explain)
		out.Suggestions = a.suggestions(ctx, r)
	}
	a.release(r)
	out.Took = time.Since(start)
	return out, nil
}

// spelled returns the content words of the question that no sentence holds, as
// typed, without the measure that a "how" asks for ("long", "old"), and the question with its misspelled words mended, "" without any.
func (a *Answerer) spelled(r *Ranking) (missing []string, mended string) {
	typed := r.text
	var b strings.Builder
	last := 0
	for i := range r.scan.terms {
		t := &r.scan.terms[i]
		if t.End > r.typed {
			break
		}
		if t.absent() && !(r.wording.wh == "how" && strings.HasSuffix(strings.ToLower(typed[:t.Start]), "how ")) {
			missing = append(missing, typed[t.Start:t.End])
		}
		if t.meant >= 0 {
			b.WriteString(typed[last:t.Start] + a.analysis.surface(t.meant))
			last = t.End
		}
	}
	if last > 0 {
		mended = b.String() + typed[last:r.typed]
	}
	return missing, mended
}

// surface is a word as it is first written in the corpus.
func (a *analysis) surface(word int32) string {
	x := &a.sentences[a.written[word]]
	for _, u := range x.uses {
		if u.word == word {
			return a.corpus.Articles[x.article].Text[u.start:u.end]
		}
	}
	return a.words[word].norm
}

// point is the part of a message that asks: without the greeting before it,
// and of several sentences the last that is a question, or else the last that
// holds a question word, unless that has too little in it to stand alone.
func point(text string) string {
	parts := strings.FieldsFunc(strings.ReplaceAll(text, ": ", ":\n"), func(r rune) bool { return r == '\n' || r == '!' || r == ';' })
	var sentences []string
	for _, p := range parts {
		for {
			i := strings.IndexAny(p, "?.")
			if i < 0 || i+1 >= len(p) {
				break
			}
			if p[i+1] != ' ' || p[i] == '.' && i > 0 && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", rune(p[i-1])) {
				j := strings.IndexAny(p[i+1:], "?.")
				if j < 0 || i+1+j+1 >= len(p) {
					break
				}
				i += 1 + j
			}
			sentences = append(sentences, p[:i+1])
			p = p[i+1:]
		}
		sentences = append(sentences, p)
	}
	if len(sentences) < 2 {
		return text
	}
	best := ""
	for _, s := range sentences {
		if strings.HasSuffix(strings.TrimSpace(s), "?") {
			best = s
		}
	}
	content := 0
	for _, t := range lang.For("en").Tokens(best) {
		if !t.Stop && !smalltalk()[t.Norm] {
			content++
		}
	}
	if content < leastPoint {
		return text
	}
	return best
}

// leastPoint is how many content words a question among other sentences must
// have to be asked without them.
const leastPoint = 2
