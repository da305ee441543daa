package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// soakTime is how long the simulated days of TestSoak are.
func soakTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("VERBATIM_SOAK")
	if text == "" {
		return 6 * time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute {
		t.Fatalf("VERBATIM_SOAK=%q", text)
	}
	return d
}

// TestSoak runs the whole program through hours of ordinary traffic on a clock
// that it moves: questions in all ways, buttons, moderators, reloads, lost
// connections and rate limits. Everything asked must be answered, and what the
// process holds must not grow from hour to hour. A few minutes are simulated;
// VERBATIM_SOAK=10h, best with -race, for more.
func TestSoak(t *testing.T) {
	length := soakTime(t)
	s := newSoak(t)
	if length >= 6*time.Hour {
		s.fill()
	}
	calm := s.holds(0).goroutines
	var held []holding
	for n := 1; n <= int(length/time.Minute); n++ {
		s.minute(n)
		if n%60 == 0 {
			held = append(held, s.holds(calm))
			t.Logf("hour %d: %v; %v", n/60, held[len(held)-1], s.done)
		}
	}
	s.settle()
	if left := s.Unanswered(); len(left) > 0 {
		t.Errorf("%d interactions were left unanswered: %v", len(left), left)
	}
	if bad := s.log.bad(); len(bad) > 0 {
		t.Errorf("the log has errors:\n%s", strings.Join(bad, "\n"))
	}
	t.Logf("%v in %d minutes: %v", s.total(), int(length/time.Minute), s.done)
	if len(held) < 6 {
		return // hours vary more than that
	}
	// The first third settles. After that the least of what was held late must not
	// be above the most of what was held before.
	early, late := held[len(held)/3:2*len(held)/3], held[2*len(held)/3:]
	heap := func(a, b holding) int { return int(a.heap) - int(b.heap) }
	if most, least := slices.MaxFunc(early, heap).heap, slices.MinFunc(late, heap).heap; least > most+most/50 {
		t.Errorf("the heap grows: %d kB at most in the middle third, %d kB at least in the last", most>>10, least>>10)
	}
	routines := func(a, b holding) int { return a.goroutines - b.goroutines }
	if least := slices.MinFunc(late, routines).goroutines; least > calm {
		t.Errorf("goroutines are left behind: %d at the beginning, %d at least in the last third", calm, least)
	}
}

// holding is what the process has when it has nothing to do.
type holding struct {
	heap       uint64 // after a collection, in bytes
	goroutines int
}

func (h holding) String() string {
	return fmt.Sprintf("%d kB, %d goroutines", h.heap>>10, h.goroutines)
}

// handClock goes only when it is moved.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// errorLog takes a log and keeps the lines that tell of errors, and the last.
type errorLog struct {
	mu   sync.Mutex
	kept []string
	last []string
}

func (l *errorLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := string(p)
	if l.last = append(l.last, text); len(l.last) > 100 {
		l.last = l.last[1:]
	}
	if len(l.kept) < 10 && (strings.Contains(text, "level=ERROR") || strings.Contains(text, "a reply was not sent")) {
		l.kept = append(l.kept, text)
	}
	return len(p), nil
}

// tail is the end of the log.
func (l *errorLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "")
}

func (l *errorLog) bad() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.kept)
}

// newSoak starts the program on a clock of the test's.
func newSoak(t *testing.T) *soak {
	t.Helper()
	clock := &handClock{now: time.Date(2025, 11, 12, 8, 0, 0, 0, time.UTC)}
	s := &soak{t: t, clock: clock, log: &errorLog{}, dir: t.TempDir(), questions: questions(t), done: make(map[string]int),
		Server: discordtest.New(t, discordtest.Options{Now: clock.read, Retain: 100, Patience: time.Minute, NoDescription: true, Privileged: discordtest.IntentMessageContent})}
	s.publish()
	set := env(map[string]string{"DISCORD_TOKEN": s.Token(), "DISCORD_API_URL": s.URL(), "CORPUS_DIR": s.dir, "DATA_DIR": t.TempDir(), "LIMIT_MEMBER": "30", "MESSAGE_CONTENT_INTENT": "true"})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		root := newRoot(streams{getenv: set, now: clock.read, in: strings.NewReader(""), out: s.log, err: s.log})
		root.SetArgs([]string{})
		root.SetOut(s.log)
		root.SetErr(s.log)
		ended <- root.ExecuteContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended badly: %v", err)
		}
		if t.Failed() {
			t.Logf("the end of the bot's log:\n%s", s.log.tail())
		}
	})
	s.WaitReady()
	s.WaitCommands("ask")
	s.people()
	return s
}

// holds waits until nothing is under way, and tells what is held then. It waits
// longer where there are more than calm goroutines, for connections that were
// made and never used are closed after 5 s only.
func (s *soak) holds(calm int) holding {
	s.settle()
	least := runtime.NumGoroutine()
	for same, begin := 0, time.Now(); same < 20 || least > calm && time.Since(begin) < 8*time.Second; same++ {
		s.CloseIdle()
		time.Sleep(20 * time.Millisecond)
		if n := runtime.NumGoroutine(); n < least {
			least, same = n, 0
		}
	}
	runtime.GC()
	runtime.GC() // what the first has finalized
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return holding{m.HeapAlloc, least}
}
