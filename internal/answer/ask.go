package answer

import (
	"context"
	"fmt"
	"slices"
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
	out := Answer{Question: q.Text, Asked: q.Text, Band: None, Revision: a.analysis.corpus.Revision}
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
	out.About, out.Asked = r.about, r.asked
	out.Band = bandOf(r.Confidence, out.Answered)
	out.Missing, out.DidYouMean = a.spelled(r)
	if q.Explain {
		out.Odds = r.odds(a.model, out.Confidence)
	}
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
// typed, without the measure that a "how" asks for ("long", "old"), and the
// question with its misspelled words mended, "" without any.
func (a *Answerer) spelled(r *Ranking) (missing []string, mended string) {
	typed := r.text
	var b strings.Builder
	last := r.typed.Start
	for i := range r.scan.terms {
		t := &r.scan.terms[i]
		if t.Start < r.typed.Start || t.End > r.typed.End {
			continue
		}
		if t.absent() && !(r.wording.wh == "how" && strings.HasSuffix(strings.ToLower(typed[:t.Start]), "how ")) {
			missing = append(missing, typed[t.Start:t.End])
		}
		if t.meant >= 0 {
			b.WriteString(typed[last:t.Start] + a.analysis.surface(t.meant))
			last = t.End
		}
	}
	if b.Len() > 0 {
		mended = b.String() + typed[last:r.typed.End]
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

// point is the part of a message that asks: of several sentences the last that
// is a question, unless that has too little in it to stand alone; otherwise the
// whole message.
func (a *Answerer) point(text string) string {
	l := a.analysis.tongue(text)
	best, n := "", 0
	for _, part := range announced(text, l) {
		for _, s := range l.Typed(part) {
			n++
			if isQuestion(part[s.Start:s.End]) {
				best = part[s.Start:s.End]
			}
		}
	}
	if n < 2 {
		return text
	}
	content := 0
	for _, t := range l.Tokens(best) {
		if !t.Stop && !smalltalk()[t.Norm] {
			content++
		}
	}
	if content < leastPoint {
		return text
	}
	return best
}

// announced cuts a message into its lines, and these behind a colon or semicolon
// before which nothing is asked: "One thing: who …", but not "Who said: …".
func announced(text string, l *lang.Language) []string {
	var parts []string
	for line := range strings.Lines(text) {
		for i := 0; i < len(line); i++ {
			if line[i] != ';' && !strings.HasPrefix(line[i:], ": ") {
				continue
			}
			if slices.ContainsFunc(l.Tokens(line[:i]), asking) {
				break
			}
			parts, line, i = append(parts, line[:i+1]), line[i+1:], -1
		}
		parts = append(parts, line)
	}
	return parts
}

// isQuestion reports whether a sentence ends as a question.
func isQuestion(sentence string) bool {
	bare := strings.TrimRight(sentence, "\"'”’») \n")
	return strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "؟") || strings.HasSuffix(bare, "？")
}

// leastPoint is how many content words a question among other sentences must
// have to be asked without them.
const leastPoint = 2
