package discordtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"verbatim/internal/discordtest"
)

func TestStatsAddUp(t *testing.T) {
	var total discordtest.Stats
	for range 2 {
		t.Run("server", func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{OnClose: total.Add})
			send(t, s, "GET", "/users/@me", "")
			send(t, s, "GET", "/users/1", "")
			ready(t, s)
		})
	}
	want := "6 requests (4×200 2×404), 0 invalid, 0 injected faults, 0 violations; " +
		"4 events, 2 connections, 2 identifies, 0 of 0 resumes, 0 heartbeats"
	if got := total.String(); got != want {
		t.Errorf("total: %s\nwant:  %s", got, want)
	}
	if total.Routes["GET /users/@me"] != 2 {
		t.Errorf("routes: %v", total.Routes)
	}
}

func TestWaitsForTheGateway(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	r, session := ready(t, s)
	r.until("GUILD_CREATE")
	s.Gateway().WaitIdentifies(1)
	r.send(obj{"op": 1, "d": 2})
	s.Gateway().WaitHeartbeats(1)
	if got := s.Gateway().Sequence()[session]; got != 2 {
		t.Errorf("sequence %d, want 2", got)
	}
	s.Gateway().Drop()
	s.WaitDisconnected()
	s.Gateway().Repeat(2) // to nobody
	r = dial(t, s)
	s.Gateway().WaitConnections(2)
	r.next()
	r.send(obj{"op": 6, "d": obj{"token": s.Token(), "session_id": session, "seq": 2}})
	s.Gateway().WaitResumed(1)
}

func TestOldGatewayVersion(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL(), "http")+"/gateway?v=8", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if got := (&raw{t, ws}).closed(); got != 4012 {
		t.Errorf("closed with %d", got)
	}
}

// TestNoHeartbeat waits out the server's patience with a bot that sends no
// heartbeat.
func TestNoHeartbeat(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{HeartbeatInterval: time.Millisecond})
	r, _ := ready(t, s)
	if got := r.closed(); got != discordtest.CloseSessionTimedOut || s.Stats().TimedOut != 1 {
		t.Errorf("closed with %d, stats %+v", got, s.Stats())
	}
}

func TestAddressThatDiscordHasNot(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	resp, err := http.Get(s.URL() + "/elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if v := s.Violations(); resp.StatusCode != 404 || len(v) != 1 || v[0].Route != "GET /elsewhere" {
		t.Errorf("status %d, violations %v", resp.StatusCode, v)
	}
}

func TestOtherBotsAndWebhooks(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	general := s.Channel("general")
	other := s.Member("other bot", discordtest.AsBot())
	r, _ := ready(t, s)
	other.Says(general, s.BotUser().Mention())
	s.Member("hook").Says(general, s.BotUser().Mention(), discordtest.ByWebhook(),
		discordtest.WithComponents(discordtest.Component{Type: 99}))
	p := r.until("MESSAGE_CREATE")
	if got := string(p[len(p)-1].Data); !strings.Contains(got, `"bot":true`) || strings.Contains(got, "webhook_id") {
		t.Errorf("another bot: %s", got)
	}
	p = r.until("MESSAGE_CREATE")
	if got := string(p[len(p)-1].Data); !strings.Contains(got, `"webhook_id":"`) || strings.Contains(got, `"member"`) || !strings.Contains(got, `"type":99`) {
		t.Errorf("a webhook: %s", got)
	}
	everyone := s.Member("mod", discordtest.WithPermissions(discordtest.MentionEveryone)).Says(general, "@everyone "+s.Guild().Role("readers", 0).Mention())
	if !everyone.MentionEveryone || len(everyone.MentionRoles) != 1 {
		t.Errorf("mentions: %+v", everyone)
	}
	if m := s.Member("alice").Says(general, "@everyone"); m.MentionEveryone {
		t.Error("a member without the permission mentions everyone")
	}
}
