package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"verbatim"
	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/store"
)

func TestServersSeeTheirOwnArticlesOnly(t *testing.T) {
	w := newWorld("Text one.")
	l, shelf := w.shelved(t)
	one, two := l.For("1"), l.For("2")
	r, err := one.Add(t.Context(), note("storm.md", "The storm came."))
	if err != nil || !slices.Equal(r.Added, []string{"added:storm"}) || r.After.Own != 1 || r.After.Articles != 2 || r.Before.Articles != 1 || r.After.LoadedBy != "ann" {
		t.Fatalf("report %+v, %v", r, err)
	}
	if _, err := two.Add(t.Context(), note("storm.txt", "Another storm.")); err != nil {
		t.Fatal(err)
	}
	for view, want := range map[View]string{one: "a added:storm", two: "a added:storm", l.For("3"): "a", l.For(""): "a"} {
		if got := ids(view.Corpus(t.Context())); got != want {
			t.Errorf("server %q has %q, want %q", view.server, got, want)
		}
		a, err := view.Ask(t.Context(), answer.Question{})
		if err != nil || a.Revision != view.Corpus(t.Context()).Revision || view.Status(t.Context()).Revision != a.Revision {
			t.Errorf("server %q: answer of %s, %v", view.server, a.Revision, err)
		}
	}
	if a := one.Corpus(t.Context()).Article("added:storm"); a.Text != "The storm came." {
		t.Errorf("server 1 quotes %q", a.Text)
	}
	if a := two.Corpus(t.Context()).Article("added:storm"); a.Text != "Another storm." {
		t.Errorf("server 2 quotes %q", a.Text)
	}
	// The operator's articles reach all of them, and the added ones stay.
	w.write("b.md", "Text b.")
	r, err = one.Reload(t.Context(), "ann")
	if err != nil || !slices.Equal(r.Added, []string{"b"}) || len(r.Removed) != 0 || r.After.Articles != 3 {
		t.Errorf("reload %+v, %v", r, err)
	}
	if _, err := two.Reload(t.Context(), "bob"); err != nil {
		t.Error(err)
	}
	for view, want := range map[View]string{one: "a added:storm b", two: "a added:storm b", l.For("3"): "a b"} {
		if got := ids(view.Corpus(t.Context())); got != want {
			t.Errorf("after the reload server %q has %q, want %q", view.server, got, want)
		}
	}
	r, err = one.Remove(t.Context(), "storm.md", "ann")
	if err != nil || !slices.Equal(r.Removed, []string{"added:storm"}) || shelf.HasArticles("1") {
		t.Errorf("remove %+v, %v", r, err)
	}
	if _, err := one.Remove(t.Context(), "storm.txt", "ann"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another server's article was removed: %v", err)
	}
	if got := ids(one.Corpus(t.Context())) + "|" + ids(two.Corpus(t.Context())); got != "a b|a added:storm b" {
		t.Errorf("left %q", got)
	}
}

func TestAddRefuses(t *testing.T) {
	w := newWorld("Text one.")
	l, shelf := w.shelved(t)
	v := l.For("1")
	if _, err := v.Add(t.Context(), note("storm.md", "The storm came.")); err != nil {
		t.Fatal(err)
	}
	before := bare(v.Status(t.Context()))
	for name, a := range map[string]store.Article{
		"invalid UTF-8":           note("x.md", "\xff\xfe\xfd"),
		"an archive":              note("x.md", "PK\x03\x04\x00\x00binary"),
		"a path":                  note("../x.md", "Text."),
		"another kind":            note("x.exe", "Text."),
		"nothing to quote":        note("x.md", "# Only a title"),
		"too large":               note("x.md", strings.Repeat("Text. ", 20<<20/6)),
		"too many sentences":      note("x.md", strings.Repeat("Oh. ", 60_000)),
		"a name that is taken":    note("storm.txt", "Text."),
		"front matter gone wrong": note("x.md", "---\npublished: someday\n---\nText."),
	} {
		var problems article.Problems
		if _, err := v.Add(t.Context(), a); !errors.As(err, &problems) {
			t.Errorf("%s: %v", name, err)
		}
	}
	crowded := l.For("2")
	for i, name := range []string{"a.md", "b.md", "c.md", "a.md"} {
		_, err := crowded.Add(t.Context(), note(name, strings.Repeat("Oh. ", 40_000-i)))
		if refused := err != nil && strings.Contains(err.Error(), "at most 100000 are served"); refused != (name == "c.md") {
			t.Errorf("the %d. article of 40,000 sentences: %v", i+1, err)
		}
	}
	w.before = func(context.Context) error { return errors.New("no room") }
	if _, err := v.Add(t.Context(), note("y.md", "Text.")); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
	w.before = nil
	if _, err := l.For("").Add(t.Context(), note("y.md", "Text.")); err == nil {
		t.Error("an article was added to no server")
	}
	files, err := shelf.Articles("1")
	if err != nil || len(files) != 1 || bare(v.Status(t.Context())) != before {
		t.Errorf("%d files, %v, status %+v", len(files), err, v.Status(t.Context()))
	}
}

