package discord

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// stillness is a clock that stands still until it is moved.
type stillness struct{ now time.Time }

func (c *stillness) clock() time.Time { return c.now }

func TestBuckets(t *testing.T) {
	ada, ben, cora := Caller{ID: "ada", Channel: "c", Server: "s"}, Caller{ID: "ben", Channel: "c", Server: "s"}, Caller{ID: "cora", Channel: "c", Server: "s"}
	elsewhere, direct := Caller{ID: "ada", Channel: "d", Server: "s"}, Caller{ID: "ada", Channel: "dm"}
	for _, tt := range []struct {
		name   string
		limits Limits
		first  []Caller // who have room
		then   Caller
		wait   time.Duration
		own    bool
	}{
		{"a member has to wait", Limits{Member: 3}, []Caller{ada, ada, ada}, ada, 20 * time.Second, true},
		{"wherever they are", Limits{Member: 2}, []Caller{ada, elsewhere}, direct, 30 * time.Second, true},
		{"another doesn't", Limits{Member: 2}, []Caller{ada, ada}, ben, 0, false},
		{"a channel", Limits{Member: 9, Channel: 2}, []Caller{ada, ben}, cora, 30 * time.Second, false},
		{"longer for who has had much", Limits{Member: 9, Channel: 2}, []Caller{ada, ben}, ada, 40 * time.Second, false},
		{"nobody has more than is left", Limits{Channel: 2}, []Caller{ada}, ada, 15 * time.Second, true},
		{"but where they are alone", Limits{Channel: 2}, []Caller{direct}, direct, 0, false},
		{"but not another", Limits{Channel: 2}, []Caller{ada, ben}, elsewhere, 0, false},
		{"a server", Limits{Server: 2}, []Caller{ada, ben}, cora, 30 * time.Second, false},
		{"which direct messages are not in", Limits{Server: 2}, []Caller{ada, ben}, direct, 0, false},
		{"the longest of two waits", Limits{Member: 1, Channel: 2}, []Caller{ada, ben}, ada, time.Minute, true},
		{"no limit", Limits{}, []Caller{ada, ada, ada, ada}, ada, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			time0 := &stillness{time.Unix(1e9, 0)}
			b := newBuckets(tt.limits, time0.clock)
			for i, c := range tt.first {
				if wait, _ := b.take(c, costRequest); wait != 0 {
					t.Fatalf("request %d has to wait %v", i, wait)
				}
			}
			for range 3 { // asking again makes it no longer
				if wait, own := b.take(tt.then, costRequest); wait.Round(time.Millisecond) != tt.wait || own != tt.own {
					t.Errorf("wait %v (own: %t), want %v (%t)", wait, own, tt.wait, tt.own)
				}
				if tt.wait == 0 {
					return
				}
			}
			time0.now = time0.now.Add(tt.wait + time.Millisecond)
			if wait, _ := b.take(tt.then, costRequest); wait != 0 {
				t.Errorf("there is no room after the wait: %v", wait)
			}
		})
	}
}

// TestNobodyIsShutOut: however often some ask, who asks now and then in the same
// channel never waits, those who ask without end have the same each, and together
// they have all that the channel has.
func TestNobodyIsShutOut(t *testing.T) {
	for _, greedy := range []int{1, 2, 7} {
		time0 := &stillness{time.Unix(1e9, 0)}
		b := newBuckets(Limits{Channel: 600}, time0.clock)
		had := make([]int, greedy+1)
		ask := func(member int) bool {
			wait, _ := b.take(Caller{ID: fmt.Sprint(member), Channel: "c", Server: "s"}, costRequest)
			if wait == 0 {
				had[member]++
			}
			return wait == 0
		}
		const minutes = 20
		for tick := range minutes * 60 * 20 {
			for i := range greedy {
				ask((i + tick) % greedy) // nobody is always first
			}
			if tick%40 == 39 && !ask(greedy) {
				t.Fatalf("%d greedy: who asks every 2 s has to wait after %v", greedy, time.Duration(tick)*time.Second/20)
			}
			time0.now = time0.now.Add(time.Second / 20)
		}
		least, most, all := had[0], had[0], had[greedy]
		for _, n := range had[:greedy] {
			least, most, all = min(least, n), max(most, n), all+n
		}
		if least < most*9/10 {
			t.Errorf("%d greedy: they had %v", greedy, had[:greedy])
		}
		if all < 600*minutes || all > 600*(minutes+1) {
			t.Errorf("%d greedy: %d requests were answered in %d minutes", greedy, all, minutes)
		}
		place, _ := b.kinds[1].byID.get("c")
		if len(place.parts) > greedy+1 {
			t.Errorf("%d greedy: %d members are kept", greedy, len(place.parts))
		}
	}
}

