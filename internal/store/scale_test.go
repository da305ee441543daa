package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestScale simulates what many servers keep, and processes that share it.
// docs/scaling.md has its figures. It measures the machine as much as the
// program, so that it runs only when asked for.
func TestScale(t *testing.T) {
	if os.Getenv("VERBATIM_SCALE") == "" {
		t.Skip("VERBATIM_SCALE is not set: VERBATIM_SCALE=1 go test ./internal/discord ./internal/store ./internal/library -run Scale -v -timeout 60m")
	}
	for _, servers := range []int{2_500, 25_000, 250_000} {
		dir := t.TempDir()
		inhabit(t, dir, servers)
		info, err := os.Stat(filepath.Join(dir, fileName))
		must(t, err)
		before := heap()
		begin := time.Now()
		s, err := Open(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		opened := time.Since(begin)
		held := int64(heap()) - int64(before)
		begin = time.Now()
		must(t, s.Backup())
		backed := time.Since(begin)
		alone := paces(t, []*Store{s}, 300)
		must(t, s.Close())
		t.Logf("%d servers: a file of %.0f MB, open after %v with %.1f MB in memory, backed up in %v; alone %s",
			servers, mb(info.Size()), opened.Round(time.Millisecond), mb(held), backed.Round(time.Millisecond), alone)
		for _, n := range []int{2, 8} {
			var all []*Store
			for i := range n {
				s, err := Open(Options{Dir: dir, Shards: []int{i}})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, s)
			}
			t.Logf("%d servers, %d processes at once: %s", servers, n, paces(t, all, 300/n))
			for _, s := range all {
				must(t, s.Close())
			}
		}
	}
}

// paces has every store write so many lines of a log, one after the other, and
// tells how long one took.
func paces(t *testing.T, all []*Store, each int) string {
	var mu sync.Mutex
	var took []time.Duration
	var wait sync.WaitGroup
	begin := time.Now()
	for i, s := range all {
		wait.Go(func() {
			for range each {
				begin := time.Now()
				if err := s.Record(fmt.Sprint(i), Entry{By: "ann", Action: Reloaded}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				took = append(took, time.Since(begin))
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	slices.Sort(took)
	return fmt.Sprintf("%.0f changes a second, p50 %v, p99 %v", float64(len(took))/time.Since(begin).Seconds(),
		took[len(took)/2].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond))
}

// inhabit fills a store as servers do in a year: every fourth has settings and a
// log of ten lines, every tenth unanswered questions, every twentieth two
// articles of 4 kB, and one opinion comes of each.
func inhabit(t *testing.T, dir string, servers int) {
	t.Helper()
	s, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("The harbour took in a ship from the coast. ", 100))
	for from := 0; from < servers; from += 10_000 {
		err := s.place.Update(func(root Branch) error {
			for n := from; n < min(servers, from+10_000); n++ {
				id := fmt.Sprint(1_000_000_000_000_000_000 + n*7919)
				if n%4 == 0 {
					for range 10 {
						if err := s.log(root, id, Entry{By: "moderator (123456789012345678)", Action: Decided, Detail: "language"}); err != nil {
							return err
						}
					}
					b := root.Branch(bucketServers).Branch(id)
					if err := put(b, []byte(keySettings), Settings{Moderators: []string{id}, Language: "de", Listen: map[string]int{id: 60}}); err != nil {
						return err
					}
				}
				if n%10 == 0 {
					b, err := makePart(root, id, bucketGaps)
					if err != nil {
						return err
					}
					for i := range 20 {
						if err := put(b, fmt.Appendf(nil, "who ferry %d", i), Gap{Question: fmt.Sprint("Who sailed ferry ", i, "?"), Count: 1, First: s.clock(), Last: s.clock()}); err != nil {
							return err
						}
					}
				}
				if n%20 == 0 {
					b, err := makePart(root, id, bucketArticles)
					if err != nil {
						return err
					}
					for i := range 2 {
						if err := put(b, fmt.Appendf(nil, "a%d.md", i), Article{Name: fmt.Sprintf("a%d.md", i), Data: text, By: "ann", At: s.clock()}); err != nil {
							return err
						}
					}
				}
				b, err := root.Branch(bucketOpinions).Make(s.member(id))
				if err != nil {
					return err
				}
				o := Opinion{Server: id, Revision: "0123456789ab", Article: "a", Paragraph: 1, Sentence: 1, At: s.clock()}
				if err := errors.Join(o.count(root, 1), put(b, []byte(id), o)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	must(t, s.Close())
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func mb(bytes int64) float64 { return float64(bytes) / (1 << 20) }
