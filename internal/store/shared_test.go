package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// openShard opens the store as a process that serves one shard of several.
func openShard(t *testing.T, dir string, h *hand, shards ...int) *Store {
	t.Helper()
	s, err := Open(Options{Dir: dir, Clock: h.time, Shards: shards})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestProcessesShareAStore has three processes write at once, each for its own
// server, and opens the store as another set of processes, and as one alone.
func TestProcessesShareAStore(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	must(t, open(t, dir, h).Close()) // a store of one process comes first
	var all []*Store
	for n := range 3 {
		all = append(all, openShard(t, dir, h, n))
	}
	const each = 10
	var wait sync.WaitGroup
	for n, s := range all {
		server := fmt.Sprint(n)
		wait.Go(func() {
			for i := range each {
				must(t, s.PutArticle(server, Article{Name: fmt.Sprint(i, ".md"), Data: []byte(server), By: "ann"}))
				s.Missed(server, fmt.Sprint("question ", i, "?"))
				must(t, s.KeepOpinion("ann", Opinion{Server: server, Article: fmt.Sprint(i)}))
			}
			must(t, s.Change(server, Entry{By: "ann", Action: Decided}, func(set *Settings) { set.Retention = 100 + n }))
			must(t, s.KeepGolden(server, Golden{Question: "Who?"}))
			must(t, s.Backup())
		})
	}
	wait.Wait()
	if n, err := all[1].Kept("ann"); err != nil || n != 3*each {
		t.Errorf("%d opinions are kept of a member, %v", n, err)
	}
	for _, s := range all {
		must(t, s.Close())
	}
	check := func(s *Store, server int) {
		t.Helper()
		id := fmt.Sprint(server)
		articles, err := s.Articles(id)
		goldens, err2 := s.Goldens(id)
		gaps, err3 := s.Gaps(id)
		log, err4 := s.Log(id, 100)
		if err != nil || err2 != nil || err3 != nil || err4 != nil || len(articles) != each || len(goldens) != 1 || len(gaps) != each || len(log) != each+2 {
			t.Errorf("server %d: %d articles, %d goldens, %d questions, %d lines; %v %v %v %v", server, len(articles), len(goldens), len(gaps), len(log), err, err2, err3, err4)
		}
		if !s.HasArticles(id) || s.Retention(id) != 100+server {
			t.Errorf("server %d: has articles %v, keeps for %d days", server, s.HasArticles(id), s.Retention(id))
		}
	}
	one, two := openShard(t, dir, h, 0), openShard(t, dir, h, 1)
	for server := range 3 {
		check([]*Store{one, two}[server%2], server)
	}
	must(t, one.Close())
	must(t, two.Close())
	alone := open(t, dir, h)
	for server := range 3 {
		check(alone, server)
	}
	must(t, alone.Close())
	must(t, os.Remove(dir+"/"+fileName))
	alone = open(t, dir, h) // from the backup
	for server := range 3 {
		check(alone, server)
	}
	must(t, alone.Close())
}

// TestProcessesForgetTogether: what a member wants deleted goes wherever it was
// kept, and each server's questions stay as long as that server wants, whichever
// process clears up.
func TestProcessesForgetTogether(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	one, two := openShard(t, dir, h, 0), openShard(t, dir, h, 1)
	must(t, one.KeepOpinion("ann", Opinion{Server: "1"}))
	must(t, two.KeepOpinion("ann", Opinion{Server: "2"}))
	if n, err := one.Forget("ann"); err != nil || n != 2 {
		t.Errorf("%d opinions were forgotten, %v", n, err)
	}
	if n, err := two.Kept("ann"); err != nil || n != 0 {
		t.Errorf("%d opinions are kept, %v", n, err)
	}
	must(t, two.Change("2", Entry{By: "ann", Action: Decided}, func(set *Settings) { set.Retention = 100 }))
	one.Missed("1", "Who sails?")
	two.Missed("2", "Who sails?")
	must(t, one.flush())
	must(t, two.flush())
	h.forward(60)
	must(t, one.Prune())
	if gaps, err := one.Gaps("1"); err != nil || len(gaps) != 0 {
		t.Errorf("server 1: %v, %v", gaps, err)
	}
	if gaps, err := two.Gaps("2"); err != nil || len(gaps) != 1 {
		t.Errorf("server 2: %v, %v", gaps, err)
	}
	must(t, one.Close())
	must(t, two.Close())
}

func TestNobodyServesTheSame(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	refused := func(says string, shards ...int) {
		t.Helper()
		s, err := Open(Options{Dir: dir, Clock: h.time, Shards: shards})
		if err == nil {
			must(t, s.Close())
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("shards %v: %v, want %q", shards, err, says)
		}
	}
	s := openShard(t, dir, h, 0, 1)
	refused("another process serves shard 1", 1, 2)
	refused("another process has it open")
	other := openShard(t, dir, h, 2, 3) // what was refused left nothing locked
	must(t, other.Close())
	must(t, s.Close())
	s = open(t, dir, h)
	refused("serves all shards", 0)
	refused("another process has it open")
	must(t, s.Close())
	must(t, openShard(t, dir, h, 0).Close())
}

func TestReloadsAreAnnounced(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	one, two := openShard(t, dir, h, 0), openShard(t, dir, h, 1)
	looks := func(s *Store, want string) {
		t.Helper()
		got := ""
		s.look(t.Context(), func(_ context.Context, by string) { got += by })
		if got != want {
			t.Errorf("%q is told, want %q", got, want)
		}
	}
	must(t, one.Announce("before anyone listens"))
	looks(one, "")
	looks(two, "before anyone listens")
	must(t, two.Announce("ann"))
	looks(two, "")
	looks(one, "ann")
	must(t, one.Announce("bob"))
	must(t, two.Announce("cem")) // both have one to hear of, the second with its own
	looks(one, "cem")
	looks(two, "cem")
	must(t, one.Change("1", Entry{By: "ann", Action: Decided}, func(set *Settings) { set.Private = true }))
	for range 3 { // another change
		looks(one, "")
		looks(two, "")
	}
	must(t, one.Close())
	must(t, two.Close())

	alone := open(t, dir, h)
	must(t, alone.Announce("nobody"))
	alone.Announced(t.Context(), nil) // returns: there are no others
	must(t, alone.Close())
}

// TestAnnouncedLooks: whoever listens is told, once, until they have enough.
func TestAnnouncedLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		place := &elsewhere{root: newTwig()}
		var all []*Store
		for n := range 2 {
			s, err := Open(Options{Place: place, Shards: []int{n}})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		ctx, enough := context.WithCancel(t.Context())
		heard := 0
		var wait sync.WaitGroup
		wait.Go(func() { all[0].Announced(ctx, func(context.Context, string) { heard++ }) })
		for range 3 {
			must(t, all[1].Announce("ann"))
			time.Sleep(3 * lookTime)
		}
		enough()
		wait.Wait()
		must(t, all[1].Announce("ann"))
		if heard != 3 {
			t.Errorf("told %d times", heard)
		}
		for _, s := range all {
			must(t, s.Close())
		}
	})
}

