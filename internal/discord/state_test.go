package discord

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

func TestStateRoundTrip(t *testing.T) {
	for _, st := range []state{
		{Action: actContext, Revision: "0123456789ab", Band: answer.None},
		{Action: actShare, Revision: "ffffffffffff", Owner: "18446744073709551615", Band: answer.High, Span: article.Span{Start: 12, End: 3456}, Passages: []stretch{{0, 1, 2}, {99999, 123456, 123460}, {3, 4, 4}}},
		{Action: actPage, Revision: "000000000000", Band: answer.Low, Page: 70000, Passages: []stretch{{1, 2, 3}}},
		{Action: actMore, Revision: "a1b2c3d4e5f6", Band: answer.Medium, Passages: []stretch{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}, {5, 5, 5}, {6, 6, 6}, {7, 7, 7}, {8, 8, 8}}},
	} {
		id, err := st.encode()
		if err != nil {
			t.Errorf("encode %+v: %v", st, err)
			continue
		}
		got, err := decodeState(id)
		if err != nil || !reflect.DeepEqual(got, st) {
			t.Errorf("%q is %+v, %v; want %+v", id, got, err, st)
		}
	}
}

func TestStateTooLong(t *testing.T) {
	st := state{Revision: "0123456789ab"}
	for range maxStretches {
		st.Passages = append(st.Passages, stretch{1 << 30, 1 << 30, 1<<30 + 1<<20})
	}
	if id, err := st.encode(); err == nil {
		t.Errorf("%d characters are written", len(id))
	}
	for _, bad := range []state{{}, {Revision: "xyz"}, {Revision: "0123456789ab", Owner: "someone"}} {
		if id, err := bad.encode(); err == nil {
			t.Errorf("%+v is written as %q", bad, id)
		}
	}
}

func FuzzDecodeState(f *testing.F) {
	good, err := state{Action: actMore, Revision: "a1b2c3d4e5f6", Band: answer.Low, Owner: "5", Passages: []stretch{{1, 2, 3}}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	for _, id := range []string{"", "v1.", good, good + "A", strings.TrimSuffix(good, "A"), "v1.////", "v1.AAAAAAAAAAAAAAAAAAAAAA"} {
		f.Add(id)
	}
	corpus := article.NewCorpus([]*article.Article{lighthouse()})
	f.Fuzz(func(t *testing.T, id string) {
		st, err := decodeState(id)
		if err != nil {
			return
		}
		for _, x := range st.Passages {
			if p, ok := x.passage(corpus); ok && p.Text() == "" {
				t.Errorf("%q has an empty passage", id)
			}
		}
		if _, err := st.encode(); err != nil {
			t.Errorf("%q was read as %+v, which can't be written: %v", id, st, err)
		}
	})
}

// stopped is a clock that stands still until it is moved.
type stopped struct{ at time.Time }

func (s *stopped) now() time.Time { return s.at }

func TestRecentForgets(t *testing.T) {
	clock := &stopped{time.Unix(0, 0)}
	r := newRecent[string, int](clock.now, time.Minute, 2)
	r.put("a", 1)
	r.put("b", 2)
	r.put("a", 3) // renewed: b is the oldest now
	r.put("c", 4)
	if _, ok := r.get("b"); ok {
		t.Error("the oldest of too many is kept")
	}
	if v, ok := r.get("a"); !ok || v != 3 {
		t.Errorf("a is %d, %v", v, ok)
	}
	clock.at = clock.at.Add(time.Minute)
	if _, ok := r.get("a"); ok {
		t.Error("a is kept for longer than its time")
	}
	if len(r.byKey) != 0 || r.order.Len() != 0 {
		t.Error("what is forgotten takes room")
	}
	if v, ok := r.drop("nothing"); ok || v != 0 {
		t.Error("what was never kept is dropped")
	}
	free := func(int) bool { return false }
	if !r.claim("x", 1, free) || r.claim("x", 2, free) || !r.claim("x", 3, func(int) bool { return true }) {
		t.Error("a claim counts twice, or not at all")
	}
	r.claim("y", 1, free)
	r.claim("z", 1, free)
	if len(r.byKey) != 2 {
		t.Errorf("%d are kept for claims, want 2", len(r.byKey))
	}
	clock.at = clock.at.Add(time.Minute)
	if !r.claim("y", 2, free) || len(r.byKey) != 1 {
		t.Errorf("claims outlive their time: %d are kept", len(r.byKey))
	}
}

func TestTurnBefore(t *testing.T) {
	c := newConversations(time.Now)
	c.note(turn{Turn: answer.Turn{Question: "reply"}}, "a reply")
	c.note(turn{Turn: answer.Turn{Question: "last"}}, "an asker")
	if got := c.before("none", "a reply", "an asker"); got == nil || got.Question != "reply" {
		t.Errorf("the turn before is %+v, want that of the reply", got)
	}
	if c.before("none") != nil {
		t.Error("a turn from nowhere")
	}
}

func TestSeenOnce(t *testing.T) {
	s := newSeen(2)
	for i, test := range []struct {
		id   string
		want bool
	}{{"a", true}, {"a", false}, {"b", true}, {"c", true}, {"c", false}, {"a", true}} {
		if got := s.first(test.id); got != test.want {
			t.Errorf("%d: first(%q) = %v", i, test.id, got)
		}
	}
}

// TestForgedPage: the page of a context is private, so a forged button that
// turns one leaves a message that everyone sees as it is.
func TestForgedPage(t *testing.T) {
	desk := newDesk()
	h, err := newHandlers(desk, nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	id, err := state{Action: actPage, Revision: desk.corpus.Revision, Passages: []stretch{{0, 0, 0}}}.encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []bool{false, true} {
		got, err := h.press(t.Context(), pressRequest{State: id, Hidden: hidden})
		if err != nil || got.Update != hidden || !got.Private {
			t.Errorf("under a message with hidden %v: %v, update %v, private %v", hidden, err, got.Update, got.Private)
		}
	}
}

// TestSharedOnce: of presses at the same moment, one makes an answer public.
func TestSharedOnce(t *testing.T) {
	desk := newDesk()
	h, err := newHandlers(desk, nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	id, err := state{Action: actShare, Revision: desk.corpus.Revision, Owner: "7", Band: answer.High, Passages: []stretch{{0, 0, 0}}}.encode()
	if err != nil {
		t.Fatal(err)
	}
	for round := range 50 {
		var public atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := h.press(t.Context(), pressRequest{Caller: Caller{ID: "7", Locale: "en-US"}, State: id, Message: strconv.Itoa(round), Hidden: true})
				switch {
				case err != nil:
					t.Error(err)
				case !got.Private:
					public.Add(1)
				case got.Text != "This answer has already been shared.":
					t.Errorf("another press says %q", got.Text)
				}
			})
		}
		if wg.Wait(); public.Load() != 1 {
			t.Fatalf("shared %d times", public.Load())
		}
	}
}
