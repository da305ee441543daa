// Package index keeps the sentences of a corpus in Bleve, one document a
// sentence, and finds those that share words with a question. It is the only
// package that knows Bleve. Text and offsets stay outside: a hit names its
// sentence by the article's and its own index.
package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"verbatim/internal/article"
)

// Options says where an index lives.
type Options struct {
	Dir    string       // folder for indexes on disk; "" keeps the index in memory
	Logger *slog.Logger // nil logs nothing
}

// Index is one corpus, indexed. It is immutable and safe for concurrent use
// until Close.
type Index struct {
	bleve  bleve.Index
	langs  []string // the analysers that the corpus needs, sorted
	corpus *article.Corpus
}

// batchSize is how many sentences are handed to Bleve at once. A corpus up to
// this size is one segment, and its scores do not depend on merges.
const batchSize = 20_000

// Build indexes a corpus. With a folder, an index that was built there from
// the same revision is opened instead, and those of other revisions stay until
// Prune. A build that fails or is cancelled leaves nothing behind.
func Build(ctx context.Context, c *article.Corpus, o Options) (*Index, error) {
	x := &Index{corpus: c, langs: languagesOf(c)}
	if o.Dir == "" {
		// Not NewMemOnly, whose older engine does not know BM25.
		b, err := bleve.NewUsing("", newMapping(x.langs), scorch.Name, bleve.Config.DefaultMemKVStore, nil)
		if err != nil {
			return nil, fmt.Errorf("new index in memory: %w", err)
		}
		x.bleve = b
		if err := x.fill(ctx); err != nil {
			return nil, errors.Join(err, b.Close())
		}
		return x, nil
	}
	dir := filepath.Join(o.Dir, name(c.Revision))
	if b, err := bleve.Open(dir); err == nil {
		if n, err := b.DocCount(); err == nil && n == uint64(c.Sentences()) {
			x.bleve = b
			return x, nil
		}
		if err := b.Close(); err != nil {
			return nil, fmt.Errorf("close index %s: %w", dir, err)
		}
	}
	if err := x.buildOnDisk(ctx, o.Dir, dir); err != nil {
		return nil, err
	}
	if o.Logger != nil {
		o.Logger.Info("index built", "dir", dir, "sentences", c.Sentences())
	}
	return x, nil
}

// buildOnDisk builds beside and renames, so that a folder with the revision's
// name is always a whole index.
func (x *Index) buildOnDisk(ctx context.Context, parent, dir string) error {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("make index folder: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, "building-")
	if err != nil {
		return fmt.Errorf("make index folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	b, err := bleve.New(filepath.Join(tmp, "index"), newMapping(x.langs))
	if err != nil {
		return fmt.Errorf("new index in %s: %w", tmp, err)
	}
	x.bleve = b
	if err := errors.Join(x.fill(ctx), b.Close()); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove broken index: %w", err)
	}
	if err := os.Rename(filepath.Join(tmp, "index"), dir); err != nil {
		return fmt.Errorf("put index in place: %w", err)
	}
	if x.bleve, err = bleve.Open(dir); err != nil {
		return fmt.Errorf("open index %s: %w", dir, err)
	}
	return nil
}

// Prune removes the indexes in a folder that belong to none of the revisions,
// and what an interrupted build left there.
func Prune(dir string, keep ...article.Revision) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune indexes: %w", err)
	}
	var names []string
	for _, r := range keep {
		names = append(names, name(r))
	}
	for _, e := range entries {
		ours := strings.HasPrefix(e.Name(), "building-") || strings.HasPrefix(e.Name(), prefix)
		if ours && !slices.Contains(names, e.Name()) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("prune indexes: %w", err)
			}
		}
	}
	return nil
}

// prefix carries the version of the mapping: an index of another mapping is
// not reused.
const prefix = "v1-"

func name(r article.Revision) string { return prefix + string(r) }

// Close frees the index. No search may be under way.
func (x *Index) Close() error { return x.bleve.Close() }

