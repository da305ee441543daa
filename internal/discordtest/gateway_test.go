package discordtest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"verbatim/internal/discordtest"
)

// raw is a bot that speaks to the gateway without a library.
type raw struct {
	t  *testing.T
	ws *websocket.Conn
}

type packet struct {
	Op   int             `json:"op"`
	Seq  *int            `json:"s"`
	Type *string         `json:"t"`
	Data json.RawMessage `json:"d"`
}

func (p packet) kind() string {
	if p.Type == nil {
		return ""
	}
	return *p.Type
}

// dial connects and takes no packet yet.
func dial(t *testing.T, s *discordtest.Server) *raw {
	t.Helper()
	a := send(t, s, "GET", "/gateway", "")
	var g struct{ URL string }
	if err := json.Unmarshal([]byte(a.body), &g); err != nil {
		t.Fatal(err)
	}
	ws, _, err := websocket.DefaultDialer.Dial(g.URL+"/?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	return &raw{t, ws}
}

func (r *raw) send(v any) {
	r.t.Helper()
	if err := r.ws.WriteJSON(v); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) next() packet {
	r.t.Helper()
	var p packet
	if err := r.ws.ReadJSON(&p); err != nil {
		r.t.Fatal(err)
	}
	return p
}

// until reads up to the event of that type, and gives it and all before it.
func (r *raw) until(kind string) []packet {
	r.t.Helper()
	var out []packet
	for {
		p := r.next()
		out = append(out, p)
		if p.kind() == kind {
			return out
		}
	}
}

// closed reads until the connection ends and gives the close code; -1 when it
// was cut.
func (r *raw) closed() int {
	r.t.Helper()
	for {
		if _, _, err := r.ws.ReadMessage(); err != nil {
			var ce *websocket.CloseError
			if errors.As(err, &ce) && ce.Code != websocket.CloseAbnormalClosure {
				return ce.Code
			}
			return -1
		}
	}
}

type obj = map[string]any

const plainIntents = 1<<0 | 1<<9 | 1<<12

func identify(s *discordtest.Server, change ...func(obj)) obj {
	d := obj{"token": s.Token(), "intents": plainIntents, "properties": obj{"os": "linux"}}
	for _, f := range change {
		f(d)
	}
	return obj{"op": 2, "d": d}
}

// ready connects, identifies and reads READY.
func ready(t *testing.T, s *discordtest.Server, change ...func(obj)) (*raw, string) {
	t.Helper()
	r := dial(t, s)
	if p := r.next(); p.Op != 10 {
		t.Fatalf("first packet has op %d, want 10", p.Op)
	}
	r.send(identify(s, change...))
	p := r.next()
	if p.kind() != "READY" || *p.Seq != 1 {
		t.Fatalf("after IDENTIFY: op %d %s", p.Op, p.kind())
	}
	var d struct {
		SessionID string `json:"session_id"`
	}
	if err := json.Unmarshal(p.Data, &d); err != nil || d.SessionID == "" {
		t.Fatalf("READY: %s", p.Data)
	}
	return r, d.SessionID
}

func TestIdentifyIsChecked(t *testing.T) {
	set := func(key string, v any) func(obj) { return func(d obj) { d[key] = v } }
	for _, tt := range []struct {
		name   string
		change func(obj)
		want   int
	}{
		{"wrong token", set("token", "nonsense"), discordtest.CloseAuthenticationFailed},
		{"content intent", set("intents", 1<<15|plainIntents), discordtest.CloseDisallowedIntents},
		{"members intent", set("intents", 1<<1), discordtest.CloseDisallowedIntents},
		{"unknown intent", set("intents", 1<<40), discordtest.CloseInvalidIntents},
		{"no intents", func(d obj) { delete(d, "intents") }, discordtest.CloseDecodeError},
		{"shard out of bounds", set("shard", []int{2, 2}), discordtest.CloseInvalidShard},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{AllowViolations: true})
			r := dial(t, s)
			r.send(identify(s, tt.change))
			if got := r.closed(); got != tt.want {
				t.Errorf("closed with %d, want %d", got, tt.want)
			}
		})
	}
	s := discordtest.New(t, discordtest.Options{Privileged: discordtest.IntentMessageContent})
	ready(t, s, set("intents", 1<<15|plainIntents))
	ready(t, s, set("token", "Bot "+s.Token()))
}

