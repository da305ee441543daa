package library

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/store"
)

// harbours is a corpus whose n-th form answers every question otherwise than
// those before; every tenth is broken.
func harbours(n int) fstest.MapFS {
	files := fstest.MapFS{}
	put := func(name, format string, args ...any) {
		files[name] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
	}
	put("harbour.md", "The harbour of Ashby was opened by captain number %d. It is %d metres deep.\n\nThe ferry sails at noon to island number %d.\n", n, n+5, n)
	put("mill.md", "The mill of Carrick was built in %d. Its miller has %d cats, which sleep on the sacks.\n", 1500+n, n)
	if n%3 > 0 { // comes and goes
		put("storm.md", "A storm sank %d ships off Ashby. Nobody was hurt on the shore.\n", n+2)
	}
	if n%10 == 5 {
		put("broken.md", "One.\n\xff\n")
	}
	return files
}

// TestTheEngineUnderReloads: while the articles are read again a hundred times,
// ten thousand questions are answered, each from one revision, and every
// passage of an answer stands in the corpus of its revision byte for byte. The
// same question has the same answer from the same revision, on whatever way the
// index came to it.
func TestTheEngineUnderReloads(t *testing.T) {
	reloads, questions := 100, 10_000
	if testing.Short() {
		reloads, questions = 20, 1_000
	}
	var form atomic.Int64
	shelf, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), Options{IndexDir: t.TempDir(), Shelf: shelf, Source: func() (fs.FS, error) { return harbours(int(form.Load())), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(l.Close(), shelf.Close()); err != nil {
			t.Error(err)
		}
	}()
	if _, err := l.For("1").Add(t.Context(), note("pier.md", "The pier of server one was built by Ada Stone in 1999.")); err != nil {
		t.Fatal(err)
	}
	ask := []string{"Who opened the harbour of Ashby?", "How deep is the harbour?", "When was the mill of Carrick built?", "Where does the ferry sail at noon?", "How many cats has the miller?", "Who built the pier?"}

	var mu sync.Mutex
	corpora := map[article.Revision]*article.Corpus{}
	keep := func() {
		for _, c := range []*article.Corpus{l.Corpus(t.Context()), l.For("1").Corpus(t.Context())} {
			corpora[c.Revision] = c
		}
	}
	keep()
	var answers []answer.Answer
	turns := make(chan int, questions/reloads)
	var done sync.WaitGroup
	for i := range 4 {
		done.Go(func() {
			v := l.For([]string{"", "1"}[i%2])
			for n := range turns {
				a, err := v.Ask(t.Context(), answer.Question{Text: ask[n%len(ask)]})
				if err != nil {
					t.Errorf("a question was lost: %v", err)
				}
				mu.Lock()
				answers = append(answers, a)
				mu.Unlock()
			}
		})
	}
	for n := 1; n <= reloads; n++ {
		for i := range questions / reloads {
			turns <- i // so that each reload meets its share
		}
		form.Store(int64(n))
		_, err := l.For("1").Reload(t.Context(), "ann")
		var problems article.Problems
		if broken := n%10 == 5; broken != errors.As(err, &problems) || !broken && err != nil {
			t.Errorf("reload %d: %v", n, err)
		}
		keep()
	}
	close(turns)
	done.Wait()

	if len(answers) != questions {
		t.Errorf("%d of %d questions have an answer", len(answers), questions)
	}
	seen, said, answered := map[article.Revision]bool{}, map[string]string{}, 0
	for _, a := range answers {
		c := corpora[a.Revision]
		if c == nil {
			t.Fatalf("an answer is of revision %s, which nobody loaded", a.Revision)
		}
		if seen[a.Revision] = true; a.Answered {
			answered++
		}
		text := ""
		for _, r := range append(a.Passages, a.Nearest...) {
			p := r.Passage
			stored := c.Article(p.Article.ID)
			if stored == nil || p.End() > len(stored.Text) || stored.Text[p.Start():p.End()] != p.Text() || p.Citation() != (article.Passage{Article: stored, First: p.First, Last: p.Last}).Citation() {
				t.Fatalf("an answer of revision %s quotes %q, which does not stand there", a.Revision, p.Text())
			}
			text += fmt.Sprintln(a.Answered, a.Span, p.Citation(), p.Text())
		}
		key := string(a.Revision) + " " + a.Question
		if before, ok := said[key]; ok && before != text {
			t.Fatalf("%s is answered in two ways:\n%s\n%s", key, before, text)
		}
		said[key] = text
	}
	if answered < len(answers)*2/3 {
		t.Errorf("%d of %d are answered", answered, len(answers))
	}
	if len(seen) < reloads/2 {
		t.Errorf("the questions met %d revisions in %d reloads", len(seen), reloads)
	}
}