// document is what Bleve sees of a sentence.
type document struct {
	lang    string
	Text    string `json:"text"`
	Exact   string `json:"exact"`
	Context string `json:"context"`
	Article string `json:"article"`
}

// Type picks the mapping by language.
func (d document) Type() string { return d.lang }

func (x *Index) fill(ctx context.Context) error {
	batch := x.bleve.NewBatch()
	for i, a := range x.corpus.Articles {
		lang := language(a.Lang)
		for j, s := range a.Sentences {
			text := a.SentenceText(j)
			d := document{lang: lang, Text: text, Exact: text, Context: contextOf(a, s.Paragraph), Article: key(i)}
			if err := batch.Index(docID(i, j), d); err != nil {
				return fmt.Errorf("index %s sentence %d: %w", a.ID, j, err)
			}
			if batch.Size() >= batchSize {
				if err := x.flush(ctx, batch); err != nil {
					return err
				}
			}
		}
	}
	return x.flush(ctx, batch)
}

func (x *Index) flush(ctx context.Context, batch *bleve.Batch) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("build index: %w", err)
	}
	if err := x.bleve.Batch(batch); err != nil {
		return fmt.Errorf("index %d sentences: %w", batch.Size(), err)
	}
	batch.Reset()
	return nil
}

// contextOf is what stands around a paragraph: the title, the heading over it,
// and the table or code that follows it, which is never quoted itself.
func contextOf(a *article.Article, p int) string {
	parts := []string{a.Title, a.HeadingText(p)}
	for i := p + 1; i < len(a.Paragraphs); i++ {
		if k := a.Paragraphs[i].Kind; k != article.Table && k != article.Code {
			break
		}
		parts = append(parts, a.Text[a.Paragraphs[i].Start:a.Paragraphs[i].End])
	}
	return strings.Join(parts, "\n")
}

// Search returns the sentences that match, best first by BM25; equal scores
// are ordered by place, so that the same query gives the same hits. A query
// without a word that is indexed gives none.
func (x *Index) Search(ctx context.Context, q article.Query) ([]article.Hit, error) {
	request := bleve.NewSearchRequestOptions(x.query(q), q.Limit, 0, false)
	request.SortByCustom(search.SortOrder{&search.SortScore{Desc: true}, &search.SortDocID{}})
	result, err := x.bleve.SearchInContext(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("search %d bytes: %w", len(q.Text), err)
	}
	hits := make([]article.Hit, len(result.Hits))
	for i, h := range result.Hits {
		a, s := parseDocID(h.ID)
		hits[i] = article.Hit{Article: a, Sentence: s, Score: round(h.Score)}
	}
	return hits, nil
}

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
	match(exactField, exactAnalyzer, exactBoost)
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
	words := bleve.NewDisjunctionQuery(any...)
	if len(q.Articles) == 0 {
		return words
	}
	// A clause of weight 0 filters without a say in the score.
	scope := make([]query.Query, len(q.Articles))
	for i, a := range q.Articles {
		t := bleve.NewTermQuery(key(a))
		t.SetField(articleField)
		t.SetBoost(0)
		scope[i] = t
	}
	return bleve.NewConjunctionQuery(words, bleve.NewDisjunctionQuery(scope...))
}

// fuzziness is how many edits a misspelled word may be off: one up to five
// letters, two beyond (Bleve's limit), so that two letters may change places.
func fuzziness(word string) int {
	if len(word) > 5 {
		return 2
	}
	return 1
}

// docID is eight bytes that sort as (article, sentence).
func docID(a, s int) string {
	var b [8]byte
	binary.BigEndian.PutUint32(b[:4], uint32(a))
	binary.BigEndian.PutUint32(b[4:], uint32(s))
	return string(b[:])
}

func parseDocID(id string) (a, s int) {
	return int(binary.BigEndian.Uint32([]byte(id[:4]))), int(binary.BigEndian.Uint32([]byte(id[4:])))
}

func key(a int) string { return fmt.Sprintf("%x", a) }
