package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"verbatim/internal/article"
)

// TestPreparedOnce: of many who ask at once, one makes it. Those who wait give up
// with their time, while who makes it goes on, for it serves others.
func TestPreparedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made, gate := 0, make(chan struct{})
		p := newPrepared(time.Now, func(string) int { return 1 }, func(ctx context.Context, c *article.Corpus) (string, error) {
			made++
			<-gate
			return string(c.Revision), ctx.Err()
		})
		c := newDesk().corpus
		var wg sync.WaitGroup
		ask := func(ctx context.Context, want error) {
			wg.Go(func() {
				if got, err := p.of(ctx, c); !errors.Is(err, want) || want == nil && got != string(c.Revision) {
					t.Errorf("%q, %v; want %v", got, err, want)
				}
			})
			synctest.Wait()
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ask(short, nil) // it goes on beyond its time
		for range 8 {
			ask(short, context.DeadlineExceeded)
			ask(t.Context(), nil)
		}
		time.Sleep(2 * time.Second)
		close(gate)
		wg.Wait()
		ask(t.Context(), nil)
		if wg.Wait(); made != 1 {
			t.Errorf("made %d times", made)
		}
	})
}

// TestPreparingEndsWithTheBot: nobody waits for what is made any more, and what
// was not made whole isn't kept.
func TestPreparingEndsWithTheBot(t *testing.T) {
	h, err := newHandlers(newDesk(), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	c := h.desk.Corpus(t.Context())
	if _, err := h.checkers.of(ended, c); !errors.Is(err, context.Canceled) {
		t.Errorf("a checker: %v", err)
	}
	if _, err := h.completers.of(ended, c); !errors.Is(err, context.Canceled) {
		t.Errorf("a completer: %v", err)
	}
	if k, err := h.checkers.of(t.Context(), c); err != nil || k.Checker == nil {
		t.Errorf("a checker afterwards: %v, %v", k, err)
	}
	if k, err := h.completers.of(t.Context(), c); err != nil || len(k.lines) == 0 {
		t.Errorf("a completer afterwards: %v, %v", k, err)
	}
}

// TestPreparedIsBounded: by number and by bytes, and the newest is kept.
func TestPreparedIsBounded(t *testing.T) {
	made := 0
	p := newPrepared(time.Now, func(n int) int { return n << 20 }, func(_ context.Context, c *article.Corpus) (int, error) {
		made++
		return len(c.Articles), nil
	})
	of := func(size int) *article.Corpus {
		c := &article.Corpus{Articles: make([]*article.Article, size)}
		if _, err := p.of(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 2 * maxPrepared {
		of(1)
	}
	if n := len(p.kept.byKey); n != maxPrepared {
		t.Errorf("%d small ones are kept", n)
	}
	for _, size := range []int{100, 100, 100} {
		of(size)
	}
	if p.kept.used != 200<<20 {
		t.Errorf("%d bytes are kept", p.kept.used)
	}
	huge := of(1000)
	made = 0
	if _, err := p.of(t.Context(), huge); err != nil || made != 0 || len(p.kept.byKey) != 1 {
		t.Errorf("one larger than all room: %v, made again %d times, %d kept", err, made, len(p.kept.byKey))
	}
}

// TestSizesArePlausible holds what is counted of what is prepared against the
// text that it is made of.
func TestSizesArePlausible(t *testing.T) {
	var sentences []string
	for i := range 2000 {
		sentences = append(sentences, fmt.Sprintf("Sentence %d of the lighthouse, which stands above the harbour.", i))
	}
	c := article.NewCorpus([]*article.Article{newArticle("a", "A", "", sentences)})
	k, err := newCompleter(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if n := k.bytes(); n < bytesOf(c) || n > 3*bytesOf(c) {
		t.Errorf("a completer of %d bytes of text has %d", bytesOf(c), n)
	}
}

// TestRevisionIsNoKey: a server whose articles somebody made to have the revision
// of another's is shown nothing of that other's.
func TestRevisionIsNoKey(t *testing.T) {
	secret, forged := newDesk(newArticle("a", "Secret", "", []string{"The keeper's daughter hid seven silver spoons."})).corpus, newDesk().corpus
	forged.Revision = secret.Revision
	corpora := map[string]*article.Corpus{"1": secret, "2": forged}
	h, err := newHandlers(newDesk(), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h.servers = func(server string) Own { return onlyCorpus{corpus: corpora[server]} }
	for _, server := range []string{"1", "2", "1"} {
		got, err := h.in(server).check(t.Context(), checkRequest{Caller: Caller{Server: server}, Quote: "hid seven silver spoons"})
		if err != nil {
			t.Fatal(err)
		}
		offered, err := h.in(server).suggestions(t.Context(), completeRequest{Caller: Caller{Server: server}, Command: nameAsk, Option: nameQuestion, Typed: "silver"})
		if err != nil {
			t.Fatal(err)
		}
		theirs := server == "1"
		if strings.Contains(got.Text, "Secret") != theirs || len(offered.Choices) > 0 != theirs {
			t.Errorf("in server %s: choices %v, and\n%s", server, offered.Choices, got.Text)
		}
	}
}

// onlyCorpus is a server's library of which nothing but the corpus is used.
type onlyCorpus struct {
	Own
	corpus *article.Corpus
}

func (o onlyCorpus) Corpus(context.Context) *article.Corpus { return o.corpus }
