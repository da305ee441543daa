package library

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/store"
	"verbatim/internal/summary"
)

// shelved opens a library whose servers may add articles.
func (w *world) shelved(t *testing.T, change ...func(*Options)) (*Library, *store.Store) {
	t.Helper()
	shelf, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Shelf = shelf
	for _, c := range change {
		c(&o)
	}
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), shelf.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
		for i, e := range w.engines {
			if !e.closed.Load() {
				t.Errorf("engine %d was not closed", i)
			}
		}
	})
	return l, shelf
}

func ids(c *article.Corpus) string {
	var out []string
	for _, a := range c.Articles {
		out = append(out, a.ID)
	}
	return strings.Join(out, " ")
}

func note(name, text string) store.Article {
	return store.Article{Name: name, Data: []byte(text), By: "ann"}
}

// What was added is there after a restart, and what can't be kept isn't served.
func TestAddedArticlesAreOpenedWhenAsked(t *testing.T) {
	w := newWorld("Text one.")
	l, shelf := w.shelved(t)
	if err := shelf.PutArticle("1", note("storm.md", "The storm came.")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if got := ids(l.For("1").Corpus(t.Context())); got != "a added:storm" {
				t.Errorf("corpus %q", got)
			}
		})
	}
	wg.Wait()
	if st := l.For("1").Status(t.Context()); st.Own != 1 || st.Articles != 2 {
		t.Errorf("status %+v", st)
	}
	if len(w.engines) != 2 {
		t.Errorf("%d engines, want one for the base and one for the server", len(w.engines))
	}
	for i := range store.MaxArticles - 1 {
		if err := shelf.PutArticle("1", note(fmt.Sprintf("n%d.md", i), "Text.")); err != nil {
			t.Fatal(err)
		}
	}
	before := bare(l.For("1").Status(t.Context()))
	if _, err := l.For("1").Add(t.Context(), note("one-more.md", "Text.")); !errors.Is(err, store.ErrFull) {
		t.Errorf("got %v", err)
	}
	if bare(l.For("1").Status(t.Context())) != before {
		t.Error("what was not kept is served")
	}
}

// shelvedIn is shelved for a bubble, whose cleanup has to happen inside.
func (w *world) shelvedIn(t *testing.T) (*Library, *store.Store) {
	t.Helper()
	shelf, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Shelf = shelf
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l, shelf
}

func TestFewCorporaAreOpenAtOnce(t *testing.T) {
	w := newWorld("Text one.")
	l, _ := w.shelved(t, func(o *Options) { o.Servers = 3 })
	for i := range 10 {
		if _, err := l.For(fmt.Sprint(i)).Add(t.Context(), note("own.md", fmt.Sprintf("Text of server %d.", i))); err != nil {
			t.Fatal(err)
		}
	}
	if open := w.opened(); open != 4 || len(l.scopes) != 3 {
		t.Errorf("%d engines are open for %d servers", open, len(l.scopes))
	}
	for i := range 10 {
		if got := l.For(fmt.Sprint(i)).Corpus(t.Context()).Article("added:own").Text; got != fmt.Sprintf("Text of server %d.", i) {
			t.Errorf("server %d has %q", i, got)
		}
	}
}

// opened counts the engines that are open.
func (w *world) opened() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.engines {
		if !e.closed.Load() {
			n++
		}
	}
	return n
}

// TestServersThatWereRolledBackMakeRoom: they are opened again as they were put
// back, until their next reload.
func TestServersThatWereRolledBackMakeRoom(t *testing.T) {
	const most, servers = 2, 20
	w := newWorld("Text one.")
	l, _ := w.shelved(t, func(o *Options) { o.Servers = most })
	revisions := map[View]article.Revision{}
	for i := range servers {
		v := l.For(fmt.Sprint(i))
		if _, err := v.Add(t.Context(), note("own.md", fmt.Sprintf("Text of server %d.", i))); err != nil {
			t.Fatal(err)
		}
		before := v.Status(t.Context()).Revision
		if _, err := v.Add(t.Context(), note("own.md", "By mistake.")); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Rollback(t.Context(), before, "ann"); err != nil {
			t.Fatal(err)
		}
		revisions[v] = before
		if n := w.opened(); n > most+1 || len(l.scopes) > most {
			t.Fatalf("%d engines are open for %d servers", n, len(l.scopes))
		}
	}
	w.write("a.md", "Text two.")
	if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
		t.Fatal(err)
	}
	for v, want := range revisions {
		if st := v.Status(t.Context()); st.Revision != want || !st.RolledBack || st.LoadedBy != "ann" || v.Corpus(t.Context()).Revision != want {
			t.Errorf("server %s: %+v, want revision %s", v.server, st, want)
		}
	}
	for v := range revisions {
		r, err := v.Reload(t.Context(), "bob")
		if err != nil || r.After.RolledBack || r.After.Own != 1 {
			t.Errorf("server %s after its reload: %+v, %v", v.server, r, err)
		}
	}
	for v := range revisions {
		if c := v.Corpus(t.Context()); c.Article("a").Text != "Text two." || c.Article("added:own").Text != "By mistake." {
			t.Errorf("server %s is served %q and %q", v.server, c.Article("a").Text, c.Article("added:own").Text)
		}
	}
	if n := w.opened(); n > most+1 {
		t.Errorf("%d engines are open", n)
	}
}

