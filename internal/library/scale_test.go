package library

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/corpus"
	"verbatim/internal/store"
)

// TestScale simulates shelves of many articles, and servers that add one of
// their own to them. docs/scaling.md has its figures. It measures the machine as
// much as the program, so that it runs only when asked for.
func TestScale(t *testing.T) {
	if os.Getenv("VERBATIM_SCALE") == "" {
		t.Skip("VERBATIM_SCALE is not set: VERBATIM_SCALE=1 go test ./internal/discord ./internal/store ./internal/library -run Scale -v -timeout 60m")
	}
	for _, size := range []struct{ articles, own int }{{1, 32}, {1_000, 4}, {10_000, 0}} {
		files := written(size.articles)
		shelf, err := store.Open(store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range size.own {
			if err := shelf.PutArticle(fmt.Sprint(i), store.Article{Name: "own.md", Data: fmt.Appendf(nil, "The ferry number %d was opened by the mayor.", i)}); err != nil {
				t.Fatal(err)
			}
		}
		options := Options{Source: func() (fs.FS, error) { return files, nil }, Shelf: shelf, IndexDir: t.TempDir(),
			Limits: corpus.Limits{Articles: 1_000_000, TotalBytes: 1 << 40}}
		open := func(what string) *Library {
			before := heap()
			begin := time.Now()
			l, err := Open(t.Context(), options)
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(begin)
			t.Logf("%d articles, %d sentences, %s: open after %v, %.0f MB of memory beside the files, %.0f MB on disk", size.articles, l.Corpus(t.Context()).Sentences(), what,
				took.Round(time.Millisecond), float64(int64(heap()-before))/(1<<20), float64(folder(t, options.IndexDir))/(1<<20))
			return l
		}
		shut := func(l *Library) {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		shut(open("index built"))
		l := open("index opened again")
		r := rand.New(rand.NewPCG(3, 4))
		var took []time.Duration
		for range 200 {
			q := fmt.Sprintf("Who saw %s %s of %s?", word(r), word(r), word(r))
			begin := time.Now()
			if _, err := l.Ask(t.Context(), answer.Question{Text: q}); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		t.Logf("%d articles: an answer takes p50 %v, p99 %v", size.articles, took[100].Round(10*time.Microsecond), took[198].Round(10*time.Microsecond))
		begin := time.Now()
		files["a000000.md"] = &fstest.MapFile{Data: []byte("Another article stands here now.")}
		if _, err := l.Reload(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d articles: a reload after one has changed takes %v", size.articles, time.Since(begin).Round(time.Millisecond))
		if size.own > 0 {
			before := heap()
			begin := time.Now()
			for i := range size.own {
				if _, err := l.For(fmt.Sprint(i)).Ask(t.Context(), answer.Question{Text: "Who opened the ferry?"}); err != nil {
					t.Fatal(err)
				}
			}
			n := time.Duration(size.own)
			t.Logf("%d articles: a server with one of its own is open after %v, holds %.2f MB of memory", size.articles, (time.Since(begin) / n).Round(10*time.Microsecond),
				float64(int64(heap()-before))/(1<<20)/float64(size.own))
		}
		shut(l)
		if err := shelf.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// folder is how much is in a folder, in bytes.
func folder(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// word draws a word as words are in language, few of them often and most
// seldom.
func word(r *rand.Rand) string {
	return fmt.Sprintf("w%dx", rand.NewZipf(r, 1.1, 20, 60_000).Uint64())
}

// written are articles of 26 sentences of 10 to 30 words, which is what the
// shipped one has.
func written(n int) fstest.MapFS {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.1, 20, 60_000)
	files := fstest.MapFS{}
	for i := range n {
		var b strings.Builder
		for j := range 26 {
			fmt.Fprint(&b, "The")
			for range 9 + r.IntN(20) {
				fmt.Fprintf(&b, " w%dx", z.Uint64())
			}
			b.WriteString(". ")
			if j%3 == 2 {
				b.WriteString("\n\n")
			}
		}
		files[fmt.Sprintf("a%06d.md", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return files
}
