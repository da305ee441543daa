package answer

import (
	"math"

	"verbatim/internal/lang"
)

// needs says which signs a kind of answer asks for.
var needs = [kinds]sign{
	KindPerson: signPerson, KindPlace: signPlace, KindDate: signDate | signYear, KindNumber: signNumber,
	KindMoney: signMoney, KindDuration: signDuration | signYear, KindReason: signReason, KindManner: signManner,
	KindDefinition: signDefines,
}

// types are the features of the kind of answer asked for.
func (a *analysis) types(w *wording, s *scan, x *sentence, f []float64) {
	is := func(g sign) float64 {
		if x.signs&g != 0 {
			return 1
		}
		return 0
	}
	f[fIsQuestion] = is(signQuestion)
	f[fQuote] = is(signQuote)
	f[fPronoun] = is(signPronoun)
	f[fConnective] = is(signConnective)
	f[fDefines] = is(signDefines)
	newNames, newNumbers := 0.0, 0.0
	for _, u := range x.uses {
		if u.flags&(flagUpper|flagNumber) == 0 {
			continue
		}
		if s.likeness(u.word) >= exact {
			continue
		}
		if u.flags&flagUpper != 0 {
			newNames = 1
		} else {
			newNumbers = 1
		}
	}
	var got, asks float64
	if n := needs[w.kind]; n != 0 {
		asks = 1
		got = is(n)
		switch w.kind {
		case KindPerson:
			got = max(got*0.5, newNames)
		case KindPlace:
			got = got * (0.5 + 0.5*newNames)
		case KindNumber, KindMoney:
			got = max(got*0.5, newNumbers)
		}
	}
	f[fTypeMatch] = got
	f[fTypeMiss] = asks * (1 - got)
	f[fQuestionKindNamed] = asks
	f[fTerms] = math.Log1p(float64(len(s.terms)))
	kind := func(i feature, k Kind, v float64) {
		if w.kind == k {
			f[i] = v
		}
	}
	kind(fWhoPerson, KindPerson, is(signPerson))
	kind(fWhoNames, KindPerson, newNames)
	kind(fOrgNames, KindOrganisation, newNames)
	kind(fWhenDate, KindDate, is(signDate))
	kind(fWhenYear, KindDate, is(signYear))
	kind(fWherePlace, KindPlace, is(signPlace)+newNames)
	kind(fNumberNumber, KindNumber, is(signNumber)+newNumbers)
	kind(fMoneyMoney, KindMoney, is(signMoney)+newNumbers)
	kind(fDurationDuration, KindDuration, is(signDuration)+newNumbers)
	kind(fWhyReason, KindReason, is(signReason))
	kind(fHowManner, KindManner, is(signManner))
	kind(fWhatDefines, KindDefinition, is(signDefines))
	kind(fYesnoNegation, KindYesNo, is(signNegation))
}

// things are the features of what a sentence names: whom and what the question
// names, and people, places, times and amounts that it does not.
func (a *analysis) things(w *wording, s *scan, x *sentence, f []float64) {
	names := a.names[x.article]
	asked := s.names(x.article).names
	covered := 0.0
	var fresh [4]float64
	for _, n := range asked {
		for _, m := range names.In(int(x.index)) {
			if m.Entity == n.entity {
				covered++
				break
			}
		}
	}
	for _, m := range names.In(int(x.index)) {
		known := false
		for _, n := range asked {
			known = known || n.entity == m.Entity
		}
		if !known {
			fresh[names.Entities[m.Entity].Kind] = 1
		}
	}
	if len(asked) > 0 {
		f[fNamesCovered] = covered / float64(len(asked))
		a.introduction(w, asked, x, f)
	}
	f[fNewPerson] = fresh[lang.Person]
	f[fNewPlace] = fresh[lang.Place]
	f[fNewOrganisation] = fresh[lang.Organisation]
	kind := func(i feature, k Kind, v float64) {
		if w.kind == k {
			f[i] = v
		}
	}
	kind(fWhoPersonNew, KindPerson, fresh[lang.Person])
	kind(fWherePlaceNew, KindPlace, fresh[lang.Place])
	kind(fOrgOrganisationNew, KindOrganisation, fresh[lang.Organisation])
	kind(fWhenMoment, KindDate, min(float64(x.found.moments), 2))
	kind(fDurationTime, KindDuration, min(float64(x.found.durations), 2))
	kind(fNumberCount, KindNumber, min(float64(x.found.counts), 2))
	kind(fMoneyFound, KindMoney, min(float64(x.found.money), 2))
}

// introduction are the features of a sentence that brings up what the question
// names for the first time, or spells out its abbreviation.
func (a *analysis) introduction(w *wording, asked []named, x *sentence, f []float64) {
	names, art := a.names[x.article], a.corpus.Articles[x.article]
	var first, introduces float64
	for _, n := range asked {
		e := names.Entities[n.entity]
		if e.Mentions[0].Sentence == int(x.index) {
			first = 1
		}
		if e.Abbreviation == "" {
			continue
		}
		for _, m := range names.In(int(x.index)) {
			if m.Entity == n.entity && m.Start > 0 && art.Text[m.Start-1] == '(' {
				introduces = 1
			}
		}
	}
	f[fFirstMention] = first
	f[fIntroduces] = introduces
	if w.kind == KindDefinition || w.kind == KindKeyword || w.kind == KindPerson {
		f[fWhatFirstMention] = first
		f[fWhatIntroduces] = introduces
	}
}

// spans are the features of the stretch that would be emphasised as the answer:
// how well its kind fits, how near it stands to the question's words.
func (a *analysis) spans(w *wording, s *scan, i int32, f []float64) {
	if !w.kind.spanned() {
		return
	}
	o, near := a.finder(w, s, i).best()
	if o.Empty() {
		f[fSpanMissing] = 1
		return
	}
	f[fSpanFit] = o.fit
	f[fSpanNear] = near
	f[fSpanScore] = o.fit * near
}