// TestManyAtOnceMakeRoomAfter: what is opened while all the room is taken by
// corpora that are being built, is closed when they are.
func TestManyAtOnceMakeRoomAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l, shelf := w.shelvedIn(t)
		defer func() {
			if err := errors.Join(l.Close(), shelf.Close()); err != nil {
				t.Error(err)
			}
		}()
		l.options.Servers = 2
		goOn := make(chan struct{})
		w.before = func(context.Context) error { <-goOn; return nil }
		var wg sync.WaitGroup
		for i := range 10 {
			server := fmt.Sprint(i)
			if err := shelf.PutArticle(server, note("own.md", "Text of server "+server+".")); err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				a, err := l.For(server).Ask(t.Context(), answer.Question{})
				if err != nil || a.Revision == l.Corpus(t.Context()).Revision {
					t.Errorf("server %s: revision %s, %v", server, a.Revision, err)
				}
			})
		}
		synctest.Wait()
		close(goOn)
		wg.Wait()
		if n := w.opened(); n != 3 || len(l.scopes) != 2 || len(w.engines) != 11 {
			t.Errorf("%d of %d engines are open for %d servers", n, len(w.engines), len(l.scopes))
		}
	})
}

// TestServersUnderReloads: three servers ask, add, remove and reload at once;
// each answer is of one revision and of the server's own articles alone.
func TestServersUnderReloads(t *testing.T) {
	w := newWorld("Text 0.")
	l, _ := w.shelved(t, func(o *Options) { o.Servers = 2 })
	var wg sync.WaitGroup
	for _, server := range []string{"1", "2", "3"} {
		v := l.For(server)
		wg.Go(func() {
			for i := range 30 {
				name := fmt.Sprintf("n%d.md", i%3)
				if _, err := v.Add(t.Context(), note(name, fmt.Sprintf("Text of server %s, number %d.", server, i))); err != nil {
					t.Errorf("add: %v", err)
				}
				if i%4 == 3 {
					if _, err := v.Remove(t.Context(), name, "ann"); err != nil {
						t.Errorf("remove: %v", err)
					}
				}
			}
		})
		wg.Go(func() {
			for range 300 {
				c := v.Corpus(t.Context())
				for _, a := range c.Articles {
					if IsOwn(a.ID) && !strings.Contains(a.Text, "server "+server) {
						t.Errorf("server %s sees %q", server, a.Text)
					}
				}
				sums, err := v.Summarize(t.Context(), summary.Request{})
				if err != nil || len(sums) == 0 || sums[0].Revision == "" {
					t.Errorf("summary %+v, %v", sums, err)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 30 {
			w.write("a.md", fmt.Sprintf("Text %d.", i))
			if _, err := l.Reload(t.Context(), "ann"); err != nil {
				t.Errorf("reload: %v", err)
			}
		}
	})
	wg.Wait()
}

// TestWhoeverWaitsMayGiveUp: while a server's own corpus is being built, what is
// asked of it waits no longer than its caller does, and whoever can't wait at all
// is told so and sees to it that it is built.
func TestWhoeverWaitsMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l, shelf := w.shelvedIn(t)
		defer func() {
			if err := errors.Join(l.Close(), shelf.Close()); err != nil {
				t.Error(err)
			}
		}()
		if !l.Ready() || !l.For("2").Ready() {
			t.Error("the operator's articles are not ready")
		}
		if err := shelf.PutArticle("1", note("storm.md", "The storm came.")); err != nil {
			t.Fatal(err)
		}
		goOn := make(chan struct{})
		w.before = func(context.Context) error { <-goOn; return nil }
		v, base := l.For("1"), l.Corpus(t.Context())
		if v.Ready() {
			t.Error("ready before it was opened")
		}
		ctx, giveUp := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, ask := range []func(){
			func() {
				if c := v.Corpus(ctx); c != base {
					t.Errorf("corpus %s", ids(c))
				}
			},
			func() {
				if st := v.Status(ctx); st.Revision != base.Revision || !st.Loading {
					t.Errorf("status %+v", st)
				}
			},
			func() {
				if h := v.History(ctx); len(h) != 1 || h[0].Revision != base.Revision {
					t.Errorf("history %+v", h)
				}
			},
			func() {
				if c := v.At(ctx, base.Revision); c != base {
					t.Errorf("at its revision: %v", c)
				}
			},
			func() {
				if c, ok := v.Checked(ctx); ok {
					t.Errorf("checked %+v", c)
				}
			},
		} {
			wg.Go(ask)
		}
		synctest.Wait()
		giveUp()
		wg.Wait()
		if v.Ready() || len(w.engines) != 1 {
			t.Errorf("%d engines", len(w.engines))
		}
		close(goOn)
		synctest.Wait()
		if !v.Ready() || len(w.engines) != 2 || ids(v.Corpus(ctx)) != "a added:storm" {
			t.Errorf("%d engines; what is served: %s", len(w.engines), ids(v.Corpus(ctx)))
		}
	})
}

// TestStatusOpens: the first thing that is asked after a start may be what is
// there.
func TestStatusOpens(t *testing.T) {
	w := newWorld("Text one.")
	l, shelf := w.shelved(t)
	for _, server := range []string{"1", "2"} {
		if err := shelf.PutArticle(server, note("storm.md", "The storm came.")); err != nil {
			t.Fatal(err)
		}
	}
	if st := l.For("1").Status(t.Context()); st.Own != 1 || st.Articles != 2 {
		t.Errorf("status %+v", st)
	}
	if h := l.For("2").History(t.Context()); h[0].Own != 1 {
		t.Errorf("history %+v", h)
	}
	if st := l.Status(t.Context()); st.Own != 0 || st.Articles != 1 {
		t.Errorf("the base's status %+v", st)
	}
}
