package index

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/article"
)

// keeper makes a keeper and tells, after each Index, how many articles were
// indexed for it.
func keeper(dir string) (k *Keeper, indexed func() string) {
	var log bytes.Buffer
	k = NewKeeper(Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	return k, func() string {
		defer log.Reset()
		_, n, _ := strings.Cut(strings.TrimSpace(log.String()), " indexed=")
		return n
	}
}

func index(t testing.TB, k *Keeper, line string, c *article.Corpus) *Index {
	t.Helper()
	x, err := k.Index(context.Background(), line, c)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func shut(t testing.TB, x *Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// places are where a keeper's index may be.
func places(t *testing.T, test func(t *testing.T, dir string)) {
	t.Run("in memory", func(t *testing.T) { test(t, "") })
	t.Run("on disk", func(t *testing.T) { test(t, t.TempDir()) })
}

// versions are articles in several versions and languages, cut at random.
func versions(r *rand.Rand) []*article.Article {
	tongues := []string{"", "fr", "fi", "de"}
	words := strings.Fields("salt water tomatoes pommes mangent hallitus Wasser the of goal goals scored twelve minutes penalty soup")
	var out []*article.Article
	for i := range 40 {
		var sentences []string
		for range 1 + r.IntN(6) {
			var s []string
			for range 1 + r.IntN(9) {
				s = append(s, words[r.IntN(len(words))])
			}
			sentences = append(sentences, strings.Join(s, " ")+".")
		}
		a := article.FromSentences(fmt.Sprintf("a%02d", i%20), "Title "+words[r.IntN(len(words))], sentences)
		a.Lang = tongues[i%len(tongues)]
		out = append(out, a)
	}
	return out
}

// TestHistoryChangesNoScore has corpora follow each other in one line, and
// wants of each the hits and scores of one that was built alone.
func TestHistoryChangesNoScore(t *testing.T) {
	queries := []article.Query{{Text: "salt water"}, {Text: "pommes"}, {Text: "goals in twelve minutes of soup"},
		{Text: "tomatos", Fuzzy: []string{"tomatos"}}, {Text: "hallitus the"}, {Text: "wasser", Articles: []int{0, 2}}}
	places(t, func(t *testing.T, dir string) {
		r := rand.New(rand.NewPCG(4, 2))
		all := versions(r)
		k, _ := keeper(dir)
		var open []*Index
		for step := range 60 {
			chosen := map[string]*article.Article{}
			for range 3 + r.IntN(20) {
				a := all[r.IntN(len(all))]
				chosen[a.ID] = a
			}
			var articles []*article.Article
			for _, a := range chosen {
				articles = append(articles, a)
			}
			c := corpus(articles...)
			open = append(open, index(t, k, "line", c))
			if len(open) > 5 {
				shut(t, open[0])
				open = open[1:]
			}
			for _, x := range open {
				alone := build(t, x.corpus, Options{})
				for _, q := range queries {
					q.Limit = 1 + r.IntN(8)
					got, err := x.Search(context.Background(), q)
					if err != nil {
						t.Fatal(err)
					}
					want, err := alone.Search(context.Background(), q)
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(got, want) {
						t.Fatalf("step %d, query %q: hits %v, and %v of an index built alone", step, q.Text, got, want)
					}
				}
			}
		}
		for _, x := range open {
			shut(t, x)
		}
	})
}

func TestUnchangedArticlesAreNotIndexedAgain(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		articles := generated(1000).Articles
		k, indexed := keeper(dir)
		first := index(t, k, "line", corpus(articles...))
		if got := indexed(); got != "20" {
			t.Errorf("of the first corpus %s articles were indexed, want 20", got)
		}
		changed := article.FromSentences(articles[3].ID, "", []string{"A penalty at last."})
		second := index(t, k, "line", corpus(append(slices.Delete(slices.Clone(articles), 3, 5), changed)...))
		if got := indexed(); got != "1" {
			t.Errorf("of the second corpus %s articles were indexed, want 1", got)
		}
		if got := find(t, first, article.Query{Text: "penalty"}); len(got) != 0 {
			t.Errorf("the first index finds %v of what only the second has", got)
		}
		if got := find(t, second, article.Query{Text: "penalty"}); !slices.Equal(got, []string{"3/0"}) {
			t.Errorf("the second index finds %v, want 3/0", got)
		}
		shut(t, first)
		if got := find(t, second, article.Query{Text: "penalty"}); len(got) != 1 {
			t.Errorf("with the first index closed the second finds %v", got)
		}
		shut(t, second)
		if dir == "" {
			return
		}
		k, indexed = keeper(dir)
		shut(t, index(t, k, "line", corpus(articles...)))
		if got := indexed(); got != "2" {
			t.Errorf("after a restart %s articles were indexed, want 2", got)
		}
	})
}

func TestLinesAreApart(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		k, _ := keeper(dir)
		one, other := index(t, k, "one", corpus(soup)), index(t, k, "other", corpus(soup, match))
		defer shut(t, one)
		defer shut(t, other)
		if got := find(t, one, article.Query{Text: "penalties"}); len(got) != 0 {
			t.Errorf("one line finds %v of another", got)
		}
		if got := find(t, other, article.Query{Text: "penalties"}); len(got) != 1 {
			t.Errorf("the line finds %v", got)
		}
	})
}