// TestPartsAreBounded: a channel that is never quiet doesn't remember all who
// ever asked there.
func TestPartsAreBounded(t *testing.T) {
	time0 := &stillness{time.Unix(1e9, 0)}
	b := newBuckets(Limits{Channel: 60}, time0.clock)
	for i := range 20_000 {
		b.take(Caller{ID: fmt.Sprint(i), Channel: "c", Server: "s"}, costTyping)
		time0.now = time0.now.Add(95 * time.Millisecond)
	}
	place, _ := b.kinds[1].byID.get("c")
	if n := len(place.parts); n == 0 || n > 2*60*costRequest+1 {
		t.Errorf("%d members are kept", n)
	}
}

func TestTypingCostsATenth(t *testing.T) {
	time0 := &stillness{time.Unix(1e9, 0)}
	b := newBuckets(Limits{Member: 2}, time0.clock)
	for i := range 20 {
		if wait, _ := b.take(Caller{ID: "ada"}, costTyping); wait != 0 {
			t.Fatalf("key %d has to wait %v", i, wait)
		}
	}
	if wait, _ := b.take(Caller{ID: "ada"}, costTyping); wait == 0 {
		t.Error("typing has no limit")
	}
}

// TestBucketsAreForgotten: full ones, when their time is over, and the oldest
// when they are too many.
func TestBucketsAreForgotten(t *testing.T) {
	time0 := &stillness{time.Unix(1e9, 0)}
	b := newBuckets(Limits{Member: 1, Channel: 1, Server: 1}, time0.clock)
	size := func() (n int) {
		for _, k := range b.kinds {
			n = max(n, len(k.byID.byKey))
		}
		return n
	}
	for i := range maxBuckets + 100 {
		id := fmt.Sprint(i)
		b.take(Caller{ID: id, Channel: id, Server: id}, costRequest)
	}
	if got := size(); got != maxBuckets {
		t.Errorf("%d buckets are kept, want %d", got, maxBuckets)
	}
	last := Caller{ID: fmt.Sprint(maxBuckets + 99)}
	if wait, _ := b.take(last, costRequest); wait == 0 {
		t.Error("who asked last is forgotten")
	}
	time0.now = time0.now.Add(2 * time.Minute)
	b.take(Caller{ID: "ada", Channel: "c", Server: "s"}, costRequest)
	if got := size(); got != 1 {
		t.Errorf("%d buckets are kept after their time, want 1", got)
	}
}

func TestLimitIsToldInPrivate(t *testing.T) {
	t.Parallel()
	told := &counter{}
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Limits, c.Observer = &Limits{Member: 2}, told })
	c, ada, ben := r.Channel("general"), r.Member("ada"), r.Member("ben")
	for range 2 {
		contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
	}
	got := ada.Slash(c, "ask", question(whenBuilt)).Reply()
	contains(t, got.Text(), "That was a lot at once. Please ask again in ", " s.")
	if !got.Ephemeral() {
		t.Error("everyone is told")
	}
	if got := ada.Autocomplete(c, "ask", "question", "wh").Reply(); len(got.Choices) > 0 {
		t.Errorf("suggestions go on: %v", got.Choices)
	}
	// Messages can't have a private reply: once, in a direct message.
	for range 3 {
		ada.Says(c, r.BotUser().Mention()+" "+whenBuilt)
	}
	r.until("ada is told", func(discordtest.Stats) bool { return len(ada.DMChannel().Messages()) > 0 })
	contains(t, r.Reply(ben.Says(c, r.BotUser().Mention()+" "+whenBuilt)).Text(), builtWhen)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if got := ada.DMChannel().Messages(); len(got) != 1 || !strings.Contains(got[0].Content, "That was a lot at once.") {
		t.Errorf("ada was told %d times", len(got))
	}
	for _, m := range c.Messages() {
		if m.Author.Bot && strings.Contains(m.Content, "a lot at once") && m.Flags&flagEphemeral == 0 {
			t.Errorf("the channel was told: %s", m.Content)
		}
	}
	if got := told.count("question: limited"); got != 4 {
		t.Errorf("%d questions are counted as limited, want 4: %v", got, told.told)
	}
}

func TestChannelLimit(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Limits = &Limits{Channel: 2} })
	c := r.Channel("general")
	for _, name := range []string{"ada", "ben"} {
		contains(t, r.Member(name).Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
	}
	contains(t, r.Member("cora").Slash(c, "ask", question(whenBuilt)).Reply().Text(), "Many people are asking here right now.")
	contains(t, r.Reply(r.Member("cora").DM(whenBuilt)).Text(), builtWhen)
}
