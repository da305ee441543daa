package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/article"
)

func corpus(articles ...*article.Article) *article.Corpus { return article.NewCorpus(articles) }

var (
	soup = article.FromSentences("a-soup", "Tomato soup", []string{
		"Chop two onions and fry them in olive oil.",
		"Add the tomatoes and simmer for twenty minutes.",
		"Season with salt before serving.",
	})
	match = article.FromSentences("b-match", "Cup final", []string{
		"Rovers won the final on penalties.",
		"The goalkeeper saved two shots.",
	})
)

func build(t testing.TB, c *article.Corpus, o Options) *Index {
	t.Helper()
	x, err := Build(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func find(t testing.TB, x *Index, q article.Query) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	hits, err := x.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range hits {
		got = append(got, fmt.Sprintf("%d/%d", h.Article, h.Sentence))
	}
	return got
}

func TestSearch(t *testing.T) {
	x := build(t, corpus(soup, match), Options{})
	tests := []struct {
		name  string
		q     article.Query
		first string // "" means no hit
	}{
		{"stemmed", article.Query{Text: "how long do the tomatoes have to simmering"}, "0/1"},
		{"exact", article.Query{Text: "penalties"}, "1/0"},
		{"fuzzy", article.Query{Text: "onoins", Fuzzy: []string{"onoins"}}, "0/0"},
		{"title finds its sentences", article.Query{Text: "cup"}, "1/0"},
		{"scope", article.Query{Text: "two", Articles: []int{1}}, "1/1"},
		{"nothing shared", article.Query{Text: "zebra"}, ""},
		{"empty", article.Query{}, ""},
		{"a word without end", article.Query{Text: strings.Repeat("salt", 5000), Fuzzy: []string{strings.Repeat("salt", 5000)}}, ""},
		{"no query syntax", article.Query{Text: "article:1 +salt -salt salt~2 /s.*t/"}, "0/2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := find(t, x, tt.q)
			first := ""
			if len(got) > 0 {
				first = got[0]
			}
			if first != tt.first {
				t.Errorf("hits %v, want %q first", got, tt.first)
			}
		})
	}
}

// TestWordsAreFoundAsTheyAreSeen: markup, broken lines and what shows nothing
// hide no word, and what is struck out isn't found.
func TestWordsAreFoundAsTheyAreSeen(t *testing.T) {
	x := build(t, corpus(article.FromSentences("a", "A _quay_", []string{
		"The _ferry_ sank.", "The f**err**y sank.", "The fer\u00adry sank.", "The fer-\nry sank.", "The ｆｅｒｒｙ sank.", "The ~~ferry~~ barge sank.",
	})), Options{})
	got := find(t, x, article.Query{Text: "ferry"})
	slices.Sort(got)
	if want := []string{"0/0", "0/1", "0/2", "0/3", "0/4"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if got := find(t, x, article.Query{Text: "quay"}); len(got) != 6 {
		t.Errorf("found %v by the title, want all", got)
	}
}

func TestScopeLeavesScoresAlone(t *testing.T) {
	x := build(t, corpus(soup, match), Options{})
	all, err := x.Search(context.Background(), article.Query{Text: "goalkeeper", Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	scoped, err := x.Search(context.Background(), article.Query{Text: "goalkeeper", Articles: []int{1}, Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || len(scoped) != 1 || all[0].Sentence != scoped[0].Sentence {
		t.Errorf("hits without scope %v, with %v: want the same one", all, scoped)
	}
}

func TestLanguages(t *testing.T) {
	fr := article.FromSentences("fr", "Recette", []string{"Les chevaux mangent des pommes.", "Il pleut."})
	fr.Lang = "fr-CA"
	fi := article.FromSentences("fi", "Uutiset", []string{"Hallitus kokoontui tänään."})
	fi.Lang = "fi"
	x := build(t, corpus(soup, fr, fi), Options{})
	if got := find(t, x, article.Query{Text: "manger une pomme"}); len(got) == 0 || got[0] != "2/0" {
		t.Errorf("French stems: hits %v, want 2/0 first", got)
	}
	if got := find(t, x, article.Query{Text: "hallitus"}); len(got) == 0 || got[0] != "1/0" {
		t.Errorf("a language without stemmer: hits %v, want 1/0 first", got)
	}
}

func TestSameQuerySameHits(t *testing.T) {
	var same []string
	for range 50 {
		same = append(same, "The same sentence again.")
	}
	x := build(t, corpus(article.FromSentences("a", "", same)), Options{})
	first := find(t, x, article.Query{Text: "sentence", Limit: 50})
	if !slices.Equal(first[:3], []string{"0/0", "0/1", "0/2"}) {
		t.Errorf("equal scores are not in order of place: %v", first[:3])
	}
	if again := find(t, build(t, corpus(article.FromSentences("a", "", same)), Options{}), article.Query{Text: "sentence", Limit: 50}); !slices.Equal(first, again) {
		t.Errorf("a second build gives other hits")
	}
}

// generated is a corpus of n sentences of about 15 words drawn by Zipf's law.
func generated(n int) *article.Corpus {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.1, 5, 20_000)
	var articles []*article.Article
	for len(articles)*50 < n {
		var s []string
		for range min(50, n-len(articles)*50) {
			var b strings.Builder
			for range 10 + r.IntN(10) {
				fmt.Fprintf(&b, "w%dx ", z.Uint64())
			}
			s = append(s, b.String())
		}
		articles = append(articles, article.FromSentences(fmt.Sprintf("a%05d", len(articles)), "", s))
	}
	return corpus(articles...)
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{26, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := build(b, generated(n), Options{})
			b.ReportAllocs()
			for b.Loop() {
				find(b, x, article.Query{Text: "w3x w40x w150x w900x w5000x", Limit: 100})
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := generated(n)
			for b.Loop() {
				x, err := Build(context.Background(), c, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := x.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen opens an index on disk again: what a start with articles that
// did not change costs.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			o := Options{Dir: b.TempDir()}
			c := generated(n)
			open := func() {
				x, err := Build(context.Background(), c, o)
				if err != nil {
					b.Fatal(err)
				}
				if err := x.Close(); err != nil {
					b.Fatal(err)
				}
			}
			open()
			for b.Loop() {
				open()
			}
		})
	}
}

// BenchmarkNext indexes a corpus in which one article of the one before is
// another.
func BenchmarkNext(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k := NewKeeper(Options{})
			c := generated(n)
			x, err := k.Index(context.Background(), "", c)
			if err != nil {
				b.Fatal(err)
			}
			i := 0
			for b.Loop() {
				articles := slices.Clone(c.Articles)
				articles[i%len(articles)] = article.FromSentences(articles[i%len(articles)].ID, "", []string{fmt.Sprintf("Change %d.", i)})
				i++
				y, err := k.Index(context.Background(), "", corpus(articles...))
				if err != nil {
					b.Fatal(err)
				}
				if err := x.Close(); err != nil {
					b.Fatal(err)
				}
				x = y
			}
			if err := x.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
