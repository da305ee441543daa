package discord

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// How long a question is remembered for those that follow it, and how many are.
const (
	followUpTime = 15 * time.Minute
	maxTurns     = 4096
	maxReplies   = 4096
)

// recent keeps values under keys for a while: the oldest go first, when they
// are too many and when their time is over. It is safe for concurrent use.
type recent[V any] struct {
	clock func() time.Time
	life  time.Duration
	most  int

	// weigh is how much room of at most room a value takes; nil where values are
	// small.
	weigh func(V) int
	room  int

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // oldest first
	used  int        // of room
}

type remembered[V any] struct {
	key   string
	value V
	since time.Time
}

func newRecent[V any](clock func() time.Time, life time.Duration, most int) *recent[V] {
	return &recent[V]{clock: clock, life: life, most: most, byKey: make(map[string]*list.Element), order: list.New()}
}

// put keeps a value, in place of what was kept under the key.
func (r *recent[V]) put(key string, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	r.keep(key, value)
}

func (r *recent[V]) keep(key string, value V) {
	r.remove(key)
	r.byKey[key] = r.order.PushBack(remembered[V]{key, value, r.clock()})
	if r.weigh != nil {
		r.used += r.weigh(value)
	}
	for len(r.byKey) > r.most || r.used > r.room {
		r.remove(r.order.Front().Value.(remembered[V]).key)
	}
}

// claim keeps a value unless another is kept under the key for which free is
// false, and reports whether it did. Of several at once, one does.
func (r *recent[V]) claim(key string, value V, free func(V) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	e, ok := r.byKey[key]
	if ok = ok && !free(e.Value.(remembered[V]).value); !ok {
		r.keep(key, value)
	}
	return !ok
}

// get returns what is kept under the key.
func (r *recent[V]) get(key string) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	if e, ok := r.byKey[key]; ok {
		return e.Value.(remembered[V]).value, true
	}
	var none V
	return none, false
}

// drop forgets a key and returns what was kept under it. Of several at once, one
// gets it.
func (r *recent[V]) drop(key string) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	e, ok := r.byKey[key]
	if !ok {
		var none V
		return none, false
	}
	r.remove(key)
	return e.Value.(remembered[V]).value, true
}

func (r *recent[V]) remove(key string) {
	if e, ok := r.byKey[key]; ok {
		r.order.Remove(e)
		delete(r.byKey, key)
		if r.weigh != nil {
			r.used -= r.weigh(e.Value.(remembered[V]).value)
		}
	}
}

func (r *recent[V]) sweep() {
	until := r.clock().Add(-r.life)
	for e := r.order.Front(); e != nil; e = r.order.Front() {
		if old := e.Value.(remembered[V]); old.since.After(until) {
			return
		} else {
			r.remove(old.key)
		}
	}
}

// turns let one at a time do what there is one of, such as a server's articles.
// They are safe for concurrent use.
type turns struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when it is free again
}

func newTurns() *turns { return &turns{held: make(map[string]chan struct{})} }

// take waits for the turn. The error is that of ctx.
func (t *turns) take(ctx context.Context, key string) (leave func(), err error) {
	for {
		t.mu.Lock()
		busy := t.held[key]
		if busy == nil {
			mine := make(chan struct{})
			t.held[key] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.held, key)
				t.mu.Unlock()
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for what was confirmed before: %w", ctx.Err())
		}
	}
}

// conversations remember what was asked last, by whom and where, and which reply
// answered what. Nothing of it outlives the process.
type conversations struct {
	turns *recent[turn]
}

// turn is a question that was answered, under the revision that answered it.
type turn struct {
	answer.Turn
	asked    string // the question as members know it, where Turn's is another text
	revision article.Revision
	server   string
}

func newConversations(clock func() time.Time) *conversations {
	return &conversations{turns: newRecent[turn](clock, followUpTime, maxTurns)}
}

// The keys of a turn: who asked it where, and the reply that answered it.
func askerKey(c Caller) string       { return "asker " + c.Channel + " " + c.ID }
func replyKey(message string) string { return "reply " + message }

// note remembers a turn under each of the keys.
func (c *conversations) note(t turn, keys ...string) {
	for _, k := range keys {
		c.turns.put(k, t)
	}
}

// before finds the turn that a question may follow: that of the reply which it
// answers, else the asker's own last in the same place. Passages of another
// revision aren't passed on, for they are no longer the article's.
func (c *conversations) before(now article.Revision, keys ...string) *answer.Turn {
	for _, k := range keys {
		t, ok := c.turns.get(k)
		if !ok {
			continue
		}
		if t.revision != now {
			t.Passages = nil
		}
		return &t.Turn
	}
	return nil
}
