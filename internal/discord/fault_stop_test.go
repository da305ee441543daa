package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/discordtest"
	"verbatim/internal/library"
)

// TestStopAtAnyPoint: whatever hangs, for an hour or for good, the bot that is
// told to stop does, within the time that it gives to what runs. Goroutines that
// it would leave behind fail the package's tests.
func TestStopAtAnyPoint(t *testing.T) {
	t.Parallel()
	const forever = time.Hour
	hang := discordtest.Fault{Status: 504, Delay: forever}
	slow := discordtest.Fault{Status: 200, Body: `{"id":"1","url":"ws://127.0.0.1"}`, SlowBody: forever}
	limit := discordtest.Fault{Status: 429, RetryAfter: forever}
	for _, test := range []struct {
		name  string
		plan  func(*testing.T, *discordtest.Server) // before the bot starts; nil means that it gets ready first
		do    func(*running)                        // then; returns at the point to stop at
		patch func(*Config, *pace)
	}{
		{name: "Discord away from the start", plan: func(_ *testing.T, s *discordtest.Server) { s.Gateway().Away(true) },
			do: func(r *running) { r.logs("can't be reached") }},
		{name: "who the bot is, without an answer", plan: planned("GET", "/users/@me", hang), do: reached},
		{name: "who the bot is, half an answer", plan: planned("GET", "/users/@me", slow), do: reached},
		{name: "who the bot is, a limit", plan: planned("GET", "/users/@me", limit), do: reached},
		{name: "what the gateway allows, without an answer", plan: planned("GET", "/gateway/bot", hang), do: reached},
		{name: "what the gateway allows: nothing today", plan: planned("GET", "/gateway/bot", discordtest.Fault{Status: 200,
			Body: `{"shards":1,"session_start_limit":{"total":1000,"remaining":0,"reset_after":86400000,"max_concurrency":1}}`}), do: reached},
		{name: "where the gateway is, without an answer", plan: planned("GET", "/gateway", hang), do: reached},
		{name: "where the gateway is, half an answer", plan: planned("GET", "/gateway", slow), do: reached},
		{name: "no HELLO", plan: func(_ *testing.T, s *discordtest.Server) { s.Gateway().Greet(false) }, do: func(r *running) { r.Gateway().WaitConnections(1) }},
		{name: "no READY", plan: func(_ *testing.T, s *discordtest.Server) { s.Gateway().Answer(false) }, do: func(r *running) { r.Gateway().WaitIdentifies(1) }},
		{name: "commands that can't be written", plan: planned("*", "/applications/{app}/commands", hang), do: reached},
		{name: "a session that is invalid", plan: func(_ *testing.T, s *discordtest.Server) { s.Gateway().FirstInvalid(false) }, patch: patient, do: func(r *running) { r.logs("connection ended") }},
		{name: "a connection that was cut", do: func(r *running) { r.Gateway().Drop(); r.Gateway().WaitConnections(2) }},
		{name: "a connection that was cut, before the next try", patch: patient, do: func(r *running) { r.Gateway().Drop(); r.logs("connection ended") }},
		{name: "Discord away", do: func(r *running) { r.Gateway().Away(true); r.logs("connection ended") }},
		{name: "heartbeats without an answer", do: func(r *running) { r.Gateway().Acknowledge(false) }},
		{name: "a reply that hangs", do: func(r *running) {
			r.Fail("POST", messagesRoute, 1, hang)
			r.mention(r.Member("ada"), r.Channel("general"), whenBuilt)
			r.WaitFaults()
		}},
		{name: "a response that hangs", do: func(r *running) {
			r.Fail("POST", callbackRoute, 1, hang)
			r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			r.WaitFaults()
		}},
		{name: "a reply that has to wait an hour", do: func(r *running) {
			r.Limit("POST /channels/{channel}/messages", 1, forever)
			for range 3 {
				r.mention(r.Member("ada"), r.Channel("general"), whenBuilt)
			}
			r.asked(3)
		}},
		{name: "a direct message that hangs", do: func(r *running) {
			r.Fail("POST", messagesRoute, 1, discordtest.Fault{Status: 403, Code: discordtest.CodeMissingPermissions})
			r.Fail("POST", "/users/@me/channels", 1, hang)
			r.mention(r.Member("ada"), r.Channel("general"), whenBuilt)
			r.WaitFaults()
		}},
		{name: "a flood", do: func(r *running) {
			r.desk.set(func() { r.desk.onAsk = untilTheEnd })
			for range maxInside + 40 {
				r.mention(r.Member("ada"), r.Channel("general"), whenBuilt)
			}
			r.asked(maxRunning / 2)
		}, patch: func(c *Config, _ *pace) { c.Limits = &Limits{} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, discordtest.Options{AllowViolations: true})
			if test.plan != nil {
				test.plan(t, s)
			}
			r := launch(t, s, newDesk(), func(c *Config, p *pace) {
				p.drain = 300 * time.Millisecond
				p.open, p.guard.hello, p.guard.ready = forever, forever, forever // nothing ends by itself
				if test.patch != nil {
					test.patch(c, p)
				}
			})
			if test.plan == nil {
				r.WaitReady()
				r.WaitCommands("ask")
			}
			test.do(r)
			r.stopsWithin(5 * time.Second)
		})
	}
}

