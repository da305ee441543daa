package library

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"verbatim/internal/store"
)

// golden is what the fake engine answers while the operator's article says that.
func golden(question, text string) store.Golden {
	return store.Golden{Question: question, Article: "a", Quote: text, By: "ann"}
}

// drifted takes the checks that are told, as "server: differing of all".
func drifted(l *Library) string {
	synctest.Wait()
	var out []string
	for {
		select {
		case c := <-l.Drifts():
			out = append(out, fmt.Sprintf("%s: %d of %d", c.Server, len(c.Drifts), c.Goldens))
		default:
			return strings.Join(out, ", ")
		}
	}
}

// drifts counts the lines of a server's log that tell of one.
func drifts(t *testing.T, shelf *store.Store, server string) (n int, by string) {
	t.Helper()
	log, err := shelf.Log(server, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log {
		if e.Action == store.Drifted {
			if n++; n == 1 {
				by = e.By + " " + e.Detail // the newest
			}
		}
	}
	return n, by
}

// inBubble runs a test on a library whose clock stands, and closes it.
func inBubble(t *testing.T, test func(t *testing.T, w *world, l *Library, shelf *store.Store)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l, shelf := w.shelvedIn(t)
		defer func() {
			if err := errors.Join(l.Close(), shelf.Close()); err != nil {
				t.Error(err)
			}
		}()
		test(t, w, l, shelf)
	})
}

// TestEveryServersGoldensAreChecked: whoever has the articles read again, the
// golden questions of every server are asked, and what differs is told once.
func TestEveryServersGoldensAreChecked(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world, l *Library, shelf *store.Store) {
		keep := func(server string, g store.Golden) {
			t.Helper()
			if err := shelf.KeepGolden(server, g); err != nil {
				t.Fatal(err)
			}
		}
		for _, server := range []string{"3", "1", "2", "4"} {
			keep(server, golden("Which?", "Text one."))
		}
		keep("2", golden("What?", "Text one."))
		keep("5", golden("Which?", "Text two."))
		if _, err := l.For("4").Add(t.Context(), note("storm.md", "The storm came.")); err != nil {
			t.Fatal(err)
		}
		if got := drifted(l); got != "" {
			t.Errorf("before any reload: %s", got)
		}

		w.write("a.md", "Text two.")
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		if got := drifted(l); got != "1: 1 of 1, 2: 2 of 2, 3: 1 of 1, 4: 1 of 1" {
			t.Errorf("told: %s", got)
		}
		if n, by := drifts(t, shelf, "2"); n != 1 || by != "SIGHUP 2/2" {
			t.Errorf("the log of server 2 has %d lines, by %s", n, by)
		}
		if c, ok := l.For("4").Checked(t.Context()); !ok || len(c.Drifts) != 1 || c.Drifts[0].Now != "Text two." || c.Revision != l.For("4").Status(t.Context()).Revision {
			t.Errorf("server 4: %+v, %v", c, ok)
		}
		if c, ok := l.For("5").Checked(t.Context()); !ok || c.Goldens != 1 || len(c.Drifts) != 0 {
			t.Errorf("server 5: %+v, %v", c, ok)
		}
		if c, ok := l.For("6").Checked(t.Context()); ok {
			t.Errorf("server 6 has no golden questions: %+v", c)
		}

		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		if got := drifted(l); got != "" {
			t.Errorf("nothing has changed, and it is told again: %s", got)
		}

		w.write("a.md", "Text three.")
		r, err := l.For("2").Reload(t.Context(), "bob")
		if err != nil || len(r.Drifts) != 2 {
			t.Errorf("report %+v, %v", r, err)
		}
		if got := drifted(l); got != "1: 1 of 1, 3: 1 of 1, 4: 1 of 1, 5: 1 of 1" {
			t.Errorf("told after server 2 reloaded: %s", got)
		}
		if n, by := drifts(t, shelf, "1"); n != 2 || by != ByElsewhere+" 1/1" {
			t.Errorf("the log of server 1 has %d lines, by %s", n, by)
		}
		if st := l.For("1").Status(t.Context()); st.LoadedBy != "bob" || st.LoadedIn != "2" {
			t.Errorf("status %+v", st)
		}

		w.write("a.md", "Text four.")
		if _, err := l.For("4").Rollback(t.Context(), l.For("4").History(t.Context())[1].Revision, "ann"); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		if got := drifted(l); got != "1: 1 of 1, 2: 2 of 2, 3: 1 of 1, 5: 1 of 1" {
			t.Errorf("told while server 4 is rolled back: %s", got)
		}
	})
}

