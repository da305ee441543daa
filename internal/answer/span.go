package answer

import (
	"strings"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// option is a stretch of the first sentence that could be what was asked for.
type option struct {
	article.Span
	fit float64 // how well its kind fits the question, 0 to 1 and a little beyond
}

// span returns the shortest stretch of the first passage that answers a
// question for a person, place, time, number, name or wording; empty when the
// question asks for something else or nothing fits. The best sentence is
// looked at first, then those joined to it.
func (a *Answerer) span(r *Ranking, p article.Passage) article.Span {
	best := r.Rows[0].Sentence
	if s := a.spanIn(r, best); !s.Empty() {
		return s
	}
	for i := p.First; i <= p.Last; i++ {
		if i == best {
			continue
		}
		if s := a.spanIn(r, i); !s.Empty() {
			return s
		}
	}
	return article.Span{}
}

// spanIn looks for the answer in one sentence of the best row's article.
func (a *Answerer) spanIn(r *Ranking, sentence int) article.Span {
	i := int32(a.analysis.first[r.Rows[0].Article] + sentence)
	o, _ := a.analysis.finder(&r.wording, r.scan, i).best()
	return o.Span
}

// finder looks for the answer in one sentence.
type finder struct {
	a       *analysis
	w       *wording
	s       *scan
	x       *sentence
	m       matches
	article *article.Article
	start   int // of the sentence in the article
	text    string
	// nearWeight is what nearness counts for this question.
	nearWeight float64
	options    []option // room for the names
}

// finder returns the scan's finder, set to a sentence.
func (a *analysis) finder(w *wording, s *scan, i int32) *finder {
	x := &a.sentences[i]
	art := a.corpus.Articles[x.article]
	s.finding = finder{a: a, w: w, s: s, x: x, m: s.sentence(i), article: art, start: art.Sentences[x.index].Start,
		text: art.SentenceText(int(x.index)), nearWeight: nearnessWeight, options: s.finding.options[:0]}
	return &s.finding
}

// best returns the option that fits best and stands nearest, and how near; no
// option when none fits.
func (f *finder) best() (best option, near float64) {
	top := 0.0
	for _, o := range f.find() {
		if o.fit < leastFit || o.Empty() {
			continue
		}
		n := f.nearness(o.Span)
		if score := o.fit + f.nearWeight*n; score > top {
			best, near, top = o, n, score
		}
	}
	return best, near
}

// spanned reports whether a kind of answer is a stretch that can be found.
func (k Kind) spanned() bool {
	switch k {
	case KindPerson, KindPlace, KindOrganisation, KindDate, KindDuration, KindNumber, KindMoney:
		return true
	}
	return false
}

func (f *finder) find() []option {
	switch f.w.kind {
	case KindPerson:
		if !f.asksDeed() {
			return nil // "who is X" asks what X is, not for another name
		}
		return f.doers(f.nameOptions(whoFits))
	case KindPlace:
		return f.nameOptions(whereFits)
	case KindOrganisation:
		return f.nameOptions(organisationFits)
	case KindDate:
		return f.timeOptions(false)
	case KindDuration:
		return append(f.timeOptions(true), f.ageOptions()...)
	case KindNumber, KindMoney:
		return f.quantityOptions()
	case KindDefinition, KindOther, KindManner:
		return append(f.wordingOptions(), f.expansionOptions()...)
	}
	return nil
}

// nameOptions are the names that the question does not hold, by the fit of
// their kinds.
func (f *finder) nameOptions(fits fits) []option {
	names := f.a.names[f.x.article]
	asked := f.s.names(f.x.article).names
	out := f.options[:0]
	for _, m := range names.In(int(f.x.index)) {
		known := false
		for _, n := range asked {
			known = known || n.entity == m.Entity
		}
		fit := fits[names.Entities[m.Entity].Kind]
		span := article.Span{Start: m.Start, End: m.End}
		if f.w.kind == KindPlace {
			if f.adjective(span) || strings.HasPrefix(f.article.Text[span.End:], "-") {
				continue // "the American zone", "a US-trained force"
			}
			wide := f.withDirection(span)
			known = known && wide == span
			span = wide
			if !does("place", f.wordBefore(span.Start)) {
				fit -= unplaced
			}
		}
		if !known {
			out = append(out, option{span, fit})
		}
	}
	f.options = out
	return out
}

// withDirection widens a place by the direction before it: "eastern Syria".
func (f *finder) withDirection(s article.Span) article.Span {
	before := strings.TrimRight(f.article.Text[f.start:s.Start], " ")
	cut := strings.LastIndexAny(before, " \n") + 1
	word := before[cut:]
	if does("direction", strings.ToLower(word)) {
		s.Start = f.start + cut
	}
	return s
}

// wordBefore is the word of the sentence before a byte of the article, in lower
// case, articles and titles passed over.
func (f *finder) wordBefore(offset int) string {
	words := strings.Fields(f.article.Text[f.start:offset])
	for n := len(words) - 1; n >= 0; n-- {
		if w := strings.ToLower(words[n]); !does("leading", w) {
			return w
		}
	}
	return ""
}

func (f *finder) timeOptions(duration bool) []option {
	var out []option
	for _, t := range f.x.times {
		if (t.Kind == lang.Duration) != duration {
			continue
		}
		span := article.Span{Start: f.start + t.Start, End: f.start + t.End}
		if first, rest, ok := strings.Cut(f.text[t.Start:t.End], " "); ok && does("time", strings.ToLower(first)) {
			span.Start = span.End - len(rest)
		}
		if !f.inQuestion(span) {
			out = append(out, option{span, fitting})
		}
	}
	return out
}

// ageOptions are ages: "aged 42", "42-year-old", "42 years old".
func (f *finder) ageOptions() []option {
	norm := func(k int) string {
		if k < 0 || k >= len(f.x.uses) {
			return ""
		}
		return f.a.words[f.x.uses[k].word].norm
	}
	var out []option
	for k, u := range f.x.uses {
		old := (norm(k+1) == "year" || norm(k+1) == "years") && norm(k+2) == "old"
		if u.flags&flagNumber != 0 && (old || norm(k-1) == "aged") {
			out = append(out, option{article.Span{Start: int(u.start), End: int(u.end)}, wellFitting})
		}
	}
	return out
}

func (f *finder) quantityOptions() []option {
	var out []option
	for _, q := range f.x.amounts {
		fit := amountFit
		switch {
		case f.w.kind == KindMoney && q.Kind == lang.Money:
			fit = wellFitting
		case f.w.kind == KindMoney:
			fit = amountForPrice
		case q.Kind == lang.Rank:
			continue
		case q.Kind == lang.Money:
			fit = priceForAmount
		}
		if f.w.focus >= 0 && f.countsFocus(q) {
			fit += ofFocus
		}
		end := q.NumberEnd
		span := article.Span{Start: f.start + q.Start, End: f.start + end}
		if !f.inQuestion(span) {
			out = append(out, option{span, fit})
		}
	}
	if f.w.kind == KindNumber {
		for _, o := range f.timeOptions(true) {
			o.fit = durationForAmount
			out = append(out, o)
		}
	}
	return out
}

// countsFocus reports whether a quantity, or the two words after it, is of the
// thing that is asked for: "23 people" for "how many people".
func (f *finder) countsFocus(q lang.Quantity) bool {
	n := 0
	for k, u := range f.x.uses {
		if int(u.end) <= f.start+q.NumberEnd {
			continue
		}
		if f.s.of(f.x.uses[k].word)[f.w.focus] >= akin {
			return true
		}
		if n++; n == 3 {
			break
		}
	}
	return false
}

// wordingOptions are the quotation for a question about wording, and the names
// for a "which" or "what" whose focus stands beside them.
func (f *finder) wordingOptions() []option {
	var out []option
	for _, t := range f.s.terms {
		if does("wording", t.Norm) {
			return append(out, f.quotations()...)
		}
	}
	if f.w.focus < 0 || f.w.kind == KindManner || f.w.wh != "which" && f.w.kind == KindDefinition {
		return nil
	}
	for _, o := range f.nameOptions(thingFits) {
		if f.besideFocus(o.Span) {
			o.fit += besideIt
			out = append(out, o)
		}
	}
	return out
}

// besideFocus reports whether the thing asked for stands beside a span, with
// at most "of", "called" or the like between: "the group HTS", "a city called
// Homs".
func (f *finder) besideFocus(s article.Span) bool {
	at := f.m.at[f.w.focus]
	if at < 0 || f.m.best[f.w.focus] < akin {
		return false
	}
	first, last := f.x.useAt(s.Start), f.x.useAt(s.End-1)
	if at >= first-1 && at <= last+1 {
		return true
	}
	return at == first-2 && does("naming", f.a.words[f.x.uses[first-1].word].norm)
}

// quotations are the stretches between quotation marks, without them.
func (f *finder) quotations() []option {
	var out []option
	open := -1
	for i, r := range f.text {
		switch {
		case r == '“' || r == '"' && open < 0:
			open = i + utf8.RuneLen(r)
		case (r == '”' || r == '"') && open >= 0:
			span := article.Span{Start: f.start + open, End: f.start + i}
			if !f.inQuestion(span) {
				out = append(out, option{span, fitting})
			}
			open = -1
		}
	}
	return out
}

// standsFor reports whether the question asks what an abbreviation means.
func (w *wording) standsFor() bool {
	for _, t := range w.tokens {
		if does("meaning", t.Norm) {
			return true
		}
	}
	return false
}

// expansionOptions are what the abbreviation in the question stands for, when
// the sentence spells it out.
func (f *finder) expansionOptions() []option {
	if !f.w.standsFor() {
		return nil
	}
	names := f.a.names[f.x.article]
	var out []option
	for _, n := range f.s.names(f.x.article).names {
		e := names.Entities[n.entity]
		if e.Abbreviation == "" {
			continue
		}
		for _, m := range names.In(int(f.x.index)) {
			if m.Entity == n.entity && f.article.Text[m.Start:m.End] != e.Abbreviation {
				out = append(out, option{article.Span{Start: m.Start, End: m.End}, fitting})
			}
		}
	}
	return out
}

// inQuestion reports whether every content word of a span is in the question.
func (f *finder) inQuestion(s article.Span) bool {
	for _, u := range f.x.uses {
		if int(u.start) < s.Start || int(u.end) > s.End || f.a.words[u.word].stop {
			continue
		}
		if f.s.likeness(u.word) < exact {
			return false
		}
	}
	return true
}

// nearness is how close a span stands to the words that the question shares
// with the sentence, 0 to 1.
func (f *finder) nearness(s article.Span) float64 {
	first, last := f.x.useAt(s.Start), f.x.useAt(s.End-1)
	return f.s.mean(byRarity, func(t int) float64 {
		at := f.m.at[t]
		if at < 0 || f.m.best[t] < related {
			return 0
		}
		distance := max(first-at, at-last, 0)
		return float64(f.m.best[t]) / (1 + float64(distance)/halfNear)
	})
}
