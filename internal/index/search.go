package index

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"verbatim/internal/article"
)

// Search returns the sentences that match, best first by BM25; equal scores
// are ordered by place, so that the same query gives the same hits. A query
// without a word that is indexed gives none.
//
// It drives Bleve's searchers itself, as Bleve's own search reads from the
// newest snapshot, and can order equal scores only by reading the name of
// every document that matches.
func (x *Index) Search(ctx context.Context, q article.Query) (hits []article.Hit, err error) {
	if q.Limit <= 0 {
		return nil, nil
	}
	scope, err := x.scope(q.Articles)
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, search.GetScoringModelCallbackKey,
		search.GetScoringModelCallbackFn(func() string { return bleveindex.BM25Scoring }))
	ctx = context.WithValue(ctx, search.BM25StatsKey, x.stats)
	s, err := x.query(q).Searcher(ctx, x.reader, x.body.mapping, search.SearcherOptions{})
	if err != nil {
		return nil, fmt.Errorf("search %d bytes: %w", len(q.Text), err)
	}
	defer func() {
		if failed := s.Close(); err == nil && failed != nil {
			hits, err = nil, fmt.Errorf("search %d bytes: %w", len(q.Text), failed)
		}
	}()
	best := make(worstFirst, 0, min(q.Limit, len(x.places))+1)
	at := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(s.DocumentMatchPoolSize()+1, 0), IndexReader: x.reader}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("search %d bytes: %w", len(q.Text), ctx.Err())
		}
		m, err := s.Next(at)
		if err != nil {
			return nil, fmt.Errorf("search %d bytes: %w", len(q.Text), err)
		}
		if m == nil {
			break
		}
		p := x.places[m.IndexInternalID.Value()]
		h := article.Hit{Article: int(p.article), Sentence: int(p.sentence), Score: round(m.Score)}
		at.DocumentMatchPool.Put(m)
		if scope != nil && !scope[p.article] {
			continue
		}
		if len(best) == q.Limit {
			if compare(h, best[0]) > 0 {
				continue
			}
			best[0] = h
			heap.Fix(&best, 0)
			continue
		}
		heap.Push(&best, h)
	}
	slices.SortFunc(best, compare)
	return best, nil
}

// checkEvery is after how many matches a search looks whether it is still
// wanted: a fraction of a millisecond's worth.
const checkEvery = 1024

// scope holds for each article whether it is searched; nil means that all are.
func (x *Index) scope(articles []int) ([]bool, error) {
	if len(articles) == 0 {
		return nil, nil
	}
	in := make([]bool, len(x.corpus.Articles))
	for _, a := range articles {
		if a < 0 || a >= len(in) {
			return nil, fmt.Errorf("search article %d of %d", a, len(in))
		}
		in[a] = true
	}
	return in, nil
}

// compare orders hits: best first, equal ones by place.
func compare(a, b article.Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Sentence, b.Sentence))
}

// worstFirst is a heap of the best hits so far, the worst of them on top.
type worstFirst []article.Hit

func (w worstFirst) Len() int           { return len(w) }
func (w worstFirst) Less(i, j int) bool { return compare(w[i], w[j]) > 0 }
func (w worstFirst) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *worstFirst) Push(h any)        { *w = append(*w, h.(article.Hit)) }
func (w *worstFirst) Pop() any          { panic("index: hits are never popped") }

// round drops the digits that depend on the order in which Bleve added up a
// score, so that the same query gives the same score.
func round(score float64) float64 { return math.Round(score*1e6) / 1e6 }

// The weights of the fields in a query, beside the stemmed text's 1. Retrieval
// only has to bring the right sentence among the candidates; the order is the
// ranking's.
const (
	exactBoost   = 0.3
	contextBoost = 0.3
	fuzzyBoost   = 0.7
)

// maxFuzzy is the longest word in bytes that is matched within edits: the
// automaton grows with the word, and Bleve refuses one that is too large.
const maxFuzzy = 40

func (x *Index) query(q article.Query) query.Query {
	var any []query.Query
	match := func(field, analyzer string, boost float64) {
		m := bleve.NewMatchQuery(q.Text)
		m.SetField(field)
		m.Analyzer = analyzer
		m.SetBoost(boost)
		any = append(any, m)
	}
	for _, l := range x.langs {
		match(textField+l, analyzerName(l), 1)
		match(contextField+l, analyzerName(l), contextBoost)
	}
	if words := x.exact(q.Text); len(words) > 0 {
		any = append(any, words...)
	}
	for _, w := range q.Fuzzy {
		if len(w) > maxFuzzy {
			continue
		}
		f := bleve.NewFuzzyQuery(w)
		f.SetField(exactField)
		f.SetFuzziness(fuzziness(w))
		f.SetPrefix(1)
		f.SetBoost(fuzzyBoost)
		any = append(any, f)
	}
	return bleve.NewDisjunctionQuery(any...)
}

// exact asks for the words of a text as they are written. Stop words are left
// out: most sentences have them, so that they say little and take long.
func (x *Index) exact(text string) []query.Query {
	var any []query.Query
	for _, t := range x.body.mapping.AnalyzerNamed(exactAnalyzer).Analyze([]byte(text)) {
		if slices.ContainsFunc(x.stops, func(m analysis.TokenMap) bool { return m[string(t.Term)] }) {
			continue
		}
		q := bleve.NewTermQuery(string(t.Term))
		q.SetField(exactField)
		q.SetBoost(exactBoost)
		any = append(any, q)
	}
	return any
}

// fuzziness is how many edits a misspelled word may be off: one up to five
// letters, two beyond (Bleve's limit), so that two letters may change places.
func fuzziness(word string) int {
	if len(word) > 5 {
		return 2
	}
	return 1
}
