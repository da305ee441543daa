package index

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"verbatim/internal/article"
)

// body is a Bleve index and what is known of what it holds. It is guarded by
// its line's mu, but for advanced and mapping, which searches use.
type body struct {
	bleve    bleve.Index
	advanced bleveindex.Index
	mapping  mapping.IndexMapping
	held     map[string]entry // by key: the articles that it holds
	next     uint32           // number of the next article
	onDisk   bool
	steps    int // writes since it was opened
	readers  int // Indexes that read from it
}

// entry is an article that a body holds.
type entry struct {
	Number    uint32         `json:"number"` // begins the IDs of its documents
	Sentences int            `json:"sentences"`
	Words     map[string]int `json:"words"` // by field: how many words its documents have
}

// heldKey is where a body keeps its list of articles, written in one step with
// the documents.
var heldKey = []byte("articles")

// maxSteps is how many writes an index in memory takes before it is built
// anew: each leaves a segment of its own there, which every search has to look
// into. On disk, Bleve merges them.
const maxSteps = 24

// newBody begins an index in a folder that must not exist, or with "" in
// memory.
func newBody(dir string) (*body, error) {
	kv := bleve.Config.DefaultKVStore
	if dir == "" {
		kv = bleve.Config.DefaultMemKVStore
	}
	// Not NewMemOnly, whose older engine does not know BM25.
	x, err := bleve.NewUsing(dir, newMapping(), scorch.Name, kv, nil)
	if err != nil {
		return nil, fmt.Errorf("new index: %w", err)
	}
	return bodyOf(x, dir != "")
}

// openBody opens the index in a folder. The error is os.ErrNotExist when there
// is none.
func openBody(dir string) (*body, error) {
	if _, err := os.Stat(filepath.Join(dir, "index_meta.json")); err != nil {
		return nil, err
	}
	x, err := bleve.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	b, err := bodyOf(x, true)
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	return b, nil
}

func bodyOf(x bleve.Index, onDisk bool) (*body, error) {
	b := &body{bleve: x, mapping: x.Mapping(), held: map[string]entry{}, onDisk: onDisk}
	err := b.recall()
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return b, nil
}

// recall reads what the index holds.
func (b *body) recall() error {
	var err error
	if b.advanced, err = b.bleve.Advanced(); err != nil {
		return err
	}
	list, err := b.bleve.GetInternal(heldKey)
	if err != nil {
		return fmt.Errorf("read its list of articles: %w", err)
	}
	if len(list) > 0 {
		if err := json.Unmarshal(list, &b.held); err != nil {
			return fmt.Errorf("read its list of articles: %w", err)
		}
	}
	sentences := 0
	for _, e := range b.held {
		sentences += e.Sentences
		b.next = max(b.next, e.Number+1)
	}
	n, err := b.bleve.DocCount()
	if err != nil {
		return fmt.Errorf("count its documents: %w", err)
	}
	if n != uint64(sentences) {
		return fmt.Errorf("it holds %d sentences, and its list says %d", n, sentences)
	}
	return nil
}

func (b *body) close() error { return b.bleve.Close() }

// worn reports whether an index in memory is better built anew than changed
// into one of these articles: what was deleted goes on taking room there, and every
// write a search's time.
func (b *body) worn(keys []string) bool {
	if b.onDisk {
		return false
	}
	if b.steps >= maxSteps {
		return true
	}
	kept := 0
	for _, k := range keys {
		kept += b.held[k].Sentences
	}
	held := 0
	for _, e := range b.held {
		held += e.Sentences
	}
	return held-kept > kept
}

// keysOf names the articles of a corpus, in order, by what is indexed of them.
func keysOf(c *article.Corpus) []string {
	keys := make([]string, len(c.Articles))
	for i, a := range c.Articles {
		sum := a.Digest()
		keys[i] = hex.EncodeToString(sum[:16])
	}
	return keys
}