func TestBadPackets(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first bool // identified before
		text  string
		want  int
	}{
		{"not JSON", true, "{", discordtest.CloseDecodeError},
		{"too long", true, `{"op":3,"d":{"status":"` + strings.Repeat("x", 4096) + `"}}`, discordtest.CloseDecodeError},
		{"unknown op", true, `{"op":99}`, discordtest.CloseUnknownOpcode},
		{"identify twice", true, `{"op":2,"d":{"token":"t","intents":0,"properties":{}}}`, discordtest.CloseAlreadyAuthenticated},
		{"presence before identify", false, `{"op":3,"d":{}}`, discordtest.CloseNotAuthenticated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{AllowViolations: true})
			r := dial(t, s)
			if tt.first {
				r, _ = ready(t, s)
			}
			if err := r.ws.WriteMessage(websocket.TextMessage, []byte(tt.text)); err != nil {
				t.Fatal(err)
			}
			if got := r.closed(); got != tt.want {
				t.Errorf("closed with %d, want %d", got, tt.want)
			}
		})
	}
}

func TestTooManySends(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	r, _ := ready(t, s)
	for range 120 { // one more than 120 with IDENTIFY
		r.send(obj{"op": 1, "d": nil})
	}
	if got := r.closed(); got != discordtest.CloseRateLimited {
		t.Errorf("closed with %d", got)
	}
	if v := s.Violations(); len(v) != 1 {
		t.Errorf("violations = %v", v)
	}
}

func TestGuildsFollowReady(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	s.Channel("general").Thread("details")
	s.AddGuild("elsewhere")
	s.AddGuild("without the bot", discordtest.WithoutBot())
	r, _ := ready(t, s)
	for _, want := range []string{"Verbatim Test", "elsewhere"} {
		p := r.until("GUILD_CREATE")
		var g struct {
			Name     string
			Channels []obj
			Threads  []obj
			Members  []obj
			Roles    []obj
		}
		if err := json.Unmarshal(p[len(p)-1].Data, &g); err != nil {
			t.Fatal(err)
		}
		if g.Name != want || len(g.Channels) != 1 || len(g.Members) != 1 || len(g.Roles) != 1 {
			t.Errorf("GUILD_CREATE %+v, want %s", g, want)
		}
	}
	s.AddGuild("later")
	r.until("GUILD_CREATE")
	s.Guild().RemoveBot()
	r.until("GUILD_DELETE")
}

func TestResumeReplaysWhatWasMissed(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice, general := s.Member("alice"), s.Channel("general")
	r, session := ready(t, s)
	r.until("GUILD_CREATE")
	s.Gateway().Drop()
	if got := r.closed(); got != -1 {
		t.Errorf("closed with %d, want a cut", got)
	}
	s.WaitDisconnected()
	for _, text := range []string{"one", "two"} {
		alice.Says(general, s.BotUser().Mention()+text)
	}
	r = dial(t, s)
	r.next()
	r.send(obj{"op": 6, "d": obj{"token": s.Token(), "session_id": session, "seq": 2}})
	var got []int
	var kinds []string
	for _, p := range r.until("RESUMED") {
		got, kinds = append(got, *p.Seq), append(kinds, p.kind())
	}
	if !slices.Equal(got, []int{3, 4, 5}) || !slices.Equal(kinds, []string{"MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"}) {
		t.Errorf("after RESUME came %v %v", kinds, got)
	}
	alice.Says(general, "now")
	if p := r.next(); p.kind() != "MESSAGE_CREATE" || *p.Seq != 6 {
		t.Errorf("then came %s %d", p.kind(), *p.Seq)
	}
	if st := s.Stats(); st.Resumes != 1 || st.Resumed != 1 || st.Identifies != 1 {
		t.Errorf("stats: %s", st)
	}
}

