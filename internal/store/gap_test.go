package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// hooked is a place where the next change begins with a function, and fails with
// it.
type hooked struct {
	*elsewhere
	next func() error // nil for none
}

func (h *hooked) Update(f func(root Branch) error) error {
	if next := h.next; next != nil {
		h.next = nil
		if err := next(); err != nil {
			return err
		}
	}
	return h.elsewhere.Update(f)
}

// TestForgottenWhileWritten: a question that is on its way to the disk when a
// server's are forgotten is forgotten too, whether or not it gets there.
func TestForgottenWhileWritten(t *testing.T) {
	for _, fails := range []error{nil, errors.New("no room")} {
		place := &hooked{elsewhere: &elsewhere{root: newTwig()}}
		s, err := Open(Options{Place: place})
		if err != nil {
			t.Fatal(err)
		}
		s.Missed("1", "Who sails the ferry?")
		forgotten := make(chan error, 1)
		place.next = func() error {
			go func() { forgotten <- s.ForgetGaps("1") }()
			for range 10_000 { // forgetting may have to wait for what is written now
				if runtime.Gosched(); len(forgotten) > 0 {
					break
				}
			}
			return fails
		}
		if err := s.flush(); !errors.Is(err, fails) {
			t.Errorf("got %v", err)
		}
		must(t, <-forgotten)
		if gaps, err := s.Gaps("1"); err != nil || len(gaps) != 0 {
			t.Errorf("writing ends with %v; what was forgotten is there: %+v, %v", fails, gaps, err)
		}
		must(t, s.Close())
	}
}

// TestUnwantedIsNotWritten: what waits to be written when a server decides that
// it wants none kept isn't, even before the rest is forgotten.
func TestUnwantedIsNotWritten(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, _ *hand, _ func() *Store) {
		s.Missed("1", "Who sails the ferry?")
		s.Missed("2", "Who sails the ferry?")
		must(t, s.Change("1", Entry{By: "ann", Action: Decided}, func(set *Settings) { set.NoGaps = true }))
		for server, want := range map[string]int{"1": 0, "2": 1} {
			if gaps, err := s.Gaps(server); err != nil || len(gaps) != want {
				t.Errorf("server %s: %+v, %v", server, gaps, err)
			}
		}
	})
}

// TestGapsForgetEachAsking: what was asked before the days that a server keeps
// is out of count, also of a question that is asked again and again.
func TestGapsForgetEachAsking(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, again func() *Store) {
		start := h.time()
		s.Missed("1", "Who, says Ann, sails the ferry?")
		s.Missed("1", "Who, says Ann, sails the ferry?")
		for i := range 12 {
			h.forward(29)
			s.Missed("1", "who says Ann sails ferries")
			if i%2 == 0 {
				must(t, s.Prune())
				s = again()
			}
			gaps, err := s.Gaps("1")
			want := 2
			if i == 0 {
				want = 3
			}
			if err != nil || len(gaps) != 1 || gaps[0].Count != want {
				t.Fatalf("after %d times 29 days: %+v, %v", i+1, gaps, err)
			}
			if first, last := start.AddDate(0, 0, 29*i), start.AddDate(0, 0, 29*(i+1)); !gaps[0].First.Equal(first.Truncate(time.Second)) || !gaps[0].Last.Equal(last) {
				t.Errorf("after %d times 29 days, first asked %s and last %s", i+1, gaps[0].First, gaps[0].Last)
			}
			if gaps[0].Question != "who says Ann sails ferries" {
				t.Errorf("the words of long ago are kept: %q", gaps[0].Question)
			}
		}
		h.forward(31)
		must(t, s.Prune())
		h.forward(-31)
		if gaps, err := s.Gaps("1"); err != nil || len(gaps) != 0 {
			t.Errorf("what is old is back: %+v, %v", gaps, err)
		}
	})
}

