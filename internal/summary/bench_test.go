package summary

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"verbatim/internal/article"
)

// generated makes an article of n sentences whose words follow Zipf's law.
func generated(n int) *article.Article {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 5, uint64(200+n))
	sentences := make([]string, n)
	for i := range sentences {
		words := []string{"The"}
		for range 10 + r.IntN(20) {
			words = append(words, fmt.Sprintf("w%c%c%d", 'a'+r.IntN(3), 'a'+r.IntN(3), zipf.Uint64()))
		}
		if r.IntN(3) == 0 {
			words = append(words, "said Jane Roe in Norwich on Monday")
		}
		sentences[i] = strings.Join(words, " ") + "."
	}
	return article.FromSentences("a", "A title", sentences)
}

// BenchmarkSummarize measures a summary of an article that has been asked for
// before, and one of an article seen for the first time, analysis and all.
func BenchmarkSummarize(b *testing.B) {
	for _, n := range []int{26, 1000, 10000} {
		c := article.NewCorpus([]*article.Article{generated(n)})
		m := DefaultModel()
		for _, r := range []Request{{Length: Medium}, {Length: Long}, {Length: Medium, Focus: "Jane Roe"}} {
			warm := New(c)
			b.Run(fmt.Sprintf("sentences=%d/length=%s/focus=%t", n, r.Length, r.Focus != ""), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := warm.Summarize(context.Background(), r); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("sentences=%d/first", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewWith(c, m).Summarize(context.Background(), Request{Length: Medium}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