func TestResumeRefused(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options discordtest.Options
		before  func(s *discordtest.Server, r *raw)
		change  obj
	}{
		{name: "unknown session", change: obj{"session_id": "x"}},
		{name: "sequence of the future", change: obj{"seq": 99}},
		{name: "invalidated", before: func(s *discordtest.Server, r *raw) { s.Gateway().InvalidateSession(false); r.next() }},
		{name: "given up by the bot", before: func(s *discordtest.Server, r *raw) {
			r.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
			s.WaitDisconnected()
		}},
		{name: "another server", options: discordtest.Options{Dialect: discordtest.OtherServer()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := discordtest.New(t, tt.options)
			r, session := ready(t, s)
			r.until("GUILD_CREATE")
			if tt.before != nil {
				tt.before(s, r)
			}
			d := obj{"token": s.Token(), "session_id": session, "seq": 2}
			for k, v := range tt.change {
				d[k] = v
			}
			again := dial(t, s)
			again.next()
			again.send(obj{"op": 6, "d": d})
			if p := again.next(); p.Op != 9 || string(p.Data) != "false" {
				t.Fatalf("after RESUME: op %d %s", p.Op, p.Data)
			}
			again.send(identify(s))
			again.until("READY")
		})
	}
}

func TestGatewaySwitches(t *testing.T) {
	t.Run("no HELLO", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		s.Gateway().Greet(false)
		r := dial(t, s)
		s.Gateway().WaitConnections(1)
		s.Gateway().Close(4000, "")
		if got := r.closed(); got != 4000 {
			t.Errorf("closed with %d", got)
		}
	})
	t.Run("READY never", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		s.Gateway().Answer(false)
		r := dial(t, s)
		r.next()
		r.send(identify(s))
		r.send(obj{"op": 1, "d": nil})
		if p := r.next(); p.Op != 11 {
			t.Errorf("op %d, want the acknowledgement only", p.Op)
		}
	})
	t.Run("no acknowledgement", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		r, _ := ready(t, s)
		r.until("GUILD_CREATE")
		s.Gateway().Acknowledge(false)
		r.send(obj{"op": 1, "d": 1})
		s.Gateway().RequestHeartbeat()
		if p := r.next(); p.Op != 1 {
			t.Errorf("op %d, want the request only", p.Op)
		}
	})
	t.Run("first packets", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		s.Gateway().FirstReconnect()
		s.Gateway().FirstAck()
		s.Gateway().FirstInvalid(false)
		for _, want := range []int{7, 11, 9, 0} {
			r := dial(t, s)
			r.next()
			r.send(identify(s))
			if p := r.next(); p.Op != want {
				t.Errorf("op %d, want %d", p.Op, want)
			}
		}
		s.Gateway().FirstClose(4000, "")
		r := dial(t, s)
		r.send(identify(s))
		if got := r.closed(); got != 4000 {
			t.Errorf("closed with %d", got)
		}
	})
	t.Run("reconnect and invalid session", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		r, _ := ready(t, s)
		r.until("GUILD_CREATE")
		s.Gateway().Reconnect()
		s.Gateway().InvalidateSession(true)
		if a, b := r.next(), r.next(); a.Op != 7 || b.Op != 9 || string(b.Data) != "true" {
			t.Errorf("ops %d %d %s", a.Op, b.Op, b.Data)
		}
	})
	t.Run("away", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		r, _ := ready(t, s)
		s.Gateway().Away(true)
		if got := r.closed(); got != -1 {
			t.Errorf("closed with %d", got)
		}
		if resp, err := http.Get(s.URL() + "/api/v9/gateway"); err == nil {
			resp.Body.Close()
			t.Error("REST answers while the server is away")
		}
		s.Gateway().Away(false)
		ready(t, s)
	})
	t.Run("revoked", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{})
		r, _ := ready(t, s)
		s.Gateway().Revoke()
		if got := r.closed(); got != discordtest.CloseAuthenticationFailed {
			t.Errorf("closed with %d", got)
		}
		if a := send(t, s, "GET", "/users/@me", ""); a.status != http.StatusUnauthorized {
			t.Errorf("REST: %d", a.status)
		}
	})
	t.Run("identified too often", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{IdentifyBudget: 1, AllowViolations: true})
		ready(t, s)
		r := dial(t, s)
		r.send(identify(s))
		if got := r.closed(); got != discordtest.CloseAuthenticationFailed || len(s.Violations()) != 1 {
			t.Errorf("closed with %d, violations %v", got, s.Violations())
		}
	})
	t.Run("identified too soon", func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{IdentifyEvery: time.Hour})
		ready(t, s)
		r := dial(t, s)
		r.next()
		r.send(identify(s))
		if p := r.next(); p.Op != 9 {
			t.Errorf("op %d, want 9", p.Op)
		}
	})
}
