package lang

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestReadOnce: what is remembered of words never changes what is read, however
// many words there are and however many read at once.
func TestReadOnce(t *testing.T) {
	l := For("en")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range maxKnown + 5000 {
				w := fmt.Sprintf("Killed%d", i)
				switch i % 4 {
				case 1:
					w = strings.Repeat("Café", 1+i%13) + fmt.Sprint(i)
				case 2:
					w = []string{"US", "us", "The", "WHO", "U.S.", "3,000", "didn’t", "Al-Shara’s", "running"}[i%9]
				}
				if got, want := l.token(w), l.read(w); !reflect.DeepEqual(got, want) {
					t.Errorf("%q is read as %+v, then as %+v", w, want, got)
					return
				}
			}
		})
	}
	wg.Wait()
	known := *l.seen.known.Load()
	if n := len(known); n == 0 || n > maxKnown {
		t.Errorf("%d words are remembered, at most %d may be", n, maxKnown)
	}
	if n := len(l.seen.fresh); n > 64+maxKnown/4 {
		t.Errorf("%d words are remembered that don't count as known", n)
	}
	for w := range known {
		if len(w) > maxKnownWord {
			t.Errorf("%q is remembered", w)
		}
	}
}

// TestLanguagesShareMemory: a language of which nothing is known brings no
// memory of words of its own, so that the tags of articles can't fill the
// machine's, and is itself all the same.
func TestLanguagesShareMemory(t *testing.T) {
	memories := map[*memory]bool{}
	for i := range 1000 {
		tag := "x" + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
		l := For(tag + "-Latn")
		if l.Code != tag {
			t.Fatalf("the code of %s is %s", tag, l.Code)
		}
		memories[l.seen] = true
	}
	if len(memories) != 1 {
		t.Errorf("%d memories for languages that are read alike, want 1", len(memories))
	}
	if For("de").seen == For("en").seen || For("de").seen == For("xx").seen {
		t.Error("languages that are read differently share a memory")
	}
	if got, want := For("xx").Tokens("Häuser 1,000 U.S."), For("yy").Tokens("Häuser 1,000 U.S."); !slices.Equal(got, want) {
		t.Errorf("read as %v and %v", got, want)
	}
}
