package answer

import (
	"math"

	"verbatim/internal/lang"
)

// names of the features, in the order of the vectors. Those of base describe a
// sentence; each of the listwise ones also comes standardised over the
// candidates ("z:") and as the distance to the best of them ("gap:").
var baseNames = []string{
	"bm25", "coverage.idf", "coverage.rarity", "coverage.weight", "coverage.plain", "coverage.names",
	"missing.top", "bigrams", "surface", "order", "density",
	"align.idf", "align.rarity", "align.weight", "align.rest", "align.least", "centroid", "reverse",
	"kernel.9", "kernel.7", "kernel.5", "kernel.3",
	"focus.exact", "focus.near",
	"coverage.untitled", "title.overlap",
	"before.coverage", "after.coverage", "before.gain", "pronoun.before", "near.align",
	"length", "position", "position.first", "position.relative", "new.words", "new.share", "new.names", "new.numbers",
	"type.match", "type.miss",
	"is.question", "quote", "pronoun", "connective", "defines", "subject.early",
	"who.person", "who.names", "when.date", "when.year", "where.place", "number.number", "money.money",
	"duration.duration", "why.reason", "how.manner", "what.defines", "yesno.negation", "org.names",
	"names.covered", "new.person", "new.place", "new.organisation", "who.person.new", "where.place.new", "org.organisation.new",
	"when.moment", "duration.time", "number.count", "money.found", "carried.coverage", "window.align",
	"coverage.rest", "align.plain.rest", "first.mention", "what.first.mention", "introduces", "what.introduces",
	"terms", "sentences", "question.kind.named",
}

// listwise are the base features that are compared between candidates.
var listwise = []string{
	"bm25", "coverage.idf", "coverage.weight", "align.idf", "align.weight", "align.rest", "centroid", "reverse",
	"bigrams", "surface", "kernel.7", "kernel.5", "focus.near", "coverage.untitled", "near.align", "length", "new.share", "type.match", "density", "order",
}

// FeatureNames returns the names of all features, in the order of the vectors.
func FeatureNames() []string {
	names := append([]string(nil), baseNames...)
	for _, n := range listwise {
		names = append(names, "z:"+n, "gap:"+n)
	}
	return names
}

// number of each base feature.
var featureIndex = func() map[string]int {
	m := map[string]int{}
	for i, n := range baseNames {
		m[n] = i
	}
	return m
}()

// candidate is one sentence under consideration.
type candidate struct {
	sentence int32   // index into analysis.sentences
	bm25     float64 // Bleve's score, 0 when it did not find the sentence
	features []float64
	score    float64
}

func byIDF(t *term) float64    { return t.idf }
func byRarity(t *term) float64 { return t.rarity }
func byWeight(t *term) float64 { return t.weight }
func plainly(*term) float64    { return 1 }
func byName(t *term) float64 {
	if t.Upper || t.Number || t.Row < 0 {
		return t.rarity
	}
	return 0
}

// byRest weighs what is neither a name nor a number: the deed or the thing.
func byRest(t *term) float64 {
	if t.Upper || t.Number || t.Row < 0 {
		return 0
	}
	return t.rarity
}

// measure fills in the features of the candidates.
func (a *analysis) measure(w wording, s *scan, candidates []candidate) {
	width := len(FeatureNames())
	store := make([]float64, width*len(candidates))
	centroid := a.centroid(s)
	for i := range candidates {
		c := &candidates[i]
		c.features = store[i*width : (i+1)*width : (i+1)*width]
		a.describe(w, s, c, centroid)
	}
	for k, name := range listwise {
		f := featureIndex[name]
		mean, dev, top := 0.0, 0.0, math.Inf(-1)
		for _, c := range candidates {
			mean += c.features[f]
			top = max(top, c.features[f])
		}
		mean /= float64(len(candidates))
		for _, c := range candidates {
			dev += (c.features[f] - mean) * (c.features[f] - mean)
		}
		dev = math.Sqrt(dev / float64(len(candidates)))
		at := len(baseNames) + 2*k
		for _, c := range candidates {
			if dev > 1e-9 {
				c.features[at] = (c.features[f] - mean) / dev
			}
			c.features[at+1] = c.features[f] - top
		}
	}
}