// TestPruningLeavesNoOldTimes: what is out of count isn't in the store either.
func TestPruningLeavesNoOldTimes(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, _ func() *Store) {
		s.Missed("1", "Who sails?")
		h.forward(20)
		s.Missed("1", "Who sails?")
		h.forward(20)
		_, err := s.Gaps("1") // writes
		must(t, err)
		must(t, s.Prune())
		h.forward(-40)
		if gaps, err := s.Gaps("1"); err != nil || len(gaps) != 1 || gaps[0].Count != 1 {
			t.Errorf("kept: %+v, %v", gaps, err)
		}
	})
}

// TestOldGapsAreRead: a store from before the times were kept is read, and of its
// questions as much counts as is known to be of the days that are kept.
func TestOldGapsAreRead(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, h *hand, again func() *Store) {
		now := h.time()
		s.Missed("1", "Who sails?")
		_, err := s.Gaps("1")
		must(t, err)
		must(t, s.place.Update(func(root Branch) error {
			b, err := makePart(root, "1", bucketGaps)
			if err != nil {
				return err
			}
			for key, old := range map[string]string{
				likeness("Who sails?"):  fmt.Sprintf(`{"question":"Who sails?","count":7,"first":%q,"last":%q}`, stamp(now.AddDate(0, 0, -100)), stamp(now.AddDate(0, 0, -1))),
				likeness("Who swims?"):  fmt.Sprintf(`{"question":"Who swims?","count":7,"first":%q,"last":%q}`, stamp(now.AddDate(0, 0, -9)), stamp(now.AddDate(0, 0, -1))),
				likeness("Who dances?"): fmt.Sprintf(`{"question":"Who dances?","count":1,"first":%q,"last":%q}`, stamp(now), stamp(now)),
			} {
				if err := put(b, []byte(key), json.RawMessage(old)); err != nil {
					return err
				}
			}
			return nil
		}))
		s = again()
		s.Missed("1", "Who dances?")
		got := map[string]int{}
		gaps, err := s.Gaps("1")
		must(t, err)
		for _, g := range gaps {
			got[g.Question] = g.Count
		}
		if want := map[string]int{"Who sails?": 1, "Who swims?": 7, "Who dances?": 2}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("counts %v, want %v", got, want)
		}
	})
}

func stamp(at time.Time) string { return at.Format(time.RFC3339Nano) }

// TestAskingsAreBounded: a question that is asked all day long takes no more room
// than others, and is counted whole.
func TestAskingsAreBounded(t *testing.T) {
	var g keptGap
	const hours = 24 * 365
	for i := range hours {
		g.add(asking{int64(i) * 3600, 1})
		g.add(asking{int64(i)*3600 + 1800, 2})
	}
	n := 0
	for i, a := range g.Asked {
		n += a.Count
		if i > 0 && a.At <= g.Asked[i-1].At {
			t.Fatalf("out of order at %d", i)
		}
	}
	if len(g.Asked) > maxAskings || n != 3*hours {
		t.Errorf("%d moments with %d askings", len(g.Asked), n)
	}
	widest := int64(0)
	for i := range g.Asked[1:] {
		widest = max(widest, g.Asked[i+1].At-g.Asked[i].At)
	}
	if days := widest / 86400; days > 3 {
		t.Errorf("the widest of %d moments has %d days", len(g.Asked), days)
	}
}

// TestPruningIsHourly: what has been kept long enough is deleted within the hour,
// though nobody looks.
func TestPruningIsHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHand()
		s, err := Open(Options{Place: &elsewhere{root: newTwig()}, Clock: h.time})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { must(t, s.Close()) }()
		s.Missed("1", "Who sails?")
		_, err = s.Gaps("1") // writes
		must(t, err)
		h.forward(40)
		for _, tt := range []struct {
			after time.Duration
			want  int
		}{{pruneTime - time.Second, 1}, {2 * time.Second, 0}} {
			time.Sleep(tt.after)
			synctest.Wait()
			h.forward(-40) // so that nothing is too old to be listed
			if gaps, err := s.Gaps("1"); err != nil || len(gaps) != tt.want {
				t.Errorf("%v later: %+v, %v", tt.after, gaps, err)
			}
			h.forward(40)
		}
	})
}
