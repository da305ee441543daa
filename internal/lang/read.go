package lang

import (
	"strings"
	"sync"
)

// memory remembers the words that a language has read, so that one that occurs
// again, as most do, is neither normalised nor stemmed again: stemming is most
// of the cost of reading. A word always gives the same token, so what is
// remembered changes no result.
type memory struct {
	mu    sync.RWMutex
	words map[string]Token // by the word as it is written, without its place
}

// What is remembered at most: 50,000 words of at most 40 bytes take about 8 MB.
// When that is full it is all forgotten, so that words nobody uses any more
// don't stay for good.
const (
	maxKnown     = 50_000
	maxKnownWord = 40
)

// token is word's token as read reads it.
func (k *memory) token(word string, read func(string) Token) Token {
	if len(word) > maxKnownWord {
		return read(word)
	}
	k.mu.RLock()
	t, ok := k.words[word]
	k.mu.RUnlock()
	if ok {
		return t
	}
	word = strings.Clone(word) // else the text that it is from stays in memory
	t = read(word)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.words == nil || len(k.words) >= maxKnown {
		k.words = make(map[string]Token)
	}
	k.words[word] = t
	return t
}
