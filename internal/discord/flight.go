package discord

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// How much the bot does at once. An answer takes milliseconds of one processor,
// so that many more at once would only make each slower. A thousand a second
// need room for those of half a second, in which the machine does something else;
// those that wait are answered within the three seconds that Discord allows.
const (
	maxRunning = 16
	maxWaiting = 512
	maxRefused = 256 // members being told at the same time that there is no room
	maxSeen    = 4096
)

// flight bounds the work that goes on, and knows when it is done.
type flight struct {
	slots  chan struct{}                    // one for each that runs
	caught func(panicked any, stack []byte) // told of a panic that nobody else caught

	mu      sync.Mutex
	closed  bool
	inside  int // running or waiting
	room    int
	refused int
	late    int           // waiting for Discord to take them
	closing chan struct{} // closed with closed
	group   sync.WaitGroup
}

func newFlight(running, waiting int, caught func(any, []byte)) *flight {
	return &flight{slots: make(chan struct{}, running), room: running + waiting, closing: make(chan struct{}), caught: caught}
}

// survive keeps the process alive when work panics outside a handler: then the
// work is lost, and nothing else is.
func (f *flight) survive() {
	if p := recover(); p != nil {
		f.caught(p, debug.Stack())
	}
}

// do runs work in a goroutine of its own; when there is no room for it, busy;
// when there isn't even for that, or after close, nothing. It reports whether there
// was no room.
func (f *flight) do(work, busy func()) (full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
	case f.inside < f.room:
		f.inside++
		f.launch(work, &f.inside)
	case f.refused < maxRefused:
		f.refused++
		f.launch(busy, &f.refused)
		return true
	default:
		return true
	}
	return false
}

func (f *flight) launch(work func(), count *int) {
	f.group.Add(1)
	go func() {
		defer f.group.Done()
		defer func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			*count--
		}()
		defer f.survive()
		work()
	}()
}

// slot waits for one of the places for work that runs, and returns how to give
// it back.
func (f *flight) slot(ctx context.Context) (release func(), err error) {
	select {
	case f.slots <- struct{}{}:
		return func() { <-f.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// extra runs work that belongs to work that runs already.
func (f *flight) extra(work func()) {
	f.group.Go(func() {
		defer f.survive()
		work()
	})
}

// linger runs work that waits for something outside, and takes no place of other
// work. It must be called by work that runs. The channel is closed when the work is
// to end. It reports false when there are so many already.
func (f *flight) linger(most int, work func(stopping <-chan struct{})) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.late >= most {
		return false
	}
	f.late++
	f.launch(func() { work(f.closing) }, &f.late)
	return true
}

// close ends the taking of work. It may be called once.
func (f *flight) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	close(f.closing)
}

// wait waits for the work to end, and reports whether it did in time. It must be
// called after close.
func (f *flight) wait(limit time.Duration) bool {
	done := make(chan struct{})
	go func() {
		f.group.Wait()
		close(done)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// seen remembers the last identifiers that it was shown, so that an event that
// comes twice is handled once. It is safe for concurrent use.
type seen struct {
	mu   sync.Mutex
	ids  map[string]struct{}
	ring []string
	next int
}

func newSeen(size int) *seen {
	return &seen{ids: make(map[string]struct{}, size), ring: make([]string, size)}
}

// first reports whether id is new.
func (s *seen) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ids[id]; ok {
		return false
	}
	delete(s.ids, s.ring[s.next])
	s.ids[id], s.ring[s.next] = struct{}{}, id
	s.next = (s.next + 1) % len(s.ring)
	return true
}