func TestRollback(t *testing.T) {
	w := newWorld("Text one.")
	l, _ := w.shelved(t)
	v := l.For("1")
	var revisions []article.Revision
	for _, text := range []string{"Text one.", "Text two.", "Text three."} {
		w.write("a.md", text)
		r, err := v.Reload(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		revisions = append(revisions, r.After.Revision)
	}
	if h := v.History(t.Context()); len(h) != 3 || h[0].Revision != revisions[2] || h[1].Revision != revisions[1] || h[2].Revision != revisions[0] {
		t.Fatalf("history %+v", h)
	}
	r, err := v.Rollback(t.Context(), revisions[0], "bob")
	if err != nil || r.After.Revision != revisions[0] || !r.After.RolledBack || r.After.LoadedBy != "bob" || !slices.Equal(r.Changed, []string{"a"}) {
		t.Fatalf("report %+v, %v", r, err)
	}
	if v.Corpus(t.Context()).Articles[0].Text != "Text one." || l.For("2").Corpus(t.Context()).Articles[0].Text != "Text three." || l.Corpus(t.Context()).Articles[0].Text != "Text three." {
		t.Error("a server's rollback is not its own alone")
	}
	if _, err := v.Rollback(t.Context(), "000000000000", "bob"); !errors.Is(err, ErrRevision) {
		t.Errorf("got %v", err)
	}
	// Another's reload leaves it as it is, its own ends it.
	w.write("a.md", "Text four.")
	if _, err := l.For("2").Reload(t.Context(), "cem"); err != nil {
		t.Fatal(err)
	}
	if v.Corpus(t.Context()).Articles[0].Text != "Text one." {
		t.Error("another server's reload ended the rollback")
	}
	r, err = v.Reload(t.Context(), "bob")
	if err != nil || v.Corpus(t.Context()).Articles[0].Text != "Text four." || r.After.RolledBack || !slices.Equal(r.Changed, []string{"a"}) {
		t.Errorf("report %+v, %v", r, err)
	}
	for i := range 2 * maxPast {
		w.write("a.md", fmt.Sprintf("Text no. %d.", i))
		if _, err := l.Reload(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.History(t.Context())); n != maxPast+1 {
		t.Errorf("%d revisions are remembered", n)
	}
	if _, err := l.Rollback(t.Context(), l.History(t.Context())[3].Revision, "terminal"); err != nil || !l.Status(t.Context()).RolledBack {
		t.Errorf("the base's rollback: %v", err)
	}
}

// A reload of the base rebuilds the corpora of servers that stand on it, which
// answer from what they have until then.
func TestServersFollowTheBase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l, shelf := w.shelvedIn(t)
		defer func() {
			if err := errors.Join(l.Close(), shelf.Close()); err != nil {
				t.Error(err)
			}
		}()
		if _, err := l.For("1").Add(t.Context(), note("storm.md", "The storm came.")); err != nil {
			t.Fatal(err)
		}
		w.write("a.md", "Text two.")
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		st := l.For("1").Status(t.Context())
		if got := l.For("1").Corpus(t.Context()).Article("a").Text; got != "Text two." || st.LoadedBy != "SIGHUP" || st.Own != 1 {
			t.Errorf("server 1 has %q, status %+v", got, st)
		}
	})
}

// TestAServerThatCantFollowIsInTheLog: nobody waits for a server's corpus that is
// built anew after a reload of the operator's articles, so nobody else could tell
// that it wasn't.
func TestAServerThatCantFollowIsInTheLog(t *testing.T) {
	w := newWorld("Text one.")
	var log bytes.Buffer
	l, _ := w.shelved(t, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	if _, err := l.For("1").Add(t.Context(), note("storm.md", "The storm came.")); err != nil {
		t.Fatal(err)
	}
	builds := 0
	w.before = func(context.Context) error {
		if builds++; builds == 2 { // the first is the base's
			return errors.New("no room")
		}
		return nil
	}
	w.write("a.md", "Text two.")
	if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
		t.Fatal(err)
	}
	l.jobs.Wait()
	if got := l.For("1").Corpus(t.Context()).Article("a").Text; got != "Text one." {
		t.Errorf("server 1 is served %q", got)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "no room") || !strings.Contains(log.String(), "server=1") {
		t.Errorf("%d lines of the log are errors, want one about server 1:\n%s", n, &log)
	}
}

// TestAddedArticleIsAnsweredFrom uses the real engine.
func TestAddedArticleIsAnsweredFrom(t *testing.T) {
	shelf, err := store.Open(store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), Options{Source: verbatim.Articles, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(l.Close(), shelf.Close()); err != nil {
			t.Error(err)
		}
	}()
	const text = "The ferry of Ashby was opened by the mayor, Carla Reed, in 1987."
	if _, err := l.For("1").Add(t.Context(), note("ferry.md", text)); err != nil {
		t.Fatal(err)
	}
	q := answer.Question{Text: "Who opened the ferry of Ashby?"}
	a, err := l.For("1").Ask(t.Context(), q)
	if err != nil || !a.Answered || a.Passages[0].Passage.Text() != text {
		t.Errorf("answer %+v, %v", a, err)
	}
	for _, other := range []string{"2", ""} {
		a, err := l.For(other).Ask(t.Context(), q)
		if err != nil || a.Answered {
			t.Errorf("server %q: answer %+v, %v", other, a, err)
		}
		for _, r := range append(a.Passages, a.Nearest...) {
			if IsOwn(r.Passage.Article.ID) {
				t.Errorf("server %q is shown %q", other, r.Passage.Text())
			}
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"storm.md":                       "storm.md",
		"../../etc/passwd.md":            "passwd.md",
		`C:\Users\ann\My Article.TXT`:    "my-article.txt",
		"**@everyone** <@1>.htm":         "everyone-1.html",
		"..":                             "article",
		"ünï.markdown":                   "ünï.md",
		strings.Repeat("ß", 200) + ".md": strings.Repeat("ß", maxStem/2) + ".md",
	} {
		if got := FileName(name); got != want {
			t.Errorf("FileName(%q) = %q, want %q", name, got, want)
		}
	}
}
