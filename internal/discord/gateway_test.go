package discord

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// answers checks that the bot is at work: it answers a direct message once.
func (r *running) answers() {
	r.t.Helper()
	contains(r.t, r.Reply(r.Member("grace").DM("When was the lighthouse built?")).Text(), builtWhen)
}

// until waits for the server to have counted something.
func (r *running) until(what string, done func(discordtest.Stats) bool) {
	r.t.Helper()
	for range 2000 {
		if done(r.Stats()) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("never: %s", what)
}

// runError waits for the bot to end by itself.
func (r *running) runError() error {
	r.t.Helper()
	done := make(chan error, 1)
	r.t.Cleanup(func() { r.stop = func() error { return nil } })
	go func() { done <- r.ended() }()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		r.t.Fatal("the bot goes on")
		return nil
	}
}

func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		fault      func(discordtest.Gateway)
		resumed    int // sessions that were resumed by the end
		identified int // further sessions that were begun
	}{
		{"connection dropped", func(g discordtest.Gateway) { g.Drop() }, 1, 0},
		{"reconnect asked for", func(g discordtest.Gateway) { g.Reconnect() }, 1, 0},
		{"session invalid", func(g discordtest.Gateway) { g.InvalidateSession(false) }, 0, 1},
		{"session invalid but resumable", func(g discordtest.Gateway) { g.InvalidateSession(true) }, 1, 0},
		{"session timed out", func(g discordtest.Gateway) { g.Close(4009, "Session timed out") }, 0, 1},
		{"going away", func(g discordtest.Gateway) { g.Close(1001, "going away") }, 1, 0},
		{"closed normally", func(g discordtest.Gateway) { g.Close(1000, "") }, 1, 0},
		{"invalid sequence", func(g discordtest.Gateway) { g.Close(4007, "Invalid seq") }, 0, 1},
		{"unknown error", func(g discordtest.Gateway) { g.Close(4000, "Unknown error") }, 1, 0},
		{"reconnect as the first packet after RESUME", func(g discordtest.Gateway) { g.FirstReconnect(); g.Drop() }, 1, 0},
		{"acknowledgement as the first packet after RESUME", func(g discordtest.Gateway) { g.FirstAck(); g.Drop() }, 0, 1},
		{"invalid session as the first packet after RESUME", func(g discordtest.Gateway) { g.FirstInvalid(false); g.Drop() }, 0, 1},
		{"heartbeat asked for", func(g discordtest.Gateway) { g.RequestHeartbeat() }, 0, 0},
		{"not a packet", func(g discordtest.Gateway) { g.Send([]byte("{")) }, 0, 0},
		{"unknown opcode", func(g discordtest.Gateway) { g.Send([]byte(`{"op":99,"d":null}`)) }, 0, 0},
		{"unknown event", func(g discordtest.Gateway) { g.Dispatch("SOMETHING_NEW", map[string]any{"a": 1}) }, 0, 0},
		{"events of nothing", func(g discordtest.Gateway) {
			for _, kind := range []string{"GUILD_CREATE", "GUILD_UPDATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "INTERACTION_CREATE", "VOICE_STATE_UPDATE", "GUILD_MEMBER_ADD", "CHANNEL_CREATE", "THREAD_CREATE", "GUILD_ROLE_CREATE"} {
				g.Dispatch(kind, nil)
				g.Dispatch(kind, map[string]any{})
				g.Dispatch(kind, []any{nil})
				g.Dispatch(kind, map[string]any{"id": 5, "channels": []any{nil}, "members": []any{nil}, "roles": []any{nil}, "author": nil, "data": nil, "token": nil})
			}
		}, 0, 0},
		{"huge event", func(g discordtest.Gateway) {
			g.Dispatch("GUILD_CREATE", map[string]any{"id": "1", "description": strings.Repeat("x", 6<<20)})
		}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{}, newDesk())
			r.answers()
			before := r.Stats()
			test.fault(r.Gateway())
			r.until("the session is back", func(s discordtest.Stats) bool {
				return s.Resumed >= test.resumed && s.Identifies >= before.Identifies+test.identified
			})
			r.WaitReady()
			r.answers()
			after := r.Stats()
			if after.Resumed != test.resumed || after.Identifies != before.Identifies+test.identified {
				t.Errorf("%d sessions resumed and %d begun, want %d and %d", after.Resumed, after.Identifies-before.Identifies, test.resumed, test.identified)
			}
			if n := after.Connections - before.Connections; n > 3 {
				t.Errorf("%d connections were made", n)
			}
			if err := r.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSilentGateway(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"HELLO", "READY"} {
		t.Run("no "+part, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, discordtest.Options{})
			silence := map[string]func(bool){"HELLO": s.Gateway().Greet, "READY": s.Gateway().Answer}[part]
			silence(false)
			r := launch(t, s, newDesk(), func(_ *Config, p *pace) { p.guard.hello, p.guard.ready = 100*time.Millisecond, 100*time.Millisecond })
			r.until("a second connection", func(s discordtest.Stats) bool { return s.Connections > 1 })
			silence(true)
			r.logs("connected to the gateway") // a READY that comes late is given up too
			r.answers()
		})
	}
}