// centroid is the weighted sum of the terms' vectors.
func (a *analysis) centroid(s *scan) []float32 {
	v := a.language.Vectors()
	sum := make([]float32, v.Dim())
	for i := range s.terms {
		v.Add(sum, s.terms[i].Row, float32(s.terms[i].rarity))
	}
	return sum
}

func (a *analysis) describe(w wording, s *scan, c *candidate, centroid []float32) {
	f := c.features
	set := func(name string, v float64) { f[featureIndex[name]] = v }
	x := &a.sentences[c.sentence]
	m := s.sentence(c.sentence)
	hit := func(t int) float64 { return matched(m.best[t]) }
	soft := func(t int) float64 { return float64(m.best[t]) }

	set("bm25", c.bm25)
	set("coverage.idf", s.mean(byIDF, hit))
	set("coverage.rarity", s.mean(byRarity, hit))
	set("coverage.weight", s.mean(byWeight, hit))
	set("coverage.plain", s.mean(plainly, hit))
	set("coverage.names", s.mean(byName, hit))
	set("align.idf", s.mean(byIDF, soft))
	set("align.rarity", s.mean(byRarity, soft))
	set("align.weight", s.mean(byWeight, soft))
	set("align.rest", s.mean(func(t *term) float64 { return t.weight }, func(t int) float64 {
		if m.best[t] >= exact {
			return 0
		}
		return soft(t)
	}))
	set("coverage.rest", s.mean(byRest, hit))
	set("align.plain.rest", s.mean(byRest, soft))
	least, top := 1.0, 0.0
	for t := range s.terms {
		least = min(least, soft(t))
		top = max(top, s.terms[t].weight*(1-hit(t)))
	}
	set("align.least", least)
	set("missing.top", top)
	for name, mu := range kernels {
		set(name, s.mean(byWeight, func(t int) float64 { return s.kernel(t, x, mu) }))
	}
	a.sequence(w, s, x, m, set)
	a.novelty(w, s, x, m, centroid, set)
	a.surroundings(s, c.sentence, x, m, set)
	a.types(w, s, x, m, set)
	a.things(w, s, x, set)
}

// kernels are centres of the soft-match counts (Xiong et al., "End-to-End
// Neural Ad-hoc Ranking with Kernel Pooling", SIGIR 2017).
var kernels = map[string]float32{"kernel.9": 0.9, "kernel.7": 0.7, "kernel.5": 0.5, "kernel.3": 0.3}

func (s *scan) kernel(t int, x *sentence, mu float32) float64 {
	var sum float64
	for _, u := range x.uses {
		d := float64(s.of(u.word)[t] - mu)
		sum += math.Exp(-d * d / (2 * 0.1 * 0.1))
	}
	return math.Log1p(sum)
}

// sequence are the features of order and nearness.
func (a *analysis) sequence(w wording, s *scan, x *sentence, m matches, set func(string, float64)) {
	pairs, found, inOrder := 0.0, 0.0, 0.0
	for t := 1; t < len(s.terms); t++ {
		weight := s.terms[t-1].weight + s.terms[t].weight
		pairs += weight
		p, q := m.at[t-1], m.at[t]
		if p < 0 || q < 0 || m.best[t-1] < 0.6 || m.best[t] < 0.6 {
			continue
		}
		if q > p {
			inOrder += weight
		}
		if d := q - p; d != 0 && d >= -3 && d <= 3 {
			found += weight
		}
	}
	if pairs > 0 {
		set("bigrams", found/pairs)
		set("order", inOrder/pairs)
	}
	first, last, n := int32(-1), int32(-1), 0.0
	early := 0.0
	for t := range s.terms {
		if m.best[t] < exact {
			continue
		}
		if first < 0 || m.at[t] < first {
			first = m.at[t]
		}
		last = max(last, m.at[t])
		n++
		if m.at[t] < 4 {
			early = 1
		}
	}
	if n > 1 {
		set("density", n/float64(last-first+1))
	}
	set("subject.early", early)
	same := 0.0
	for i := range s.terms {
		if m.at[i] >= 0 && a.words[x.uses[m.at[i]].word].norm == s.terms[i].Norm {
			same++
		}
	}
	if len(s.terms) > 0 {
		set("surface", same/float64(len(s.terms)))
	}
}