// patient waits long before the next connection.
func patient(_ *Config, p *pace) { p.firstWait, p.longestWait, p.atOnce = time.Hour, time.Hour, 0 }

// planned plans a fault of every request of a route.
func planned(method, route string, f discordtest.Fault) func(*testing.T, *discordtest.Server) {
	return func(_ *testing.T, s *discordtest.Server) { s.Fail(method, route, 1, f) }
}

// reached waits until the bot is where the faults are.
func reached(r *running) { r.WaitFaults() }

// untilTheEnd is a question that takes as long as it may.
func untilTheEnd(ctx context.Context, _ answer.Question) (answer.Answer, error) {
	<-ctx.Done()
	return answer.Answer{}, ctx.Err()
}

// logs waits until something is logged.
func (r *running) logs(what string) {
	r.t.Helper()
	r.until("the log says "+what, func(discordtest.Stats) bool { return strings.Contains(r.log.String(), what) })
}

// asked waits until the desk has been asked so often.
func (r *running) asked(n int) {
	r.t.Helper()
	r.until("the questions reach the desk", func(discordtest.Stats) bool {
		r.desk.mu.Lock()
		defer r.desk.mu.Unlock()
		return len(r.desk.asked) >= n
	})
}

// stopsWithin tells the bot to stop and holds it to a time.
func (r *running) stopsWithin(limit time.Duration) {
	r.t.Helper()
	done := make(chan error, 1)
	go func() { done <- r.stop() }()
	select {
	case err := <-done:
		if err != nil {
			r.t.Errorf("Run = %v", err)
		}
	case <-time.After(limit):
		r.t.Errorf("the bot goes on after %v", limit)
	}
	if strings.Contains(r.log.String(), "left behind") {
		r.t.Error("the bot leaves a session behind")
	}
}

// TestStopAtASilentGateway: one that takes connections and never says a word.
func TestStopAtASilentGateway(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := newServer(t, discordtest.Options{})
	s.Fail("GET", "/gateway", 1, discordtest.Fault{Status: 200, Body: fmt.Sprintf(`{"url":"ws://%s"}`, l.Addr())})
	r := launch(t, s, newDesk(), func(_ *Config, p *pace) { p.guard.hello, p.open = time.Hour, time.Hour })
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r.stopsWithin(5 * time.Second)
}

// TestStopTellsWhoWaits: a question that takes longer than the bot may take to
// stop is given up, and whoever asked is told.
func TestStopTellsWhoWaits(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk, func(_ *Config, p *pace) { p.drain = 500 * time.Millisecond })
	c, ada := r.Channel("general"), r.Member("ada")
	r.WaitCommands("ask")
	desk.set(func() { desk.onAsk = untilTheEnd })
	slash, said := ada.Slash(c, "ask", question(whenBuilt)), r.mention(ada, c, whenBuilt)
	r.asked(2)
	r.stopsWithin(5 * time.Second)
	contains(t, slash.Reply().Text(), "That took too long.")
	contains(t, r.Reply(said).Text(), "That took too long.")
	if log := r.log.String(); strings.Contains(log, unstoppable) {
		t.Errorf("something still runs:\n%s", log)
	}
}

// unstoppable is what the log says of work that takes no notice of its end.
const unstoppable = "doesn't stop though it was told to"

// TestStopLeavesWhatNeverEnds: a handler that takes no notice of its context
// can't keep the bot from stopping.
func TestStopLeavesWhatNeverEnds(t *testing.T) {
	t.Parallel()
	desk, gate := newDesk(), make(chan struct{})
	defer close(gate)
	r := start(t, discordtest.Options{}, desk, func(_ *Config, p *pace) { p.drain = 300 * time.Millisecond })
	c, ada := r.Channel("general"), r.Member("ada")
	mia := r.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))
	r.WaitCommands("ask")
	desk.set(func() {
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) { <-gate; return answer.Answer{}, nil }
		desk.onReload = func() (library.Report, error) { <-gate; return library.Report{}, nil }
	})
	slash := ada.Slash(c, "ask", question(whenBuilt))
	mia.Slash(c, "corpus reload")
	r.mention(ada, c, whenBuilt)
	r.asked(2)
	r.stopsWithin(5 * time.Second)
	contains(t, slash.Reply().Text(), "That took too long.")
	contains(t, r.log.String(), "stopping with replies unfinished", unstoppable)
}

// TestVerifyKeepsToItsTime: looking for a quotation ends with its context.
func TestVerifyKeepsToItsTime(t *testing.T) {
	h, err := newHandlers(newDesk(), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if reply, err := h.check(ctx, checkRequest{Quote: "The king of Denmark visited the lighthouse with his daughters"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", reply, err)
	}
}