func TestServerAway(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	r.answers()
	r.Gateway().Away(true)
	r.WaitDisconnected()
	r.Gateway().Away(false)
	r.WaitReady()
	r.answers()
}

func TestMissedEventsAreAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")
	r.answers()
	r.Gateway().Drop()
	msg := ada.Says(c, r.BotUser().Mention()+" when was the lighthouse built?")
	contains(t, r.Reply(msg).Text(), builtWhen)
	r.Gateway().Repeat(5)
	r.answers()
	replies := 0
	for _, m := range c.Messages() {
		if m.MessageReference != nil && m.MessageReference.MessageID == msg.ID {
			replies++
		}
	}
	if replies != 1 {
		t.Errorf("%d replies to one message", replies)
	}
}

func TestFatal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		opts discordtest.Options
		conf func(*Config)
		do   func(*discordtest.Server)
		want error
		says string
	}{
		{"wrong token", discordtest.Options{AllowViolations: true}, func(c *Config) { c.Token = "wrong" }, nil, ErrToken, "DISCORD_TOKEN"},
		{"wrong token elsewhere", discordtest.Options{AllowViolations: true, Dialect: discordtest.OtherServer()}, func(c *Config) { c.Token = "wrong" }, nil, ErrToken, "DISCORD_TOKEN"},
		{"intents not granted", discordtest.Options{AllowViolations: true}, func(c *Config) { c.MessageContent = true }, nil, ErrIntents, "Message Content Intent"},
		{"sharding required", discordtest.Options{}, nil, func(s *discordtest.Server) { s.Gateway().FirstClose(4011, "Sharding required") }, ErrGateway, "more servers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, test.opts)
			if test.do != nil {
				test.do(s)
			}
			r := launch(t, s, newDesk(), func(c *Config, _ *pace) {
				if test.conf != nil {
					test.conf(c)
				}
			})
			err := r.runError()
			if !errors.Is(err, test.want) {
				t.Fatalf("Run = %v, want %v", err, test.want)
			}
			contains(t, err.Error(), test.says)
			if strings.Contains(fmt.Sprint(err, r.log), s.Token()) {
				t.Error("the token is said")
			}
		})
	}
}

func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{AllowViolations: true}, newDesk())
	r.answers()
	r.Gateway().Revoke()
	if err := r.runError(); !errors.Is(err, ErrToken) {
		t.Errorf("Run = %v, want %v", err, ErrToken)
	}
}

func TestOtherServer(t *testing.T) {
	t.Parallel()
	dialect := discordtest.OtherServer()
	dialect.StrictBodies = true
	desk := newDesk()
	r := start(t, discordtest.Options{Dialect: dialect}, desk)
	c, ada := r.Channel("general"), r.Member("ada")
	r.answers()
	contains(t, ada.Slash(c, "ask", discordtest.Opt("question", "When was the lighthouse built?")).Reply().Text(), builtWhen)
	contains(t, ada.Slash(c, "corpus reload", discordtest.Forged()).Reply().Text(), "does not tell me anyone's permissions")
	r.Gateway().Drop()
	r.until("a new session", func(s discordtest.Stats) bool { return s.Identifies > 1 })
	r.WaitReady()
	r.answers()
}

func TestGatewayElsewhereIsRefused(t *testing.T) {
	target, err := newEndpoint("http://127.0.0.1:4000")
	if err != nil {
		t.Fatal(err)
	}
	discord, err := newEndpoint("")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		e       *endpoint
		address string
		want    bool
	}{
		{target, "ws://127.0.0.1:4000/gateway", true}, {target, "ws://localhost:5000/", true}, {target, "wss://gateway.discord.gg", false},
		{target, "ws://127.0.0.2:4000", false}, {discord, "wss://gateway.discord.gg", true}, {discord, "wss://gateway-us-east1-b.discord.gg/", true},
		{discord, "ws://gateway.discord.gg", false}, {discord, "wss://evildiscord.gg", false}, {discord, "wss://127.0.0.1", false},
	} {
		if got := test.e.admits(mustURL(t, test.address)); got != test.want {
			t.Errorf("the gateway at %s: admitted %v, want %v", test.address, got, test.want)
		}
	}
}