// novelty are the features of what a sentence says beyond the question.
func (a *analysis) novelty(w wording, s *scan, x *sentence, m matches, centroid []float32, set func(string, float64)) {
	v := a.language.Vectors()
	sum := make([]float32, v.Dim())
	var reverse, weights, fresh, names, numbers, nearFocus float64
	for _, u := range x.uses {
		word := &a.words[u.word]
		if word.stop {
			continue
		}
		v.Add(sum, int(word.row), word.rarity)
		best := float32(0)
		for _, sim := range s.of(u.word) {
			best = max(best, sim)
		}
		weight := float64(word.rarity) + 0.05
		reverse += weight * float64(best)
		weights += weight
		if best >= exact {
			continue
		}
		fresh++
		if u.flags&flagUpper != 0 {
			names++
		}
		if u.flags&flagNumber != 0 {
			numbers++
		}
		if w.focus >= 0 {
			nearFocus = max(nearFocus, float64(s.of(u.word)[w.focus]))
		}
	}
	if weights > 0 {
		set("reverse", reverse/weights)
	}
	if la, lb := length(sum), length(centroid); la > 0 && lb > 0 {
		dot := 0.0
		for i := range sum {
			dot += float64(sum[i]) * float64(centroid[i])
		}
		set("centroid", dot/(la*lb))
	}
	set("new.words", math.Log1p(fresh))
	set("new.share", fresh/float64(max(x.content, 1)))
	set("new.names", math.Log1p(names))
	set("new.numbers", min(numbers, 3))
	if w.focus >= 0 {
		set("focus.exact", matched(m.best[w.focus]))
		set("focus.near", nearFocus)
	}
}

// surroundings are the features of place: neighbours, title, position.
func (a *analysis) surroundings(s *scan, i int32, x *sentence, m matches, set func(string, float64)) {
	count := a.count(x.article)
	neighbour := func(d int32) (matches, bool) {
		j := x.index + d
		if j < 0 || int(j) >= count {
			return matches{}, false
		}
		return s.sentence(i + d), true
	}
	near := func(m matches) float64 {
		return s.mean(byWeight, func(t int) float64 { return float64(m.best[t]) })
	}
	sum := 0.0
	wide := append([]float32(nil), m.best...)
	for _, d := range []int32{-2, -1, 1, 2} {
		if b, ok := neighbour(d); ok {
			for t, v := range b.best {
				wide[t] = max(wide[t], v)
			}
		}
	}
	set("window.align", s.mean(byWeight, func(t int) float64 { return float64(wide[t]) }))
	set("carried.coverage", near(m))
	if b, ok := neighbour(-1); ok {
		cover := s.mean(byWeight, func(t int) float64 { return matched(b.best[t]) })
		set("before.coverage", cover)
		set("before.gain", s.mean(byWeight, func(t int) float64 { return matched(b.best[t]) * (1 - matched(m.best[t])) }))
		carry := 0.3
		if x.signs&signPronoun != 0 {
			set("pronoun.before", near(b))
			carry = 0.8
		}
		set("carried.coverage", s.mean(byWeight, func(t int) float64 {
			return max(float64(m.best[t]), carry*matched(b.best[t]))
		}))
		sum += near(b)
	}
	if b, ok := neighbour(1); ok {
		set("after.coverage", s.mean(byWeight, func(t int) float64 { return matched(b.best[t]) }))
		sum += near(b)
	}
	set("near.align", sum/2)

	title := a.titles[x.article]
	inTitle := func(stem int32) bool {
		for _, t := range title {
			if t == stem {
				return true
			}
		}
		return false
	}
	set("coverage.untitled", s.mean(func(t *term) float64 {
		if t.stem >= 0 && inTitle(t.stem) {
			return 0
		}
		return t.weight
	}, func(t int) float64 { return float64(m.best[t]) }))
	overlap := 0.0
	for _, u := range x.uses {
		if inTitle(a.words[u.word].stem) {
			overlap++
		}
	}
	set("title.overlap", overlap/float64(len(title)+1))
	set("length", math.Log1p(float64(len(x.uses))))
	set("position", 1/float64(1+x.index))
	if x.index == 0 {
		set("position.first", 1)
	}
	set("position.relative", float64(x.index)/float64(count))
	set("sentences", math.Log1p(float64(count)))
}

