package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"verbatim/internal/discordtest"
)

// TestServes: a server belongs to one shard, and a process looks after those of
// its own.
func TestServes(t *testing.T) {
	const zero, one = "4194304000000000000", "4194304000004194304" // the time in them is even, and odd
	for _, test := range []struct {
		shards    Shards
		zero, one bool
	}{
		{Shards{}, true, true}, {Shards{Recommended: true}, true, true}, {Shards{Count: 2}, true, true}, {Shards{Count: 2, IDs: []int{1, 0}}, true, true},
		{Shards{Count: 2, IDs: []int{0}}, true, false}, {Shards{Count: 2, IDs: []int{1}}, false, true},
	} {
		if got := [2]bool{test.shards.Serves(zero), test.shards.Serves(one)}; got != [2]bool{test.zero, test.one} {
			t.Errorf("%+v serves %v", test.shards, got)
		}
	}
	if (Shards{}).Serves("") {
		t.Error("no server is served")
	}
}

// guildsByShard adds guilds until each of so many shards has one.
func (r *running) guildsByShard(n int) []*discordtest.Guild {
	r.t.Helper()
	out := make([]*discordtest.Guild, n)
	for i := 0; slices.Contains(out, nil); i++ {
		g := r.AddGuild(fmt.Sprint("guild ", i))
		shard := r.Gateway().Carrier(g)
		if shard < 0 {
			r.t.Fatalf("nobody has guild %s", g.ID)
		}
		out[shard] = g
		time.Sleep(time.Millisecond) // the shard goes by the time in the ID
	}
	return out
}

// ask asks in a guild, once.
func (r *running) ask(g *discordtest.Guild) *discordtest.Message {
	return g.Member("ada").Says(g.Channel("general"), r.BotUser().Mention()+" "+whenBuilt)
}

// repliesTo counts the replies to a message.
func repliesTo(g *discordtest.Guild, msg *discordtest.Message) int {
	n := 0
	for _, m := range g.Channel("general").Messages() {
		if m.MessageReference != nil && m.MessageReference.MessageID == msg.ID {
			n++
		}
	}
	return n
}

func TestShardsOfOneProcess(t *testing.T) {
	t.Parallel()
	seen := &counter{}
	r := start(t, discordtest.Options{Shards: 3, Concurrency: 16}, newDesk(), func(c *Config, p *pace) {
		c.Shards.Recommended, c.Observer = true, seen
		p.firstWait, p.longestWait, p.atOnce = 4*time.Second, 4*time.Second, 0 // a shard that was dropped stays away for a while
	})
	r.WaitCommands("ask")
	guilds := r.guildsByShard(3)
	for _, g := range guilds {
		msg := r.ask(g)
		contains(t, r.Reply(msg).Text(), builtWhen)
		contains(t, g.Member("ada").Slash(g.Channel("general"), "ask", discordtest.Opt("question", whenBuilt)).Reply().Text(), builtWhen)
		if n := repliesTo(g, msg); n != 1 {
			t.Errorf("%d replies to one message", n)
		}
	}
	r.answers()

	r.Gateway().DropShard(1)
	missed := r.ask(guilds[1])
	for _, shard := range []int{0, 2} {
		contains(t, r.Reply(r.ask(guilds[shard])).Text(), builtWhen)
	}
	if got := r.Gateway().Carrier(guilds[1]); got != -1 {
		t.Errorf("shard %d was back before the others had answered", got)
	}
	contains(t, r.Reply(missed).Text(), builtWhen)
	r.until("shard 1 is back", func(discordtest.Stats) bool { return seen.count("shard 1 connected: true") == 2 })
	if s := r.Stats(); s.Identifies != 3 || s.Resumed != 1 {
		t.Errorf("%d sessions were begun and %d resumed, want 3 and 1", s.Identifies, s.Resumed)
	}
	for shard, want := range []int{1, 2, 1} {
		if got := seen.count(fmt.Sprintf("shard %d connected: true", shard)); got != want {
			t.Errorf("shard %d connected %d times, want %d", shard, got, want)
		}
	}
	if n := strings.Count(r.log.String(), "commands are registered"); n != 1 {
		t.Errorf("commands were registered %d times", n)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

// TestShardsOfTwoProcesses: each serves its own servers, and one of them what
// is done once.
func TestShardsOfTwoProcesses(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{Shards: 2, Concurrency: 16})
	first := launch(t, s, newDesk(), func(c *Config, _ *pace) { c.Shards = Shards{Count: 2, IDs: []int{0}} })
	second := launch(t, s, newDesk(), func(c *Config, _ *pace) { c.Shards = Shards{Count: 2, IDs: []int{1}} })
	s.WaitReady()
	for shard, g := range first.guildsByShard(2) {
		msg := first.ask(g)
		contains(t, first.Reply(msg).Text(), builtWhen)
		if n := repliesTo(g, msg); n != 1 {
			t.Errorf("%d replies to one message in a guild of shard %d", n, shard)
		}
	}
	first.answers()
	first.logs("commands are registered")
	for i, r := range []*running{first, second} {
		if got, want := len(r.desk.asked), 2-i; got != want {
			t.Errorf("process %d was asked %d times, want %d", i, got, want)
		}
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(second.log.String(), "commands are registered") {
		t.Error("the commands are registered by the wrong process")
	}
}

// TestIdentifiesArePaced: the server answers an IDENTIFY that comes too soon
// with INVALID_SESSION, after which there would be another.
func TestIdentifiesArePaced(t *testing.T) {
	for _, concurrency := range []int{1, 2, 16} {
		t.Run(fmt.Sprint(concurrency, " at once"), func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{Shards: 4, Concurrency: concurrency, IdentifyEvery: 200 * time.Millisecond}, newDesk(), func(c *Config, p *pace) {
				c.Shards.Count, p.apart = 4, 200*time.Millisecond
			})
			r.answers()
			if got := r.Stats().Identifies; got != 4 {
				t.Errorf("%d IDENTIFYs for 4 shards", got)
			}
		})
	}
}