// asWriter makes the test's own binary a process that serves shard 1 of the
// folder that it names, and writes until it is killed.
const asWriter = "VERBATIM_TEST_WRITER"

func write(dir string) error {
	s, err := Open(Options{Dir: dir, Shards: []int{1}})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := s.Record("1", Entry{By: "writer", Action: Reloaded, Detail: fmt.Sprint(i)}); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// TestKilledProcessHoldsNobodyUp: what a process had confirmed when it was
// killed is there, and the others go on.
func TestKilledProcessHoldsNobodyUp(t *testing.T) {
	if dir := os.Getenv(asWriter); dir != "" {
		t.Fatal(write(dir))
	}
	dir, h := t.TempDir(), newHand()
	s := openShard(t, dir, h, 0)
	last := -1
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledProcessHoldsNobodyUp$")
		cmd.Env = append(os.Environ(), asWriter+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		n := 0
		for lines.Scan() {
			if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
				t.Fatalf("the writer says %q", lines.Text())
			}
			if n++; n == 20+7*round {
				must(t, cmd.Process.Kill())
			}
			if n%5 == 0 {
				must(t, s.Record("0", Entry{By: "ann", Action: Reloaded}))
			}
		}
		_ = cmd.Wait() // it was killed
		log, err := s.Log("1", 1)
		if err != nil || len(log) != 1 || n < 20 {
			t.Fatalf("after %d confirmed: %v, %v", n, log, err)
		}
		var kept int
		if _, err := fmt.Sscan(log[0].Detail, &kept); err != nil || kept < last || kept > last+1 {
			t.Errorf("entry %d was confirmed and the last kept is %d, %v", last, kept, err)
		}
	}
	must(t, s.Close())
	must(t, open(t, dir, h).Close())
}