// count is how many sentences an article has.
func (a *analysis) count(article int32) int {
	if int(article)+1 < len(a.first) {
		return a.first[article+1] - a.first[article]
	}
	return len(a.sentences) - a.first[article]
}

// needs says which signs a kind of answer asks for.
var needs = [kinds]sign{
	KindPerson: signPerson, KindPlace: signPlace, KindDate: signDate | signYear, KindNumber: signNumber,
	KindMoney: signMoney, KindDuration: signDuration | signYear, KindReason: signReason, KindManner: signManner,
	KindDefinition: signDefines,
}

// types are the features of the kind of answer asked for.
func (a *analysis) types(w wording, s *scan, x *sentence, m matches, set func(string, float64)) {
	is := func(g sign) float64 {
		if x.signs&g != 0 {
			return 1
		}
		return 0
	}
	set("is.question", is(signQuestion))
	set("quote", is(signQuote))
	set("pronoun", is(signPronoun))
	set("connective", is(signConnective))
	set("defines", is(signDefines))
	newNames, newNumbers := 0.0, 0.0
	for _, u := range x.uses {
		if u.flags&(flagUpper|flagNumber) == 0 {
			continue
		}
		known := false
		for _, sim := range s.of(u.word) {
			known = known || sim >= exact
		}
		if known {
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
	set("type.match", got)
	set("type.miss", asks*(1-got))
	set("question.kind.named", asks)
	set("terms", math.Log1p(float64(len(s.terms))))
	kind := func(name string, k Kind, v float64) {
		if w.kind == k {
			set(name, v)
		}
	}
	kind("who.person", KindPerson, is(signPerson))
	kind("who.names", KindPerson, newNames)
	kind("org.names", KindOrganisation, newNames)
	kind("when.date", KindDate, is(signDate))
	kind("when.year", KindDate, is(signYear))
	kind("where.place", KindPlace, is(signPlace)+newNames)
	kind("number.number", KindNumber, is(signNumber)+newNumbers)
	kind("money.money", KindMoney, is(signMoney)+newNumbers)
	kind("duration.duration", KindDuration, is(signDuration)+newNumbers)
	kind("why.reason", KindReason, is(signReason))
	kind("how.manner", KindManner, is(signManner))
	kind("what.defines", KindDefinition, is(signDefines))
	kind("yesno.negation", KindYesNo, is(signNegation))
}

// things are the features of what a sentence names: whom and what the question
// names, and people, places, times and amounts that it does not.
func (a *analysis) things(w wording, s *scan, x *sentence, set func(string, float64)) {
	names := a.names[x.article]
	asked := s.names(x.article)
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
		set("names.covered", covered/float64(len(asked)))
		a.introduction(w, asked, x, set)
	}
	set("new.person", fresh[lang.Person])
	set("new.place", fresh[lang.Place])
	set("new.organisation", fresh[lang.Organisation])
	kind := func(name string, k Kind, v float64) {
		if w.kind == k {
			set(name, v)
		}
	}
	kind("who.person.new", KindPerson, fresh[lang.Person])
	kind("where.place.new", KindPlace, fresh[lang.Place])
	kind("org.organisation.new", KindOrganisation, fresh[lang.Organisation])
	kind("when.moment", KindDate, min(float64(x.found.moments), 2))
	kind("duration.time", KindDuration, min(float64(x.found.durations), 2))
	kind("number.count", KindNumber, min(float64(x.found.counts), 2))
	kind("money.found", KindMoney, min(float64(x.found.money), 2))
}

// introduction are the features of a sentence that brings up what the question
// names for the first time, or spells out its abbreviation.
func (a *analysis) introduction(w wording, asked []named, x *sentence, set func(string, float64)) {
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
	set("first.mention", first)
	set("introduces", introduces)
	if w.kind == KindDefinition || w.kind == KindKeyword || w.kind == KindPerson {
		set("what.first.mention", first)
		set("what.introduces", introduces)
	}
}