// TestProcessesTakeTurns: two processes know nothing of each other's turns. The
// one that Discord refuses tries again, and both get there.
func TestProcessesTakeTurns(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{Shards: 2, IdentifyEvery: 100 * time.Millisecond})
	var all []*running
	for shard := range 2 {
		all = append(all, launch(t, s, newDesk(), func(c *Config, p *pace) {
			c.Shards, p.apart, p.longestWait = Shards{Count: 2, IDs: []int{shard}}, 100*time.Millisecond, time.Second
		}))
	}
	s.WaitReady()
	all[0].answers()
	if got := s.Stats().Identifies; got < 2 || got > 10 {
		t.Errorf("%d IDENTIFYs", got)
	}
}

func TestNoSessionsLeft(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{IdentifyBudget: 1})
	first := launch(t, s, newDesk())
	s.WaitReady()
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	r := launch(t, s, newDesk())
	r.until("the bot waits", func(discordtest.Stats) bool { return strings.Contains(r.log.String(), "allows no more sessions") })
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if got := s.Stats().Identifies; got != 1 {
		t.Errorf("%d IDENTIFYs, and one was allowed", got)
	}
}

// TestStartsTakeTurns drives the pacing without a server.
func TestStartsTakeTurns(t *testing.T) {
	var mu sync.Mutex
	inside, most, asked := map[int]int{}, map[int]int{}, 0
	s := &starts{patient: time.Second, apart: time.Millisecond, budget: rate.NewLimiter(rate.Inf, 1), logger: slog.New(slog.DiscardHandler), asking: make(chan struct{}, 1), turns: map[int]*turnstile{}}
	s.ask = func(context.Context) (a allowance, err error) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		a.Starts.Total, a.Starts.Remaining, a.Starts.ResetAfter, a.Starts.Concurrency = 1000, 4*(asked-1), 5, 3
		return a, nil
	}
	var wait sync.WaitGroup
	for shard := range 12 {
		wait.Go(func() {
			done, err := s.wait(t.Context(), shard)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			inside[shard%3]++
			most[shard%3] = max(most[shard%3], inside[shard%3])
			mu.Unlock()
			time.Sleep(2 * time.Millisecond)
			mu.Lock()
			inside[shard%3]--
			mu.Unlock()
			done()
		})
	}
	wait.Wait()
	// Told to wait, then that there are 4, and 8 after those.
	if most[0] != 1 || most[1] != 1 || most[2] != 1 || asked != 3 {
		t.Errorf("at most %v at once, asked %d times; want 1 of each and 3", most, asked)
	}

	done, err := s.wait(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.wait(ended, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ended with %v", err)
	}
	done()
}
