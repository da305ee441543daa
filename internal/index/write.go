package index

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/document"
	"golang.org/x/sync/errgroup"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// batchSize is how many sentences are handed to Bleve at once, and a little
// more: an article is written whole. It bounds the memory that this takes.
const batchSize = 20_000

// hold makes the index hold the articles of a corpus, which have these keys, and
// no others, and returns how many were indexed for it; told is as
// Options.Progress. After each write the index is whole and its list true.
func (b *body) hold(ctx context.Context, c *article.Corpus, keys []string, told func(done, of int)) (indexed int, err error) {
	w := writer{body: b, held: maps.Clone(b.held), batch: b.bleve.NewBatch()}
	if told == nil {
		told = func(int, int) {}
	}
	done, of := 0, 0
	for i, a := range c.Articles {
		if _, ok := b.held[keys[i]]; !ok {
			of += len(a.Sentences)
		}
	}
	told(0, of)
	wanted := make(map[string]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	for k, e := range b.held {
		if wanted[k] {
			continue
		}
		for i := range e.Sentences {
			w.batch.Delete(docID(e.Number, i))
		}
		delete(w.held, k)
	}
	for i, a := range c.Articles {
		if _, ok := w.held[keys[i]]; ok {
			continue
		}
		if err := w.add(a, keys[i]); err != nil {
			return 0, err
		}
		indexed++
		done += len(a.Sentences)
		if w.batch.Size() >= batchSize {
			if err := w.flush(ctx); err != nil {
				return 0, err
			}
			told(done, of)
		}
	}
	if err := w.flush(ctx); err != nil {
		return indexed, err
	}
	told(done, of)
	return indexed, nil
}

// writer gathers a write to a body.
type writer struct {
	*body
	held   map[string]entry // what the body holds after the write
	batch  *bleve.Batch
	fields []*field // of the documents in the batch
}

// field is a field of a document that is analysed before Bleve gets it, so
// that its words can be counted.
type field struct {
	document.Field
	words map[string]int // of its article
}

// Analyze does nothing: it is done.
func (*field) Analyze() {}

// add puts an article into the write, under its key.
func (w *writer) add(a *article.Article, key string) error {
	e := entry{Number: w.next, Sentences: len(a.Sentences), Words: map[string]int{}}
	w.next++
	code, words := language(a.Lang), lang.For(a.Lang)
	for i, s := range a.Sentences {
		text := words.Plain(a.SentenceText(i))
		doc := document.NewDocument(docID(e.Number, i))
		err := w.mapping.MapDocument(doc, sentence{lang: code, Text: text, Exact: text, Context: words.Plain(contextOf(a, s.Paragraph))})
		if err != nil {
			return fmt.Errorf("index %s sentence %d: %w", a.ID, i, err)
		}
		for j, f := range doc.Fields {
			counted := &field{f, e.Words}
			doc.Fields[j] = counted
			w.fields = append(w.fields, counted)
		}
		if err := w.batch.IndexAdvanced(doc); err != nil {
			return fmt.Errorf("index %s sentence %d: %w", a.ID, i, err)
		}
	}
	w.held[key] = e
	return nil
}

// flush does the write, in one step.
func (w *writer) flush(ctx context.Context) error {
	if w.batch.Size() == 0 && maps.EqualFunc(w.held, w.body.held, func(a, b entry) bool { return a.Number == b.Number }) {
		return nil
	}
	if err := w.analyse(ctx); err != nil {
		return fmt.Errorf("build index: %w", err)
	}
	list, err := json.Marshal(w.held)
	if err != nil {
		return fmt.Errorf("write the list of articles: %w", err)
	}
	w.batch.SetInternal(heldKey, list)
	if err := w.bleve.Batch(w.batch); err != nil {
		return fmt.Errorf("index %d sentences: %w", w.batch.Size()-1, err)
	}
	w.batch = w.bleve.NewBatch() // a goroutine of Bleve may still look at the last one
	w.fields = w.fields[:0]
	w.body.held = maps.Clone(w.held)
	w.steps++
	return nil
}

// analyse cuts the fields into words, on all processors, and counts them.
func (w *writer) analyse(ctx context.Context) error {
	const part = 512
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for rest := w.fields; len(rest) > 0; {
		fields := rest[:min(part, len(rest))]
		rest = rest[len(fields):]
		group.Go(func() error {
			for _, f := range fields {
				f.Field.Analyze()
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, f := range w.fields {
		f.words[f.Name()] += f.AnalyzedLength()
	}
	return nil
}

// sentence is what Bleve sees of a sentence.
type sentence struct {
	lang    string
	Text    string `json:"text"`
	Exact   string `json:"exact"`
	Context string `json:"context"`
}

// Type picks the mapping by language.
func (s sentence) Type() string { return s.lang }

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

// docID is eight bytes: the article's number in the index, and the sentence.
func docID(number uint32, sentence int) string {
	var b [8]byte
	binary.BigEndian.PutUint32(b[:4], number)
	binary.BigEndian.PutUint32(b[4:], uint32(sentence))
	return string(b[:])
}

func parseDocID(id string) (number, sentence uint32) {
	return binary.BigEndian.Uint32([]byte(id[:4])), binary.BigEndian.Uint32([]byte(id[4:]))
}
