package discord

import (
	"runtime/debug"
	"sync"
	"time"
)

// How much the bot does at once. An answer takes milliseconds of one processor,
// so that many more at once would only make each slower. A thousand a second
// need room for those of half a second, in which the machine does something else;
// those that wait are answered within the three seconds that Discord allows. What
// changes the articles may take minutes, in which it only waits, and has places
// of its own.
const (
	maxRunning = 32 // of which one server has half at most
	maxUpkeep  = 16
	maxInside  = 528 // running or waiting
	maxOpening = 32  // of these, waiting for the articles of one server to be opened
	maxRefused = 256 // members being told at the same time that there is no room
	maxSeen    = 4096
)

// flight bounds the work that goes on, and knows when it is done.
type flight struct {
	running, upkeep *slots
	caught          func(panicked any, stack []byte) // told of a panic that nobody else caught

	mu      sync.Mutex
	closed  bool
	inside  int
	room    int
	refused int
	opening map[string]int // those who wait, by server
	late    int            // waiting for Discord to take them
	closing chan struct{}  // closed with closed
	group   sync.WaitGroup
}

func newFlight(caught func(any, []byte)) *flight {
	return &flight{running: newSlots(maxRunning), upkeep: newSlots(maxUpkeep), room: maxInside, caught: caught,
		opening: make(map[string]int), closing: make(chan struct{})}
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

// opens counts one more who waits for the articles of a server to be opened, until
// done is called. It is not ok when there are too many of them already.
func (f *flight) opens(server string) (done func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opening[server] >= maxOpening {
		return nil, false
	}
	f.opening[server]++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.opening[server]--; f.opening[server] == 0 {
			delete(f.opening, server)
		}
	}, true
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