// An index in memory is built anew from time to time, and when little of what
// it held is left.
func TestWornIndexIsBuiltAnew(t *testing.T) {
	k, indexed := keeper("")
	articles := generated(500).Articles
	x := index(t, k, "line", corpus(articles...))
	indexed()
	anew := 0
	for i := range 3 * maxSteps {
		more := article.FromSentences(fmt.Sprintf("z%d", i), "", []string{"One more."})
		y := index(t, k, "line", corpus(append(slices.Clone(articles), more)...))
		shut(t, x)
		x = y
		switch got := indexed(); got {
		case "1":
		case "11":
			anew++
		default:
			t.Fatalf("step %d: %s articles were indexed", i, got)
		}
	}
	if anew < 2 || anew > 3 {
		t.Errorf("in %d steps the index was built anew %d times", 3*maxSteps, anew)
	}
	y := index(t, k, "line", corpus(articles[0], match))
	shut(t, x)
	if got := indexed(); got != "2" {
		t.Errorf("with little left, %s articles were indexed, want all 2", got)
	}
	shut(t, y)
}

func TestCancelledBuildIsNotSeen(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		k, _ := keeper(dir)
		if _, err := k.Index(ctx, "line", corpus(soup)); err == nil {
			t.Fatal("a cancelled build succeeded")
		}
		x := index(t, k, "line", corpus(soup))
		if _, err := k.Index(ctx, "line", corpus(match)); err == nil {
			t.Fatal("a cancelled build succeeded")
		}
		if got := find(t, x, article.Query{Text: "salt"}); len(got) != 1 {
			t.Errorf("after a cancelled build the index finds %v", got)
		}
		y := index(t, k, "line", corpus(match))
		if got := find(t, y, article.Query{Text: "salt"}); len(got) != 0 {
			t.Errorf("the next index finds %v", got)
		}
		shut(t, x)
		shut(t, y)
	})
}

func TestBrokenIndexIsBuiltAnew(t *testing.T) {
	c := corpus(soup)
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"an empty folder": func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"no documents": func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
				t.Fatal(err)
			}
		},
		"documents that are not on its list": func(t *testing.T, dir string) {
			b, err := openBody(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.bleve.Delete(docID(0, 1)); err != nil {
				t.Fatal(err)
			}
			if err := b.close(); err != nil {
				t.Fatal(err)
			}
		},
		"a list that is none": func(t *testing.T, dir string) {
			b, err := openBody(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.bleve.SetInternal(heldKey, []byte("?")); err != nil {
				t.Fatal(err)
			}
			if err := b.close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			k, indexed := keeper(dir)
			shut(t, index(t, k, "line", c))
			spoil(t, filepath.Join(dir, prefix+"line"))
			indexed()
			x := index(t, k, "line", c)
			if got := find(t, x, article.Query{Text: "salt"}); len(got) != 1 {
				t.Errorf("the index built anew finds %v", got)
			}
			if got := indexed(); !strings.HasSuffix(got, "1") {
				t.Errorf("the log says indexed=%s, want 1", got)
			}
			shut(t, x)
		})
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	k, _ := keeper(dir)
	open := index(t, k, "open", corpus(soup))
	defer shut(t, open)
	shut(t, index(t, k, "kept", corpus(soup)))
	shut(t, index(t, k, "gone", corpus(soup)))
	for _, name := range []string{"building-x", "v1-0123456789ab", "notes"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Prune(func(name string) bool { return name == "kept" }); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	if want := []string{"notes", prefix + "kept", prefix + "open"}; !slices.Equal(names, want) {
		t.Errorf("after Prune there are %v, want %v", names, want)
	}
}
