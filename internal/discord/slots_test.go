package discord

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/discordtest"
	"verbatim/internal/library"
)

// TestNobodyHasAllSlots: however many one asks for and never gives back, there are
// some for who comes next, and when they come back all have as many.
func TestNobodyHasAllSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(16)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		next := make(chan struct{})
		for i, want := range []string{"map[0:8] 8", "map[0:8 1:4] 4", "map[0:8 1:4 2:2] 2"} {
			for range 40 {
				wg.Go(func() {
					release, err := s.take(ctx, fmt.Sprint(i))
					if err != nil {
						return
					}
					select {
					case next <- struct{}{}:
					case <-ctx.Done():
					}
					release()
				})
			}
			synctest.Wait()
			if got := fmt.Sprint(s.held, s.free); got != want {
				t.Errorf("the slots are held by %v, want %v", got, want)
			}
		}
		for range 40 {
			<-next
		}
		synctest.Wait()
		if most, least := max(s.held["0"], s.held["1"], s.held["2"]), min(s.held["0"], s.held["1"], s.held["2"]); most > least+1 || s.free < least-1 {
			t.Errorf("the slots come to be held by %v, and %d are free", s.held, s.free)
		}
		cancel()
		if wg.Wait(); s.free != 16 || len(s.held) != 0 || s.waiting.Len() != 0 {
			t.Errorf("in the end %d are free, %v are held, %d wait", s.free, s.held, s.waiting.Len())
		}
	})
}

// TestSlotsGoToWhoWaits: in the order of coming, among those who may have one.
func TestSlotsGoToWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2)
		a, err := s.take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		var wg sync.WaitGroup
		wait := func(who string) (leave func()) {
			gate := make(chan struct{})
			wg.Go(func() {
				release, err := s.take(t.Context(), who)
				if err != nil {
					t.Error(err)
					return
				}
				got = append(got, who) // one at a time
				<-gate
				release()
			})
			synctest.Wait()
			return func() { close(gate); synctest.Wait() }
		}
		b, a2, c, a3 := wait("b"), wait("a"), wait("c"), wait("a")
		a()
		synctest.Wait()
		b()
		a2()
		c()
		a3()
		if wg.Wait(); fmt.Sprint(got) != "[b a c a]" {
			t.Errorf("the order is %v", got)
		}
	})
}

// TestSlotsAreNotLost: who gives up at the moment of getting one gives it back.
func TestSlotsAreNotLost(t *testing.T) {
	s := newSlots(4)
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*10*time.Microsecond)
			defer cancel()
			release, err := s.take(ctx, fmt.Sprint(i%3))
			if err == nil {
				release()
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	if wg.Wait(); s.free != 4 || len(s.held) != 0 || s.waiting.Len() != 0 {
		t.Errorf("%d are free, %v are held, %d wait", s.free, s.held, s.waiting.Len())
	}
}

// cold is the library of a server whose articles aren't open yet.
type cold struct {
	Own
	gate <-chan struct{} // closed when they are
}

func (c cold) Ready() bool {
	select {
	case <-c.gate:
		return true
	default:
		return false
	}
}

func (c cold) wait(ctx context.Context) error {
	select {
	case <-c.gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c cold) Corpus(ctx context.Context) *article.Corpus {
	_ = c.wait(ctx) // these are the operator's articles then
	return c.Own.Corpus(ctx)
}

func (c cold) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	if err := c.wait(ctx); err != nil {
		return answer.Answer{}, err
	}
	return c.Own.Ask(ctx, q)
}

// TestAServerThatOpensHoldsUpNoOther: while the articles of a server are being
// opened its members wait, as many as may, and nobody in another server does. What
// is suggested while they type doesn't wait at all.
func TestAServerThatOpensHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	var coldID string
	told := &counter{}
	s, _, _ := newShelved(t, func(c *Config, p *pace) {
		p.answer, p.deferral = time.Hour, time.Hour // however busy the machine is
		whole := c.Servers
		c.Servers = func(server string) Own {
			if server == coldID {
				return cold{Own: whole(server), gate: gate}
			}
			return whole(server)
		}
		c.Observer, c.Limits = told, &Limits{}
	})
	other := s.AddGuild("elsewhere")
	coldID = other.ID
	lobby, eve := other.Channel("lobby"), other.Member("eve")
	s.WaitCommands("ask")
	var waiting []*discordtest.Message
	for range maxOpening {
		waiting = append(waiting, s.mention(eve, lobby, "When does the ferry sail?"))
	}
	s.until("they wait", func(discordtest.Stats) bool {
		s.bot.flight.mu.Lock()
		defer s.bot.flight.mu.Unlock()
		return s.bot.flight.opening[coldID] == maxOpening
	})
	contains(t, s.Reply(s.mention(eve, lobby, "When does the ferry sail?")).Text(), "Too many questions at once.")
	if n := told.count("question: busy"); n != 1 {
		t.Errorf("%d questions are counted as busy, want 1", n)
	}
	contains(t, eve.Slash(lobby, "privacy").Reply().Text(), "What I keep")
	for range maxRunning {
		for _, option := range []string{"question", "article"} {
			if got := eve.Autocomplete(lobby, "ask", option, "ferry").Reply().Choices; len(got) != 0 {
				t.Errorf("suggested out of articles that aren't open: %v", got)
			}
		}
	}
	contains(t, s.ask(s.ada, "When does the ferry sail?").Text(), "noon")
	contains(t, s.Reply(s.mention(s.ada, s.general, "When does the ferry sail?")).Text(), "noon")
	contains(t, s.Reply(s.ada.DM("When does the ferry sail?")).Text(), "noon")
	close(gate)
	for _, m := range waiting {
		contains(t, s.Reply(m).Text(), "noon")
	}
	if got := eve.Autocomplete(lobby, "ask", "question", "ferry").Reply().Choices; len(got) == 0 {
		t.Error("nothing is suggested afterwards")
	}
}

// TestReloadsHoldUpNoAnswers: neither in their own server nor in another.
func TestReloadsHoldUpNoAnswers(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	desk := newDesk()
	desk.onReload = func() (library.Report, error) {
		<-gate
		return library.Report{}, nil
	}
	r := start(t, discordtest.Options{}, desk, func(c *Config, _ *pace) { c.Limits = &Limits{} })
	r.WaitCommands("ask", "corpus")
	c := r.Channel("general")
	mod := r.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))
	var reloads []*discordtest.Interaction
	for range maxUpkeep/2 + 2 {
		reloads = append(reloads, mod.Slash(c, "corpus reload"))
	}
	r.until("half of the slots are taken", func(discordtest.Stats) bool {
		desk.mu.Lock()
		defer desk.mu.Unlock()
		return len(desk.reloads) == maxUpkeep/2
	})
	contains(t, r.Member("ada").Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
	elsewhere := r.AddGuild("elsewhere")
	elsewhere.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)).Slash(elsewhere.Channel("lobby"), "corpus reload")
	r.until("another server's reload runs", func(discordtest.Stats) bool {
		desk.mu.Lock()
		defer desk.mu.Unlock()
		return len(desk.reloads) == maxUpkeep/2+1
	})
	close(gate)
	for _, i := range reloads {
		contains(t, i.Reply().Text(), "Reloaded.")
	}
}
