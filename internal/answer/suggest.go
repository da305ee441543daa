package answer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"verbatim/internal/article"
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
		if a.vouches(r, s.article) {
			all = append(all, s)
		}
		a.release(r)
	}
	a.asker.done, a.asker.all = true, all
	return all
}

// Vouch reports whether a question about something that an article names is one
// to offer: whether all articles together answer it with medium confidence or
// more, by a sentence of the article with that ID that names it and tells what
// is asked. An error means that the search failed or that the context ended.
func (a *Answerer) Vouch(ctx context.Context, question, id string) (bool, error) {
	i := slices.IndexFunc(a.analysis.corpus.Articles, func(x *article.Article) bool { return x.ID == id })
	if i < 0 {
		return false, nil
	}
	r, err := a.Rank(ctx, Question{Text: question})
	if err != nil {
		return false, fmt.Errorf("vouch for %q: %w", question, err)
	}
	ok := a.vouches(r, i)
	a.release(r)
	return ok, nil
}

// vouches reports whether a ranking answers a question to offer, from the
// article of that index.
func (a *Answerer) vouches(r *Ranking, article int) bool {
	if ok, _ := r.Decide(); !ok || r.Confidence < mediumThreshold || r.Rows[0].Article != article {
		return false
	}
	names := a.analysis.names[article]
	asked := names.Match(r.wording.tokens)
	x := a.analysis.at(r.Rows[0])
	first := r.wording.tokens[0].Norm
	tokens := r.wording.tokens
	second, third, last := "", "", tokens[len(tokens)-1].Norm
	if len(tokens) > 2 {
		second, third = tokens[1].Norm, tokens[2].Norm
	}
	for _, m := range names.In(r.Rows[0].Sentence) {
		if !slices.Contains(asked, m.Entity) {
			continue
		}
		switch {
		case first == "what" && last == "say":
			if a.says(x, m) {
				return true
			}
		case first == "who" || first == "what" && (second == "is" || second == "are") && third != "said":
			if a.introduces(x, m, names.Entities[m.Entity]) {
				return true
			}
		default:
			return true
		}
	}
	return false
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
		if a.says(&a.analysis.sentences[a.analysis.first[article]+m.Sentence], m) {
			return true
		}
	}
	return false
}

// says reports whether a name is followed or preceded by "said" or the like in
// its sentence.
func (a *Answerer) says(x *sentence, m lang.Mention) bool {
	return does("saying", a.beside(x, x.useAt(m.Start)-1)) || does("saying", a.beside(x, x.useAt(m.End-1)+1))
}

// beside is the word at k in a sentence, "" outside it.
func (a *Answerer) beside(x *sentence, k int32) string {
	if k < 0 || int(k) >= len(x.uses) {
		return ""
	}
	return a.analysis.words[x.uses[k].word].norm
}

// introduces reports whether a sentence tells who or what it names there:
// "X is", "X, a", ", X,", "X (XY)", "a force called X", "President X".
func (a *Answerer) introduces(x *sentence, m lang.Mention, e lang.Entity) bool {
	art := a.analysis.corpus.Articles[x.article]
	before, after := x.useAt(m.Start)-1, x.useAt(m.End-1)+1
	if e.Abbreviation != "" && strings.HasPrefix(art.Text[m.End:], " (") {
		return true
	}
	next := a.beside(x, after)
	if next != "" {
		comma := strings.HasPrefix(art.Text[m.End:], ", ")
		switch {
		case !comma && x.uses[after].flags&flagGap == 0 && does("being", next) && next != "be" && next != "been" && next != "being":
			return true
		case comma && (does("apposing", next) || does("defining", next) && (next == "which") != (e.Kind == lang.Person) || before >= 0 && strings.HasSuffix(art.Text[:m.Start], ", ")):
			return true
		}
	}
	if does("calling", a.beside(x, before)) {
		return true
	}
	s := art.Sentences[m.Sentence]
	tokens := lang.For(art.Lang).Tokens(art.SentenceText(m.Sentence))
	return e.Kind == lang.Person && lang.For(art.Lang).TitleStart(tokens, m.Start-s.Start) < m.Start-s.Start
}