// TestClosedCorporaAreCheckedWhenOpened: to check a server whose own corpus
// isn't open doesn't open it, and close another's for it.
func TestClosedCorporaAreCheckedWhenOpened(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world, l *Library, shelf *store.Store) {
		l.options.Servers = 1
		for _, server := range []string{"1", "2"} {
			if err := shelf.KeepGolden(server, golden("Which?", "Text one.")); err != nil {
				t.Fatal(err)
			}
			if _, err := l.For(server).Add(t.Context(), note("own.md", "Text of "+server+".")); err != nil {
				t.Fatal(err)
			}
		}
		w.write("a.md", "Text two.")
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		if got := drifted(l); got != "2: 1 of 1" {
			t.Errorf("told: %s", got)
		}
		if got := l.For("1").Corpus(t.Context()).Article("a").Text; got != "Text two." {
			t.Fatalf("server 1 has %q", got)
		}
		if got := drifted(l); got != "1: 1 of 1" {
			t.Errorf("told after server 1 asked: %s", got)
		}
	})
}

// TestChecksAreBounded: very many servers, one of which trips the engine, and
// nobody who takes what is told.
func TestChecksAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world, l *Library, shelf *store.Store) {
		const servers, others = maxTold + 45, "0003"
		l.options.Serves = func(server string) bool { return server != others }
		for i := range servers {
			g := golden("Which?", "Text one.")
			if i == 7 {
				g.Question = "panic"
			}
			if err := shelf.KeepGolden(fmt.Sprintf("%04d", i), g); err != nil {
				t.Fatal(err)
			}
		}
		w.write("a.md", "Text two.")
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(l.checks.told); n != maxTold {
			t.Errorf("%d are told", n)
		}
		for _, i := range []int{0, 6, 8, servers - 1} {
			if n, _ := drifts(t, shelf, fmt.Sprintf("%04d", i)); n != 1 {
				t.Errorf("the log of server %d has %d lines", i, n)
			}
		}
		if n, _ := drifts(t, shelf, others); n != 0 {
			t.Error("another process's server was told something")
		}
		if n, _ := drifts(t, shelf, "0007"); n != 0 {
			t.Error("the server whose question panicked was told something")
		}
	})
}

// TestAReloadSupersedesAChecking: while one server's questions are asked the
// articles are read again; everyone is told of what answers in the end, and a
// checking under way doesn't outlive the library.
func TestAReloadSupersedesAChecking(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world, l *Library, shelf *store.Store) {
		for _, server := range []string{"1", "2"} {
			if err := shelf.KeepGolden(server, golden("hold", "Text one.")); err != nil {
				t.Fatal(err)
			}
		}
		for _, text := range []string{"Text two.", "Text three."} {
			w.write("a.md", text)
			if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
				t.Fatal(err)
			}
			if text == "Text two." {
				<-w.held // server 1 is being checked on two
			}
		}
		w.hold <- struct{}{}
		var told []string
		for range 2 {
			<-w.held
			w.hold <- struct{}{}
			c := <-l.Drifts()
			told = append(told, c.Server+" "+c.Drifts[0].Now)
		}
		if got := strings.Join(told, ", "); got != "1 Text three., 2 Text three." {
			t.Errorf("told: %s", got)
		}
		w.write("a.md", "Text four.")
		if _, err := l.Reload(t.Context(), "SIGHUP"); err != nil {
			t.Fatal(err)
		}
		<-w.held
		go func() { w.hold <- struct{}{} }() // the library closes meanwhile, and waits
	})
}

func TestGoldensAreAskedAtEachReload(t *testing.T) {
	w := newWorld("Text one.")
	l, shelf := w.shelved(t)
	v := l.For("1")
	if err := shelf.KeepGolden("1", store.Golden{Question: "Which?", Article: "a", Quote: "Text one."}); err != nil {
		t.Fatal(err)
	}
	if r, err := v.Reload(t.Context(), "ann"); err != nil || r.Goldens != 1 || len(r.Drifts) != 0 {
		t.Errorf("report %+v, %v", r, err)
	}
	w.write("a.md", "Text two.")
	r, err := v.Reload(t.Context(), "ann")
	if err != nil || r.Goldens != 1 || len(r.Drifts) != 1 || r.Drifts[0].Now != "Text two." || r.Drifts[0].Golden.Question != "Which?" {
		t.Errorf("report %+v, %v", r, err)
	}
	if r, err := l.For("2").Reload(t.Context(), "bob"); err != nil || r.Goldens != 0 {
		t.Errorf("another server asks them too: %+v, %v", r, err)
	}
}
