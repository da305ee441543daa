package answer

import (
	"slices"
	"strings"

	"verbatim/internal/lang"
)

// strayBack is how many sentences after its last mention somebody may still be
// meant. Set by hand; not measured.
const strayBack = 4

// strays reports whether the first candidate of a follow-up about somebody ("when
// was she born?") tells of somebody else: whom it asks about is neither named
// there nor, with nobody of the kind named since, in the few sentences before. Of
// whom the article names most it may tell anywhere.
func (r *Ranking) strays() bool {
	if r.who == nil {
		return false
	}
	first := r.Rows[0]
	if first.Article != r.who.article {
		return true
	}
	names := r.scan.a.names[r.who.article]
	whom, text := names.Entities[r.who.name], r.scan.a.corpus.Articles[r.who.article].Text
	most := 0
	for _, e := range names.Entities {
		if rivals(e.Kind, whom.Kind) {
			most = max(most, len(e.Mentions))
		}
	}
	rival := false
	for back := 0; back <= strayBack && back <= first.Sentence; back++ {
		in := names.In(first.Sentence - back)
		for k := len(in) - 1; k >= 0; k-- {
			switch {
			case in[k].Entity == r.who.name, shares(text[in[k].Start:in[k].End], text[whom.Name.Start:whom.Name.End]):
				return rival && back > 0
			case rivals(names.Entities[in[k].Entity].Kind, whom.Kind):
				rival = true
			}
		}
	}
	return rival || len(whom.Mentions) < most
}

// shares reports whether a name as it is mentioned is a part of a fuller one, such
// as a family's.
func shares(mention, name string) bool {
	return slices.Contains(strings.Fields(name), mention)
}

// leansOnly reports whether the first candidate of a follow-up matches what was
// carried over from the turn before and, of several sentences, comes near to none
// of the words that were typed: it tells of the same thing, but not what is asked.
func (r *Ranking) leansOnly() bool {
	if r.about == "" || r.wording.asksAge() {
		return false
	}
	a, first := r.scan.a, r.Rows[0]
	best := r.scan.sentence(int32(a.first[first.Article] + first.Sentence)).best
	own := false
	for t := range r.scan.terms {
		if x := &r.scan.terms[t]; x.Start < r.typed.Start || x.End > r.typed.End {
			continue
		}
		if own = true; best[t] >= leastAlignment {
			return false
		}
	}
	return own
}

// rivals reports whether a pronoun that stands for a name of one kind could stand
// for one of the other.
func rivals(a, b lang.NameKind) bool { return a == b || a == lang.Other || b == lang.Other }
