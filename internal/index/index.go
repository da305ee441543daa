// Package index keeps the sentences of corpora in Bleve, one document a
// sentence, and finds those that share words with a question. It is the only
// package that knows Bleve. Text and offsets stay outside: a hit names its
// sentence by the article's and its own index.
//
// A corpus mostly comes after another that it has nearly everything in common
// with. So the corpora of one line share one Bleve index: what a corpus adds
// and what it lacks is written in one step, and every Index reads from a
// snapshot of its own, which later steps don't change. An article that did not
// change is not indexed again.
package index

import (
	"context"
	"errors"
	"fmt"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/search"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"verbatim/internal/article"
)

// Index is one corpus, indexed. It is immutable and safe for concurrent use
// until Close.
type Index struct {
	corpus *article.Corpus
	langs  []string            // the analysers that the corpus needs, sorted
	stops  []analysis.TokenMap // their stop words
	body   *body
	reader bleveindex.IndexReader
	stats  *search.BM25Stats
	places []place // by Bleve's number of the document
	close  func() error
}

// place is where a sentence stands in the corpus.
type place struct{ article, sentence int32 }

// nowhere is the place of a document that is not in the corpus.
var nowhere = place{-1, -1}

// Build indexes a corpus that no other comes before or after; see
// Keeper.Index.
func Build(ctx context.Context, c *article.Corpus, o Options) (*Index, error) {
	return NewKeeper(o).Index(ctx, "", c)
}

// Close frees the index. No search may be under way.
func (x *Index) Close() error { return x.close() }

// snapshot reads what a body holds now, which is the corpus and nothing else.
//
// The statistics of BM25 are ours: Bleve takes for the length of a field the
// number of its distinct words, segment by segment, so that scores would
// depend on the order in which articles came and on when segments were merged.
// Ours is the number of its words, as BM25 is defined (Robertson and Zaragoza
// 2009), and depends on nothing but the corpus.
func snapshot(c *article.Corpus, keys []string, b *body, close func() error) (*Index, error) {
	reader, err := b.advanced.Reader()
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	langs := languagesOf(c)
	x := &Index{corpus: c, langs: langs, body: b, reader: reader, stats: &search.BM25Stats{FieldCardinality: fieldsOf(langs)}}
	if x.stops, err = stopWords(x.langs); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	articles := map[uint32]int32{} // by number in the index
	for i, a := range c.Articles {
		e := b.held[keys[i]]
		articles[e.Number] = int32(i)
		x.stats.DocCount += float64(len(a.Sentences))
		for field, n := range e.Words {
			x.stats.FieldCardinality[field] += n
		}
	}
	if err := x.locate(articles); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	x.close = func() error { return errors.Join(reader.Close(), close()) }
	return x, nil
}

// locate finds out which sentence each of Bleve's documents is, so that no
// search has to.
func (x *Index) locate(articles map[uint32]int32) error {
	docs, err := x.reader.DocIDReaderAll()
	if err != nil {
		return fmt.Errorf("list the index: %w", err)
	}
	defer docs.Close()
	found := 0
	for {
		number, err := docs.Next()
		if err != nil {
			return fmt.Errorf("list the index: %w", err)
		}
		if number == nil {
			break
		}
		id, err := x.reader.ExternalID(number)
		if err != nil {
			return fmt.Errorf("list the index: %w", err)
		}
		a, s := parseDocID(id)
		i, ok := articles[a]
		if !ok || int(s) >= len(x.corpus.Articles[i].Sentences) {
			return fmt.Errorf("the index holds sentence %d of an article %d that is not in the corpus", s, a)
		}
		for n := int(number.Value()); len(x.places) <= n; {
			x.places = append(x.places, nowhere)
		}
		x.places[number.Value()] = place{i, int32(s)}
		found++
	}
	if want := x.corpus.Sentences(); found != want {
		return fmt.Errorf("the index holds %d sentences of %d", found, want)
	}
	return nil
}
