package store

import (
	"errors"
	"runtime"
	"testing"
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
