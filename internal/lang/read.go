package lang

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

// memory remembers the words that a language has read, so that one that occurs
// again, as most do, is neither normalised nor stemmed again: stemming is most
// of the cost of reading. A word always gives the same token, so what is
// remembered changes no result.
//
// Nearly all words are found in known, which is never changed, so that those
// who read side by side don't wait for each other. New ones gather in fresh and
// become known together, once there are enough of them to be worth a copy.
type memory struct {
	known atomic.Pointer[map[string]Token] // by the word as it is written, without its place
	mu    sync.Mutex
	fresh map[string]Token // guarded by mu
}

// What is remembered at most: 50,000 words of at most 40 bytes take about 8 MB,
// for each language with a stemmer and for all others together. When that is
// full it is all forgotten, so that words nobody uses any more don't stay for
// good.
const (
	maxKnown     = 50_000
	maxKnownWord = 40
)

// token is word's token as read reads it.
func (k *memory) token(word string, read func(string) Token) Token {
	if len(word) > maxKnownWord {
		return read(word)
	}
	known := k.known.Load()
	if known != nil {
		if t, ok := (*known)[word]; ok {
			return t
		}
	}
	k.mu.Lock()
	t, ok := k.fresh[word]
	k.mu.Unlock()
	if ok {
		return t
	}
	word = strings.Clone(word) // else the text that it is from stays in memory
	t = read(word)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fresh == nil {
		k.fresh = make(map[string]Token)
	}
	k.fresh[word] = t
	k.promote()
	return t
}

// promote makes the fresh words known when they are many against those that
// are.
func (k *memory) promote() {
	var known map[string]Token
	if p := k.known.Load(); p != nil {
		known = *p
	}
	if len(k.fresh) < 64+len(known)/4 {
		return
	}
	all := make(map[string]Token, len(known)+len(k.fresh))
	if len(known)+len(k.fresh) <= maxKnown {
		maps.Copy(all, known)
	}
	maps.Copy(all, k.fresh)
	k.known.Store(&all)
	k.fresh = nil
}
