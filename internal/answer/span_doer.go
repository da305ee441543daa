package answer

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// asksDeed reports whether the question says anything beside names.
func (f *finder) asksDeed() bool {
	n := f.s.names(f.x.article)
	if !n.judged {
		n.deed, n.judged = f.judgeDeed(n.names), true
	}
	return n.deed
}

func (f *finder) judgeDeed(asked []named) bool {
	for t := range f.s.terms {
		named := false
		for _, n := range asked {
			for _, k := range n.terms {
				named = named || k == t
			}
			named = named || f.misspells(t, n.entity)
		}
		if !named {
			return true
		}
	}
	return false
}

// misspells reports whether a term is all but a word of an entity's name: "Ahmed"
// for "Ahmad".
func (f *finder) misspells(term, entity int) bool {
	norm := f.s.terms[term].Norm
	name := f.a.names[f.x.article].Entities[entity].Name
	for _, w := range strings.Fields(lang.Fold(f.article.Text[name.Start:name.End])) {
		if len(norm) >= leastMisspelled && w[0] == norm[0] && levenshtein.ComputeDistance(norm, w) == 1 {
			return true
		}
	}
	return false
}

// adjective reports whether a name is the word for a people and belongs to the
// noun behind it.
func (f *finder) adjective(s article.Span) bool {
	if !lang.People(lang.Fold(f.article.Text[s.Start:s.End])) {
		return false
	}
	next := f.x.useAt(s.End)
	return int(next) < len(f.x.uses) && !f.a.words[f.x.uses[next].word].stop
}

// doers weighs the names that can be who did what is asked, when the question
// asks for the doer: one that stands before the deed and depends on no
// preposition, or one behind "by".
func (f *finder) doers(options []option) []option {
	deed := f.deed()
	if deed < 0 {
		return f.sufferers(options)
	}
	f.nearWeight = doerNearness
	for i := range options {
		o := &options[i]
		first, last := f.x.useAt(o.Start), f.x.useAt(o.End-1)
		governor := f.governor(first)
		o.fit = min(o.fit, bystander)
		switch {
		case f.qualifier(first, last):
			o.fit = unfitting
		case governor == "by" && first > deed || governor == "" && last < deed:
			o.fit = doer
		case last < deed:
			o.fit -= governedBefore
		default:
			o.fit -= behindDeed
		}
	}
	return options
}

// sufferers weighs the names when the question is whom something was done to
// ("who was killed?"): the subject of a sentence in the passive, or what stands
// behind the verb and depends on no preposition. Whoever did it is no answer.
func (f *finder) sufferers(options []option) []option {
	deed := f.suffered()
	if deed < 0 {
		return options
	}
	passive := false
	for k := max(deed-2, 0); k < deed; k++ {
		passive = passive || does("being", f.a.words[f.x.uses[k].word].norm)
	}
	for i := range options {
		o := &options[i]
		first, last := f.x.useAt(o.Start), f.x.useAt(o.End-1)
		if before := last < deed; before != passive || f.governor(first) != "" {
			o.fit = unfitting
		}
	}
	return options
}

// suffered is where the sentence has the verb of "who was it done to", -1 when
// the question is no such.
func (f *finder) suffered() int32 {
	for i, t := range f.w.tokens {
		if t.Norm != "who" {
			continue
		}
		for i++; i < len(f.w.tokens) && does("auxiliary", f.w.tokens[i].Norm); i++ {
		}
		for ; i > 0 && i < len(f.w.tokens) && does("being", f.w.tokens[i].Norm); i++ {
		}
		if i >= len(f.w.tokens) || !does("being", f.w.tokens[i-1].Norm) || !participle(f.w.tokens[i].Norm) {
			return -1
		}
		for k := range f.s.terms {
			if f.s.terms[k].Start == f.w.tokens[i].Start && f.m.best[k] >= related {
				return f.m.at[k]
			}
		}
		return -1
	}
	return -1
}

// participle reports whether a word ends as participles do.
func participle(norm string) bool {
	for ending := range grammar()["participial"] {
		if len(norm) > len(ending)+1 && strings.HasSuffix(norm, ending) {
			return true
		}
	}
	return false
}

// governor is the preposition that the noun phrase around a use depends on, ""
// for none. It looks back over content words, articles and "of" to the word of
// structure before them, no further than punctuation.
func (f *finder) governor(k int32) string {
	for ; k > 0; k-- {
		if f.x.uses[k].flags&flagGap != 0 {
			return ""
		}
		w := &f.a.words[f.x.uses[k-1].word]
		if !w.stop || w.norm == "of" || does("leading", w.norm) {
			continue
		}
		if does("governing", w.norm) {
			return w.norm
		}
		return ""
	}
	return ""
}

// qualifier reports whether a name stands before a noun as its adjective: "US
// special envoy", "Syrian President".
func (f *finder) qualifier(first, last int32) bool {
	if int(last)+1 >= len(f.x.uses) || first > 0 && f.a.words[f.x.uses[first-1].word].norm == "the" {
		return false
	}
	span := article.Span{Start: int(f.x.uses[first].start), End: int(f.x.uses[last].end)}
	next := f.x.uses[last+1]
	plain := next.flags&(flagGap|flagUpper) == 0 && !f.a.words[next.word].stop
	return f.adjective(span) || plain && first == last && f.isPlace(span)
}

// isPlace reports whether a span is a mention of a place.
func (f *finder) isPlace(s article.Span) bool {
	names := f.a.names[f.x.article]
	for _, m := range names.In(int(f.x.index)) {
		if m.Start == s.Start {
			return names.Entities[m.Entity].Kind == lang.Place
		}
	}
	return false
}

// deed is where the sentence has the verb of "who did it", -1 when the question
// does not ask for a doer: "who" is followed by no auxiliary.
func (f *finder) deed() int32 {
	for i, t := range f.w.tokens {
		if t.Norm != "who" || i+1 >= len(f.w.tokens) || f.w.tokens[i+1].Stop {
			continue
		}
		for k := range f.s.terms {
			if f.s.terms[k].Start == f.w.tokens[i+1].Start && f.m.best[k] >= related {
				return f.m.at[k]
			}
		}
	}
	return -1
}
