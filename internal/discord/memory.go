package discord

import (
	"container/list"
	"context"
	"sync"
	"time"

	"verbatim/internal/answer"
)

// How many questions are remembered for those that follow them, and replies.
const (
	maxTurns   = 4096
	maxReplies = 4096
)

// recent keeps values under keys for a while: the oldest go first, when they
// are too many and when their time is over. It is safe for concurrent use.
type recent[K comparable, V any] struct {
	clock func() time.Time
	life  time.Duration
	most  int

	// weigh is how much room of at most room a value takes; nil where values are
	// small. The newest is kept even if it is larger than the room.
	weigh func(V) int
	room  int

	mu    sync.Mutex
	byKey map[K]*list.Element
	order *list.List // oldest first
	used  int        // of room
}

type remembered[K comparable, V any] struct {
	key   K
	value V
	since time.Time
}

func newRecent[K comparable, V any](clock func() time.Time, life time.Duration, most int) *recent[K, V] {
	return &recent[K, V]{clock: clock, life: life, most: most, byKey: make(map[K]*list.Element), order: list.New()}
}

// put keeps a value, in place of what was kept under the key.
func (r *recent[K, V]) put(key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	r.keep(key, value)
}

func (r *recent[K, V]) keep(key K, value V) {
	r.remove(key)
	r.byKey[key] = r.order.PushBack(remembered[K, V]{key, value, r.clock()})
	if r.weigh != nil {
		r.used += r.weigh(value)
	}
	for len(r.byKey) > 1 && (len(r.byKey) > r.most || r.used > r.room) {
		r.remove(r.order.Front().Value.(remembered[K, V]).key)
	}
}

// claim keeps a value unless another is kept under the key for which free is
// false, and reports whether it did. Of several at once, one does.
func (r *recent[K, V]) claim(key K, value V, free func(V) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	e, ok := r.byKey[key]
	if ok = ok && !free(e.Value.(remembered[K, V]).value); !ok {
		r.keep(key, value)
	}
	return !ok
}

// get returns what is kept under the key.
func (r *recent[K, V]) get(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	if e, ok := r.byKey[key]; ok {
		return e.Value.(remembered[K, V]).value, true
	}
	var none V
	return none, false
}

// drop forgets a key and returns what was kept under it. Of several at once, one
// gets it.
func (r *recent[K, V]) drop(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	e, ok := r.byKey[key]
	if !ok {
		var none V
		return none, false
	}
	r.remove(key)
	return e.Value.(remembered[K, V]).value, true
}

func (r *recent[K, V]) remove(key K) {
	if e, ok := r.byKey[key]; ok {
		r.order.Remove(e)
		delete(r.byKey, key)
		if r.weigh != nil {
			r.used -= r.weigh(e.Value.(remembered[K, V]).value)
		}
	}
}

func (r *recent[K, V]) sweep() {
	until := r.clock().Add(-r.life)
	for e := r.order.Front(); e != nil; e = r.order.Front() {
		if old := e.Value.(remembered[K, V]); old.since.After(until) {
			return
		} else {
			r.remove(old.key)
		}
	}
}

// turns let one at a time do what there is one of, such as a server's articles.
// They are safe for concurrent use.
type turns[K comparable] struct {
	mu   sync.Mutex
	held map[K]chan struct{} // closed when it is free again
}

func newTurns[K comparable]() *turns[K] { return &turns[K]{held: make(map[K]chan struct{})} }

// take waits for the turn. The error is that of ctx.
func (t *turns[K]) take(ctx context.Context, key K) (leave func(), err error) {
	for {
		leave, busy := t.enter(key)
		if leave != nil {
			return leave, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try takes the turn if nobody has it.
func (t *turns[K]) try(key K) (leave func(), ok bool) {
	leave, _ = t.enter(key)
	return leave, leave != nil
}

// enter takes the turn, or tells when who has it leaves.
func (t *turns[K]) enter(key K) (leave func(), busy <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if busy := t.held[key]; busy != nil {
		return nil, busy
	}
	mine := make(chan struct{})
	t.held[key] = mine
	return func() {
		t.mu.Lock()
		delete(t.held, key)
		t.mu.Unlock()
		close(mine)
	}, nil
}

// conversations remember what was asked last, by whom and where, and which reply
// answered what. Nothing of it outlives the process.
type conversations struct {
	turns *recent[string, turn]
}

// turn is a question that was answered, and in which server.
type turn struct {
	answer.Turn
	server string
}

func newConversations(clock func() time.Time) *conversations {
	return &conversations{turns: newRecent[string, turn](clock, answer.FollowUpTime, maxTurns)}
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
// answers, else the asker's own last in the same place.
func (c *conversations) before(keys ...string) *answer.Turn {
	for _, k := range keys {
		if t, ok := c.turns.get(k); ok {
			return &t.Turn
		}
	}
	return nil
}
