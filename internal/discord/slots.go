package discord

import (
	"container/list"
	"context"
	"sync"
)

// slots are the places for what runs at the same time. Whoever has as many of them
// as are free waits for the next, so that nobody has all, however long they hold
// theirs: the first has half at most, who comes next half of the rest, and as slots
// are given back those who want more have more and more alike. (The rule is that of
// bucket.) They are safe for concurrent use.
type slots struct {
	mu      sync.Mutex
	free    int
	held    map[string]int
	waiting *list.List     // of *waiter, who came first in front; none of them may have one now
	queued  map[string]int // how many of those who wait, by who they are
}

type waiter struct {
	who   string
	ready chan struct{} // closed when there is a slot
}

func newSlots(n int) *slots {
	return &slots{free: n, held: make(map[string]int), waiting: list.New(), queued: make(map[string]int)}
}

// take waits for a slot, and returns how to give it back. The error is that of ctx.
func (s *slots) take(ctx context.Context, who string) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	release = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.put(who)
	}
	if s.get(who) {
		return release, nil
	}
	w := &waiter{who, make(chan struct{})}
	at := s.waiting.PushBack(w)
	s.queued[who]++
	s.mu.Unlock()
	select {
	case <-w.ready:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.mu.Lock()
	if err == nil {
		return release, nil
	}
	select {
	case <-w.ready: // at the same moment
		s.put(who)
	default:
		s.leave(at)
	}
	return nil, err
}

// get takes a slot for who may have one. It needs the lock, as does put.
func (s *slots) get(who string) bool {
	if s.held[who] >= s.free {
		return false
	}
	s.held[who]++
	s.free--
	return true
}

// put gives a slot back, and what is free to those who wait and may have it.
func (s *slots) put(who string) {
	if s.held[who]--; s.held[who] == 0 {
		delete(s.held, who)
	}
	s.free++
	full := map[string]bool{} // who may have no more; of the others who wait the first is next
	for e := s.waiting.Front(); e != nil && s.free > 0 && len(full) < len(s.queued); {
		next, w := e.Next(), e.Value.(*waiter)
		switch {
		case full[w.who]:
		case s.get(w.who):
			s.leave(e)
			close(w.ready)
		default:
			full[w.who] = true
		}
		e = next
	}
}

// leave takes one out of those who wait.
func (s *slots) leave(at *list.Element) {
	who := s.waiting.Remove(at).(*waiter).who
	if s.queued[who]--; s.queued[who] == 0 {
		delete(s.queued, who)
	}
}
