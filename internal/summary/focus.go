package summary

import (
	"math"
	"slices"

	"verbatim/internal/lang"
)

// focusNames are what the model sees of a sentence when there is a focus.
var focusNames = [...]string{"whole", "near top", "match", "coverage", "name", "kin", "kin mean", "neighbours"}

const focusFeatures = len(focusNames)

// nearWord is the cosine of two word vectors from which they count towards one
// topic: "bombing" and "attack" have 0.73, "football" and "play" 0.55.
const nearWord = 0.5

// aboutShare is what share of the best sentence's likeness to the focus a
// sentence needs to be about it too. likeness alone, without a word or a name
// in common, must reach aboutKin.
const (
	aboutShare = 0.4
	aboutKin   = 0.6
)

// Saturation of repeated words and the share of length normalisation, as in
// BM25 (Robertson and Zaragoza, 2009).
const (
	saturation = 1.2
	lengthNorm = 0.75
)

// topic is a focus as one article sees it.
type topic struct {
	rows    [][]float64 // by sentence
	about   []bool      // by sentence: whether it is about the focus
	matched bool        // whether any is
}

// query is one word of a focus.
type query struct {
	ids    []int32 // the terms that it or an alias of it is
	weight float64
	near   []float64 // by term: the cosine with it, 0 below nearWord
}

// topic reads a focus against the article.
func (d *document) topic(focus string, whole []float64) topic {
	tokens := d.lang.Tokens(focus)
	entities := d.names.Match(tokens)
	queries := d.queries(tokens)
	n := len(d.sentences)
	t := topic{rows: make([][]float64, n), about: make([]bool, n)}
	match, kin, total := make([]float64, n), make([]float64, n), 0.0
	for _, q := range queries {
		total += q.weight
	}
	mean := float64(d.words) / float64(max(n, 1))
	best, bestKin := 0.0, 0.0
	for i := range d.sentences {
		s := &d.sentences[i]
		row := make([]float64, focusFeatures)
		t.rows[i] = row
		row[0] = whole[i]
		row[1] = 1 / (1 + s.place)
		for _, q := range queries {
			tf, near := 0.0, 0.0
			for _, x := range s.terms {
				if slices.Contains(q.ids, x.id) {
					tf++
				}
				near = max(near, q.near[x.id])
			}
			norm := saturation * (1 - lengthNorm + lengthNorm*float64(s.words)/max(mean, 1))
			match[i] += q.weight * tf * (saturation + 1) / (tf + norm)
			if tf > 0 {
				row[3] += q.weight / total
				near = 1
			}
			kin[i] += q.weight * near / total
		}
		for _, m := range d.names.In(i) {
			if slices.Contains(entities, m.Entity) {
				row[4] = 1
			}
		}
		row[6] = kin[i]
		best, bestKin = max(best, match[i]), max(bestKin, kin[i])
	}
	for i := range t.rows {
		said := t.rows[i][3] > 0 || t.rows[i][4] > 0
		t.about[i] = (said || kin[i] >= aboutKin) && (t.rows[i][4] > 0 || kin[i] >= aboutShare*bestKin)
		t.matched = t.matched || t.about[i] && !d.sentences[i].excluded
	}
	for i := range t.rows {
		if best > 0 {
			t.rows[i][2] = match[i] / best
		}
		if bestKin > 0 {
			t.rows[i][5] = kin[i] / bestKin
		}
		if i > 0 {
			t.rows[i][7] += t.rows[i-1][2] / 2
			// "He" and what goes on inside a quotation are about the same as
			// the sentence before.
			if s := &d.sentences[i]; (s.opening == lang.Pronoun || s.quote.inside) && t.about[i-1] {
				t.about[i] = true
			}
		}
		if i+1 < n {
			t.rows[i][7] += match[i+1] / max(best, 1e-9) / 2
		}
	}
	return t
}

// queries weighs the content words of a focus; when it has none, all of them.
func (d *document) queries(tokens []lang.Token) []query {
	var qs []query
	content := slices.ContainsFunc(tokens, func(t lang.Token) bool { return !t.Stop })
	v := d.lang.Vectors()
	seen := map[string]bool{}
	for i, t := range tokens {
		if t.Stop && content || seen[t.Stem] {
			continue
		}
		seen[t.Stem] = true
		q := query{near: make([]float64, len(d.idf))}
		stems := []string{t.Stem}
		others, _ := d.lang.Aliases(tokens, i)
		for _, o := range others {
			if len(o) == 1 {
				stems = append(stems, o[0])
			}
		}
		for _, stem := range stems {
			if id, ok := d.vocab[stem]; ok && !slices.Contains(q.ids, id) {
				q.ids = append(q.ids, id)
				q.weight = max(q.weight, float64(d.idf[id]))
			}
		}
		if t.Row >= 0 {
			for id := range d.rows {
				if c := float64(v.Cosine(t.Row, int(d.rows[id]))); c >= nearWord {
					q.near[id] = c
					q.weight = max(q.weight, float64(d.idf[id])*c)
				}
			}
		}
		if q.weight == 0 {
			q.weight = math.Log1p(float64(len(d.sentences)))
		}
		qs = append(qs, q)
	}
	return qs
}
