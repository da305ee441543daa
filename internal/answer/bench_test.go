package answer_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"verbatim"
	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/index"
)

// vocabulary is the words that have a vector, those most frequent in English
// first.
func vocabulary(t testing.TB) []string {
	t.Helper()
	table, err := os.ReadFile("../lang/data/vectors.bin")
	if err != nil {
		t.Fatal(err)
	}
	const header, words = 12, 20_000
	lines := bytes.SplitN(table[header:], []byte("\n"), words+1)
	out := make([]string, words)
	for i := range out {
		out[i] = string(lines[i])
	}
	return out
}

// generated is a corpus of about n sentences of English words, as frequent as
// they are in English by Zipf's law, with names and years among them.
func generated(t testing.TB, n int) []*article.Article {
	r := rand.New(rand.NewPCG(1, 2))
	words := vocabulary(t)
	z := rand.NewZipf(r, 1.05, 2.7, uint64(len(words)-1))
	var out []*article.Article
	for k := 0; k*50 < n; k++ {
		var s []string
		for range 50 {
			var b strings.Builder
			for i := range 10 + r.IntN(10) {
				w := words[z.Uint64()]
				switch {
				case i == 0 || r.IntN(12) == 0:
					w = strings.ToUpper(w[:1]) + w[1:]
				case r.IntN(30) == 0:
					w = fmt.Sprint(1900 + r.IntN(120))
				}
				b.WriteString(w + " ")
			}
			s = append(s, strings.TrimSpace(b.String())+".")
		}
		out = append(out, article.FromSentences(fmt.Sprintf("a%05d", k), words[2000+k], s))
	}
	return out
}

// shipped is the corpus that the program comes with.
func shipped(t testing.TB) []*article.Article {
	t.Helper()
	files, err := verbatim.Articles()
	if err != nil {
		t.Fatal(err)
	}
	c, err := corpus.Load(files, corpus.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return c.Articles
}

// questions are of every kind, made of words of the corpus's sentences: every
// fifth has a misspelled word.
func questions(articles []*article.Article, n int) []string {
	r := rand.New(rand.NewPCG(3, 4))
	openings := []string{"Who", "When did", "Where is", "How many", "How much was the", "Why did", "What did", "Which", "How long was", "Did", ""}
	out := make([]string, n)
	for i := range out {
		a := articles[r.IntN(len(articles))]
		words := slices.DeleteFunc(strings.Fields(a.SentenceText(r.IntN(len(a.Sentences)))), func(w string) bool { return len(w) < 5 })
		words = words[:min(len(words), 2+r.IntN(5))]
		if i%5 == 0 && len(words) > 0 {
			words[0] = misspelled(words[0])
		}
		out[i] = openings[i%len(openings)] + " " + strings.Join(words, " ") + "?"
	}
	return out
}

// misspelled swaps two letters.
func misspelled(w string) string {
	b := []byte(w)
	b[2], b[3] = b[3], b[2]
	return string(b)
}

// stopwatch is a searcher that adds up how long searching takes.
type stopwatch struct {
	*index.Index
	took time.Duration
}

func (s *stopwatch) Search(ctx context.Context, q article.Query) ([]article.Hit, error) {
	start := time.Now()
	defer func() { s.took += time.Since(start) }()
	return s.Index.Search(ctx, q)
}

// BenchmarkAsk is the whole answer: to one question, to a misspelled one, to
// one of two hundred words, and to varied ones, of which it reports the median,
// the 99th percentile, and what was spent outside the search. Beside them
// stands one plain query of the one question's content words, so that their ratio can
// be read from one run.
func BenchmarkAsk(b *testing.B) {
	const question, content = "How many people were killed at the church in Damascus?", "people killed church Damascus"
	for _, size := range []struct {
		name     string
		articles func() []*article.Article
	}{
		{"article", func() []*article.Article { return shipped(b) }},
		{"10000", func() []*article.Article { return generated(b, 10_000) }},
		{"100000", func() []*article.Article { return generated(b, 100_000) }},
	} {
		b.Run(size.name, func(b *testing.B) {
			c := article.NewCorpus(size.articles())
			x, err := index.Build(context.Background(), c, index.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer x.Close()
			search := &stopwatch{Index: x}
			a, err := answer.New(c, search)
			if err != nil {
				b.Fatal(err)
			}
			varied := questions(c.Articles, 500)
			one := func(text string) func(*testing.B) {
				return func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						ask(b, a, answer.Question{Text: text})
					}
				}
			}
			b.Run("answer", one(question))
			b.Run("misspelled", one(strings.Replace(question, "church", "chuhrc", 1)))
			b.Run("long", one(strings.Join(strings.Fields(strings.ReplaceAll(strings.Join(varied, " "), "?", ","))[:200], " ")))
			b.Run("varied", func(b *testing.B) {
				b.ReportAllocs()
				var all []time.Duration
				search.took = 0
				for b.Loop() {
					start := time.Now()
					ask(b, a, answer.Question{Text: varied[len(all)%len(varied)]})
					all = append(all, time.Since(start))
				}
				slices.Sort(all)
				total := time.Duration(0)
				for _, d := range all {
					total += d
				}
				b.ReportMetric(float64(all[len(all)/2].Nanoseconds()), "p50-ns")
				b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds()), "p99-ns")
				b.ReportMetric(float64((total-search.took).Nanoseconds())/float64(len(all)), "beyond-search-ns/op")
			})
			b.Run("query", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := x.Search(context.Background(), article.Query{Text: content, Limit: 10}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkNew is what a reload pays for the analysis: when all is new, and when
// one article is.
func BenchmarkNew(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		articles := generated(b, n)
		c := article.NewCorpus(articles)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := answer.New(c, failing{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint(n, "/changed"), func(b *testing.B) {
			before, err := answer.New(c, failing{})
			if err != nil {
				b.Fatal(err)
			}
			changed := *articles[0]
			next := article.NewCorpus(append([]*article.Article{&changed}, articles[1:]...))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := answer.Prepare(next, failing{}, before, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
