package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hand is a clock that tests put forward.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func newHand() *hand { return &hand{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (h *hand) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) forward(days int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.AddDate(0, 0, days)
}

func open(t *testing.T, dir string, h *hand) *Store {
	t.Helper()
	s, err := Open(Options{Dir: dir, Clock: h.time})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everywhere runs a test with a store on disk, with one that is shared with
// other processes, with a temporary one, and with one in another place than a
// folder. again closes the store, unless that is its end, and opens it once more.
func everywhere(t *testing.T, test func(t *testing.T, s *Store, h *hand, again func() *Store)) {
	for name, o := range map[string]Options{
		"disk": {Dir: t.TempDir()}, "shared": {Dir: t.TempDir(), Shards: []int{1}}, "temporary": {}, "elsewhere": {Place: &elsewhere{root: newTwig()}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHand()
			o.Clock = h.time
			begin := func() *Store {
				s, err := Open(o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			s := begin()
			t.Cleanup(func() { must(t, s.Close()) })
			test(t, s, h, func() *Store {
				if name != "temporary" {
					must(t, s.Close())
					s = begin()
				}
				return s
			})
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func names(t *testing.T, s *Store, server string) string {
	t.Helper()
	articles, err := s.Articles(server)
	must(t, err)
	var out []string
	for _, a := range articles {
		out = append(out, a.Name+"="+string(a.Data))
	}
	return strings.Join(out, " ")
}

func TestArticles(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, again func() *Store) {
		must(t, s.PutArticle("1", Article{Name: "b.md", Data: []byte("B"), By: "ann"}))
		must(t, s.PutArticle("1", Article{Name: "a.md", Data: []byte("A\x00\xff"), By: "ann"}))
		must(t, s.PutArticle("2", Article{Name: "a.md", Data: []byte("other"), By: "bob"}))
		must(t, s.PutArticle("1", Article{Name: "b.md", Data: []byte("B2"), By: "cem"}))
		s = again()
		if got := names(t, s, "1"); got != "a.md=A\x00\xff b.md=B2" {
			t.Errorf("server 1 has %q", got)
		}
		if got := names(t, s, "2"); got != "a.md=other" {
			t.Errorf("server 2 has %q", got)
		}
		if !s.HasArticles("1") || !s.HasArticles("2") || s.HasArticles("3") || s.HasArticles("") {
			t.Error("who has articles is wrong")
		}
		must(t, s.RemoveArticle("2", "a.md", "bob"))
		if err := s.RemoveArticle("2", "a.md", "bob"); !errors.Is(err, ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		if err := s.RemoveArticle("3", "a.md", "bob"); !errors.Is(err, ErrNotFound) {
			t.Errorf("removed from a server that has none: %v", err)
		}
		s = again()
		if s.HasArticles("2") || names(t, s, "2") != "" {
			t.Error("the article is still there")
		}
		log, err := s.Log("2", 10)
		if err != nil || len(log) != 2 || log[0].Action != Removed || log[1].Action != Added || log[0].By != "bob" || log[0].Article != "a.md" || !log[0].At.Equal(h.time()) {
			t.Errorf("log %+v, %v", log, err)
		}
		if log, err := s.Log("1", 2); err != nil || len(log) != 2 || log[0].By != "cem" {
			t.Errorf("log %+v, %v", log, err)
		}
		if err := s.PutArticle("", Article{Name: "a.md"}); err == nil {
			t.Error("an article of no server was kept")
		}
	})
}

func TestArticlesAreBounded(t *testing.T) {
	s := open(t, "", newHand())
	defer func() { must(t, s.Close()) }()
	for i := range MaxArticles {
		must(t, s.PutArticle("1", Article{Name: fmt.Sprint(i, ".md")}))
	}
	if err := s.PutArticle("1", Article{Name: "one-more.md"}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
	must(t, s.PutArticle("1", Article{Name: "7.md", Data: []byte("replaced")}))
	if err := s.PutArticle("1", Article{Name: "7.md", Data: make([]byte, MaxBytes+1)}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
	articles, err := s.Articles("1")
	if err != nil || len(articles) != MaxArticles {
		t.Errorf("%d articles, %v", len(articles), err)
	}
	if log, err := s.Log("1", 1); err != nil || log[0].Article != "7.md" {
		t.Errorf("what was refused is in the log: %+v, %v", log, err)
	}
}

func TestSettings(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, _ *hand, again func() *Store) {
		must(t, s.Change("1", Entry{By: "ann", Action: Decided, Detail: "moderators"}, func(set *Settings) { set.Moderators = []string{"77"} }))
		must(t, s.Change("1", Entry{By: "ann", Action: Decided}, func(set *Settings) {
			set.Listen = map[string]int{"5": 90}
			set.Use = map[string][]string{"5": {"a", "b"}}
			set.Language, set.Private, set.Retention, set.LogChannel = "de", true, 3, "9"
		}))
		s = again()
		if d, ok := s.Listens("1", "5"); !ok || d != 90*time.Second {
			t.Errorf("listens %v, %v", d, ok)
		}
		if _, ok := s.Listens("1", "6"); ok {
			t.Error("listens in a channel that wasn't named")
		}
		if _, ok := s.Listens("2", "5"); ok {
			t.Error("listens in another server")
		}
		if !s.Moderator("1", []string{"3", "77"}) || s.Moderator("1", []string{"3"}) || s.Moderator("2", []string{"77"}) || s.Moderator("1", nil) {
			t.Error("who moderates is wrong")
		}
		if s.Language("1") != "de" || s.Language("2") != "" || !s.Private("1") || s.Private("2") {
			t.Error("language or privacy is wrong")
		}
		if s.Retention("1") != 3 || s.Retention("2") != DefaultRetention {
			t.Error("retention is wrong")
		}
		use := s.Use("1", "5")
		if !slices.Equal(use, []string{"a", "b"}) || s.Use("2", "5") != nil {
			t.Errorf("use %v", use)
		}
		use[0] = "changed by a caller"
		if s.Use("1", "5")[0] != "a" {
			t.Error("a caller changed the settings")
		}
		if log, err := s.Log("1", 10); err != nil || len(log) != 2 || log[1].Detail != "moderators" {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

func TestChangesAtOnceAreAllKept(t *testing.T) {
	s := open(t, "", newHand())
	defer func() { must(t, s.Close()) }()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			must(t, s.Change("1", Entry{By: "ann", Action: Decided}, func(set *Settings) { set.Moderators = append(set.Moderators, fmt.Sprint(i)) }))
			must(t, s.Prune())
			s.Missed("1", fmt.Sprintf("question %d?", i))
		})
	}
	wg.Wait()
	if got := s.Settings("1").Moderators; len(got) != 20 {
		t.Errorf("moderators %v", got)
	}
}

func TestGaps(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, again func() *Store) {
		s.Missed("1", "When does the ferry  sail?")
		s.Missed("1", "when do FERRIES sail")
		s.Missed("1", "Who sails the ferry?")
		s.Missed("2", "When does the ferry sail?")
		s.Missed("", "A direct message is nobody's to read.")
		s.Missed("1", strings.Repeat("ü", 1000))
		s = again()
		s.Missed("1", "When does a ferry sail?")
		gaps, err := s.Gaps("1")
		if err != nil || len(gaps) != 3 || gaps[0].Question != "When does a ferry sail?" || gaps[0].Count != 3 {
			t.Fatalf("gaps %+v, %v", gaps, err)
		}
		for _, g := range gaps {
			if len(g.Question) > maxGap {
				t.Errorf("%d bytes are kept of a question", len(g.Question))
			}
		}
		if gaps, err := s.Gaps("2"); err != nil || len(gaps) != 1 || gaps[0].Count != 1 {
			t.Errorf("server 2: %+v, %v", gaps, err)
		}
		h.forward(20)
		s.Missed("1", "Who sails the ferry?")
		h.forward(20)
		if gaps, err := s.Gaps("1"); err != nil || len(gaps) != 1 || gaps[0].Question != "Who sails the ferry?" || gaps[0].Count != 1 {
			t.Errorf("after 40 days: %+v, %v", gaps, err)
		}
		must(t, s.Prune())
		h.forward(-40)
		if gaps, err := s.Gaps("2"); err != nil || len(gaps) != 0 {
			t.Errorf("deleted questions are back: %+v, %v", gaps, err)
		}
		must(t, s.Change("1", Entry{By: "ann", Action: Decided}, func(set *Settings) { set.NoGaps = true }))
		must(t, s.ForgetGaps("1"))
		s.Missed("1", "Who sails the ferry?")
		s = again()
		if gaps, err := s.Gaps("1"); err != nil || len(gaps) != 0 {
			t.Errorf("switched off: %+v, %v", gaps, err)
		}
	})
}

func TestGoldens(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, _ *hand, again func() *Store) {
		must(t, s.KeepGolden("1", Golden{Question: "Who?", Article: "a", Quote: "Ann.", By: "ann"}))
		must(t, s.KeepGolden("1", Golden{Question: "When?", Article: "a", Quote: "Now.", By: "ann"}))
		must(t, s.KeepGolden("1", Golden{Question: "Who?", Article: "b", Quote: "Bob.", By: "bob"}))
		must(t, s.KeepGolden("1", Golden{Question: "Who?", Articles: []string{"a"}, Article: "a", Quote: "Ann.", By: "bob"}))
		s = again()
		goldens, err := s.Goldens("1")
		if err != nil || len(goldens) != 3 || goldens[0].Quote != "Bob." || goldens[1].Question != "When?" {
			t.Fatalf("goldens %+v, %v", goldens, err)
		}
		if other, err := s.Goldens("2"); err != nil || len(other) != 0 {
			t.Errorf("server 2: %+v, %v", other, err)
		}
		if err := s.RemoveGolden("2", goldens[0].ID, "eve"); !errors.Is(err, ErrNotFound) {
			t.Errorf("another server removes it: %v", err)
		}
		if err := s.RemoveGolden("1", "zz", "eve"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
		must(t, s.RemoveGolden("1", goldens[0].ID, "ann"))
		if goldens, err := s.Goldens("1"); err != nil || len(goldens) != 2 {
			t.Errorf("goldens %+v, %v", goldens, err)
		}
		for i := range MaxGoldens - 2 {
			must(t, s.KeepGolden("1", Golden{Question: fmt.Sprint(i)}))
		}
		if err := s.KeepGolden("1", Golden{Question: "one more"}); !errors.Is(err, ErrFull) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOpinions(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	s := open(t, dir, h)
	const ann, bob = "123456789012345678", "223456789012345678"
	must(t, s.KeepOpinion(ann, Opinion{Server: "1", Helpful: true, Article: "a", Paragraph: 1, Sentence: 1}))
	must(t, s.KeepOpinion(ann, Opinion{Server: "1", Helpful: false, Article: "a", Paragraph: 1, Sentence: 1})) // changed her mind
	must(t, s.KeepOpinion(ann, Opinion{Server: "2", Helpful: true, Article: "a", Paragraph: 1, Sentence: 1}))
	must(t, s.KeepOpinion(bob, Opinion{Server: "1", Helpful: true, Article: "a", Paragraph: 2, Sentence: 1}))
	must(t, s.Close())
	for _, name := range []string{fileName, filepath.Join(backupFolder, fileName)} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if strings.Contains(string(raw), ann) || strings.Contains(string(raw), bob) {
			t.Errorf("%s holds a member's ID", name)
		}
	}
	s = open(t, dir, h)
	defer func() { must(t, s.Close()) }()
	thought := func(server string, helpful, not, places int) {
		t.Helper()
		got, err := s.Opinions(server, 5)
		if err != nil || got.Helpful != helpful || got.Not != not || len(got.Unhelpful) != places {
			t.Errorf("server %s: %+v, %v", server, got, err)
		}
	}
	thought("1", 1, 1, 1)
	thought("2", 1, 0, 0)
	thought("3", 0, 0, 0)
	if got, err := s.Opinions("1", 0); err != nil || got.Not != 1 || len(got.Unhelpful) != 0 {
		t.Errorf("none are wanted: %+v, %v", got, err)
	}
	if n, err := s.Kept(ann); err != nil || n != 2 {
		t.Errorf("kept of ann: %d, %v", n, err)
	}
	if n, err := s.Forget(ann); err != nil || n != 2 {
		t.Errorf("forgotten of ann: %d, %v", n, err)
	}
	if n, err := s.Forget(ann); err != nil || n != 0 {
		t.Errorf("forgotten twice: %d, %v", n, err)
	}
	thought("1", 1, 0, 0)
	thought("2", 0, 0, 0)
	if n, err := s.Kept(bob); err != nil || n != 1 {
		t.Errorf("kept of bob: %d, %v", n, err)
	}
	h.forward(DefaultRetention + 1)
	must(t, s.Prune())
	if n, err := s.Kept(bob); err != nil || n != 0 {
		t.Errorf("kept of bob for too long: %d, %v", n, err)
	}
	thought("1", 0, 0, 0)
	must(t, s.place.View(func(root Branch) error {
		if b := part(root, "1", bucketTallies); !empty(b) {
			t.Error("of what nobody thinks any more something is kept")
		}
		return nil
	}))
}

// TestOpinionsAreCounted: the counts are those of the opinions, whoever changes
// their mind, is forgotten or thought so long ago, and in a store whose opinions
// were kept before they were counted.
func TestOpinionsAreCounted(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, again func() *Store) {
		r := rand.New(rand.NewPCG(1, 2))
		check := func(step string) {
			t.Helper()
			for _, server := range []string{"1", "2"} {
				want := map[Unhelpful]int{}
				helpful, not := 0, 0
				must(t, s.place.View(func(root Branch) error {
					for _, b := range root.Branch(bucketOpinions).Branches() {
						must(t, each(b, func(_ []byte, o Opinion) error {
							switch {
							case o.Server != server:
							case o.Helpful:
								helpful++
							default:
								not++
								want[Unhelpful{Revision: o.Revision, Article: o.Article, Paragraph: o.Paragraph, Sentence: o.Sentence}]++
							}
							return nil
						}))
					}
					return nil
				}))
				got, err := s.Opinions(server, 1000)
				if err != nil || got.Helpful != helpful || got.Not != not || len(got.Unhelpful) != len(want) {
					t.Fatalf("%s: server %s: %d and %d in %d places, want %d and %d in %d, %v", step, server, got.Helpful, got.Not, len(got.Unhelpful), helpful, not, len(want), err)
				}
				for i, u := range got.Unhelpful {
					n := u.Count
					if u.Count = 0; want[u] != n || i > 0 && got.Unhelpful[i-1].Count < n {
						t.Errorf("%s: server %s: %+v is counted %d times, want %d", step, server, u, n, want[u])
					}
				}
			}
		}
		for i := range 200 {
			member := fmt.Sprint("member ", r.IntN(8))
			switch {
			case i%50 == 49:
				if _, err := s.Forget(member); err != nil {
					t.Error(err)
				}
			case i%20 == 19:
				h.forward(10)
				must(t, s.Prune())
			default:
				must(t, s.KeepOpinion(member, Opinion{Server: []string{"1", "2", ""}[r.IntN(3)], Helpful: r.IntN(2) == 0,
					Revision: "0123456789ab", Article: fmt.Sprint("a b", r.IntN(2)), Paragraph: 1 + r.IntN(2), Sentence: 1}))
			}
			if i%10 == 9 {
				check(fmt.Sprint("step ", i))
			}
		}
		must(t, s.place.Update(func(root Branch) error {
			for _, b := range root.Branch(bucketServers).Branches() {
				must(t, b.Cut(bucketTallies))
			}
			return root.Branch(bucketMeta).Delete([]byte(keyTallied))
		}))
		before := s
		if s = again(); s != before { // a temporary one has no later
			check("counted later")
		}
	})
}

func TestLogIsBounded(t *testing.T) {
	s := open(t, "", newHand())
	defer func() { must(t, s.Close()) }()
	for i := range MaxEntries + 5 {
		must(t, s.Record("1", Entry{By: "ann", Action: Reloaded, Detail: fmt.Sprint(i)}))
	}
	log, err := s.Log("1", 2*MaxEntries)
	if err != nil || len(log) != MaxEntries || log[0].Detail != fmt.Sprint(MaxEntries+4) || log[MaxEntries-1].Detail != "5" {
		t.Errorf("%d entries, %v", len(log), err)
	}
}

func TestOnlyOneProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newHand())
	defer func() { must(t, s.Close()) }()
	if _, err := Open(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
}
