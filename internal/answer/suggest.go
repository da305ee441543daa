package answer

import (
	"context"
	"slices"
	"strings"
	"sync"

	"verbatim/internal/lang"
)

// maxSuggestions is how many questions a decline offers; maxTried how many are
// tried to find them, once a corpus.
const (
	maxSuggestions = 2
	maxTried       = 24
)

// suggestion is a question that the articles answer.
type suggestion struct {
	text    string
	article int
	entity  int
}

// Suggestions returns up to n questions that the articles do answer, those
// first whose names are mentioned most.
func (a *Answerer) Suggestions(ctx context.Context, n int) []string {
	var out []string
	for _, s := range a.suggested(ctx) {
		if len(out) < n {
			out = append(out, s.text)
		}
	}
	return out
}

// suggestions picks questions near to a declined one: those about what its
// nearest sentences name come first.
func (a *Answerer) suggestions(ctx context.Context, r *Ranking) []string {
	all := slices.Clone(a.suggested(ctx))
	near := func(s suggestion) bool {
		for _, row := range r.Rows[:min(len(r.Rows), maxNearest)] {
			if row.Article != s.article {
				continue
			}
			for _, m := range a.analysis.names[s.article].In(row.Sentence) {
				if m.Entity == s.entity {
					return true
				}
			}
		}
		return false
	}
	slices.SortStableFunc(all, func(x, y suggestion) int {
		switch nx, ny := near(x), near(y); {
		case nx && !ny:
			return -1
		case ny && !nx:
			return 1
		}
		return 0
	})
	var out []string
	for _, s := range all {
		if len(out) < maxSuggestions && !strings.EqualFold(s.text, strings.TrimSpace(r.text)) {
			out = append(out, s.text)
		}
	}
	return out
}

// asker computes the suggestions once. An attempt that was cut short is made
// again.
type asker struct {
	mu   sync.Mutex
	done bool
	all  []suggestion
}

func (a *Answerer) suggested(ctx context.Context) []suggestion {
	a.asker.mu.Lock()
	defer a.asker.mu.Unlock()
	if a.asker.done {
		return a.asker.all
	}
	var all []suggestion
	for _, s := range a.proposals() {
		r, err := a.Rank(ctx, Question{Text: s.text})
		if err != nil {
			return nil
		}
		if ok, _ := r.Decide(); ok && r.Confidence >= mediumThreshold {
			all = append(all, s)
		}
		a.release(r)
	}
	a.asker.done, a.asker.all = true, all
	return all
}

// proposals are questions about the names that the corpus mentions most: who a
// person is or what they said, what an organisation is.
func (a *Answerer) proposals() []suggestion {
	type proposal struct {
		suggestion
		mentions int
	}
	var all []proposal
	for i, names := range a.analysis.names {
		for k, e := range names.Entities {
			name := a.write(i, e)
			text := ""
			switch e.Kind {
			case lang.Person:
				text = "Who is " + name + "?"
				if a.speaks(i, e) {
					text = "What did " + name + " say?"
				}
			case lang.Organisation:
				text = a.whatIs(i, e)
			default:
				continue
			}
			all = append(all, proposal{suggestion{text, i, k}, len(e.Mentions)})
		}
	}
	slices.SortStableFunc(all, func(x, y proposal) int { return y.mentions - x.mentions })
	out := make([]suggestion, 0, maxTried)
	for _, p := range all[:min(len(all), maxTried)] {
		out = append(out, p.suggestion)
	}
	return out
}

// whatIs asks what an organisation is, with the article and the number that its
// mentions show: "What are the United Nations?"
func (a *Answerer) whatIs(article int, e lang.Entity) string {
	text := a.analysis.corpus.Articles[article].Text
	name := a.write(article, e)
	the := ""
	for _, m := range e.Mentions {
		if text[m.Start:m.End] == name && strings.EqualFold(text[max(m.Start-len(" the "), 0):m.Start], " the ") {
			the = "the "
			break
		}
	}
	if last := name[strings.LastIndexByte(name, ' ')+1:]; the != "" && strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss") {
		return "What are " + the + name + "?"
	}
	return "What is " + the + name + "?"
}

// speaks reports whether a name is followed or preceded by "said" or the like.
func (a *Answerer) speaks(article int, e lang.Entity) bool {
	for _, m := range e.Mentions {
		x := &a.analysis.sentences[a.analysis.first[article]+m.Sentence]
		first, last := x.useAt(m.Start), x.useAt(m.End-1)
		for _, k := range []int32{first - 1, last + 1} {
			if k >= 0 && int(k) < len(x.uses) && does("saying", a.analysis.words[x.uses[k].word].norm) {
				return true
			}
		}
	}
	return false
}
