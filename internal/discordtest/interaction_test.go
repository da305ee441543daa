package discordtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func callbackOf(i *discordtest.Interaction) string {
	return "/interactions/" + i.ID + "/" + i.Token + "/callback"
}

func TestAnInteractionIsAnsweredOnceAndInTime(t *testing.T) {
	c := &clock{now: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)}
	s := discordtest.New(t, discordtest.Options{Now: c.Now, AllowViolations: true})
	register(t, s)
	alice, general := s.Member("alice"), s.Channel("general")
	slash := func() *discordtest.Interaction {
		return alice.Slash(general, "ask", discordtest.Opt("question", "who?"))
	}
	hook := func(i *discordtest.Interaction) string { return "/webhooks/" + s.AppID() + "/" + i.Token }

	early := slash()
	if a := send(t, s, "POST", hook(early), message(`"content":"x"`)); a.status != 404 || a.code != discordtest.CodeUnknownWebhook {
		t.Errorf("a follow-up before the response: %d %s", a.status, a.body)
	}
	c.Advance(3 * time.Second)
	if a := send(t, s, "POST", callbackOf(early), response("5", "{}")); a.status != 204 {
		t.Errorf("after 3 s: %d", a.status)
	}
	if a := send(t, s, "POST", callbackOf(early), response("5", "{}")); a.status != 400 || a.code != discordtest.CodeAlreadyAcknowledged {
		t.Errorf("twice: %d %s", a.status, a.body)
	}
	late := slash()
	c.Advance(3*time.Second + time.Millisecond)
	if a := send(t, s, "POST", callbackOf(late), response("5", "{}")); a.status != 404 || a.code != discordtest.CodeUnknownInteraction {
		t.Errorf("too late: %d %s", a.status, a.body)
	}
	if v := s.Violations(); len(v) != 2 || !strings.Contains(v[0].Rule, "once") || !strings.Contains(v[1].Rule, "3 s") {
		t.Errorf("violations = %v", v)
	}
	c.Advance(15 * time.Minute)
	if a := send(t, s, "PATCH", hook(early)+"/messages/@original", message(`"content":"x"`)); a.status != 401 {
		t.Errorf("after a quarter of an hour: %d", a.status)
	}
	if left := s.Unanswered(); len(left) != 2 {
		t.Errorf("unanswered: %v", left)
	}
	if a := send(t, s, "POST", "/interactions/1/x/callback", response("5", "{}")); a.code != discordtest.CodeUnknownInteraction {
		t.Errorf("unknown: %d %s", a.status, a.body)
	}
}

func TestDeferral(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	alice, general := s.Member("alice"), s.Channel("general")
	for _, tt := range []struct{ name, method, path string }{
		{"completed by an edit", "PATCH", "/messages/@original"},
		{"completed by a follow-up", "POST", ""},
	} {
		i := alice.Slash(general, "ask", discordtest.Opt("question", "who?"))
		send(t, s, "POST", callbackOf(i), response("5", `{"flags":64}`))
		if !i.Thinking() || i.Answered() || i.Now().Message == nil {
			t.Errorf("%s: the bot doesn't seem to think", tt.name)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := i.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a deferral counts as an answer: %v", tt.name, err)
		}
		send(t, s, tt.method, "/webhooks/"+s.AppID()+"/"+i.Token+tt.path, message(`"content":"done"`))
		if r := i.Reply(); r.Text() != "done" || !r.Ephemeral() || i.Thinking() || len(r.FollowUps) != 0 {
			t.Errorf("%s: %q, private %v", tt.name, r.Text(), r.Ephemeral())
		}
	}
	if n := len(general.Messages()); n != 0 {
		t.Errorf("%d private replies stand in the channel", n)
	}
}

// withButton makes the bot say something with a button and a select, and gives
// that message.
func withButton(t *testing.T, s *discordtest.Server, flags string) *discordtest.Message {
	t.Helper()
	if len(s.Commands(nil)) == 0 {
		register(t, s)
	}
	i := s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", "who?"))
	send(t, s, "POST", callbackOf(i), response("4", message(`"content":"answer","flags":`+flags+`,"components":[`+
		row(`[{"type":2,"style":1,"label":"More","custom_id":"more:1"},{"type":2,"style":2,"label":"Off","custom_id":"off","disabled":true},{"type":2,"style":5,"label":"Web","url":"https://a.example"}]`)+`,`+
		row(`[{"type":3,"custom_id":"pick","placeholder":"Which?","max_values":2,"options":[{"label":"One","value":"1"},{"label":"Two","value":"2"}]}]`)+`]`)))
	return i.Reply().Message
}

func TestComponents(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice := s.Member("alice")
	m := withButton(t, s, "0")
	r, _ := ready(t, s)
	data := func() obj {
		t.Helper()
		for {
			p := r.until("INTERACTION_CREATE")
			var d struct {
				Type    int
				Data    obj
				Message obj
			}
			if err := json.Unmarshal(p[len(p)-1].Data, &d); err != nil {
				t.Fatal(err)
			}
			if d.Type != 3 {
				continue // the command that made the message
			}
			if d.Message["id"] != m.ID {
				t.Errorf("on message %v, want %s", d.Message["id"], m.ID)
			}
			return d.Data
		}
	}
	click := alice.Clicks(m, "More")
	if d := data(); d["custom_id"] != "more:1" || d["component_type"] != 2.0 {
		t.Errorf("click: %v", d)
	}
	send(t, s, "POST", callbackOf(click), response("7", message(`"content":"changed","components":[]`)))
	if got := click.Reply(); got.Text() != "changed" || got.Message.ID != m.ID || s.Message(m.ID).Text() != "changed" {
		t.Errorf("after an update: %q", got.Text())
	}
	m = withButton(t, s, "0")
	pick := alice.Selects(m, "Which?", []string{"Two", "1"})
	if d := data(); toJSON(t, d["values"]) != `["2","1"]` {
		t.Errorf("select: %v", d)
	}
	send(t, s, "POST", callbackOf(pick), response("6", "{}"))
	if pick.Answered() {
		t.Error("a deferred update counts as an answer")
	}
	send(t, s, "PATCH", "/webhooks/"+s.AppID()+"/"+pick.Token+"/messages/@original", message(`"content":"picked"`))
	if got := pick.Reply(); got.Text() != "picked\n[More]\n[Off]\n[Web]\n[Which? v]" {
		t.Errorf("after a deferred update: %q", got.Text())
	}
	forged := alice.Forges(m, "more:elsewhere")
	if d := data(); d["custom_id"] != "more:elsewhere" {
		t.Errorf("forged: %v", d)
	}
	send(t, s, "POST", callbackOf(forged), response("4", message(`"content":"no","flags":64`)))
	if got := forged.Reply(); got.Text() != "no" || !got.Ephemeral() {
		t.Errorf("reply to a forgery: %q", got.Text())
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestModal(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice := s.Member("alice")
	m := withButton(t, s, "0")
	click := alice.Clicks(m, "more:1")
	send(t, s, "POST", callbackOf(click), response("9", `{"custom_id":"add","title":"Add","components":[`+
		row(`[{"type":4,"custom_id":"title","style":1,"label":"Title","max_length":5}]`)+`,`+
		row(`[{"type":4,"custom_id":"text","style":2,"label":"Text","required":false,"value":"given"}]`)+`]}`))
	if got := click.Reply().Modal; got == nil || got.Title != "Add" {
		t.Fatalf("modal = %+v", got)
	}
	r, _ := ready(t, s)
	sent := alice.SubmitsModal(click, map[string]string{"Title": "Story"})
	p := r.until("INTERACTION_CREATE")
	if got := string(p[len(p)-1].Data); !strings.Contains(got, `"value":"Story"`) || !strings.Contains(got, `"value":"given"`) ||
		!strings.Contains(got, `"message":{`) || !strings.Contains(got, `"type":5`) {
		t.Errorf("modal submit: %s", got)
	}
	send(t, s, "POST", callbackOf(sent), response("7", message(`"content":"added","components":[]`)))
	if got := sent.Reply().Text(); got != "added" {
		t.Errorf("after the modal: %q", got)
	}
}

// TestClientsRefuse shows that members can't do what Discord's client would
// not let them do.
func TestClientsRefuse(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *discordtest.Server, m *discordtest.Message)
		want string
	}{
		{"a moderator's command", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "reload")
		}, "needs the permissions 32"},
		{"a server's command in a DM", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Member("alice").DMChannel(), "reload")
		}, "context 1"},
		{"a required option", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "ask")
		}, `"question" is required`},
		{"an unknown option", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", "q"), discordtest.Opt("x", "y"))
		}, `no option "x"`},
		{"the wrong type", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", 5))
		}, "doesn't take 5"},
		{"a disabled button", func(s *discordtest.Server, m *discordtest.Message) { s.Member("alice").Clicks(m, "Off") }, "is disabled"},
		{"a link", func(s *discordtest.Server, m *discordtest.Message) { s.Member("alice").Clicks(m, "Web") }, "is a link"},
		{"no such button", func(s *discordtest.Server, m *discordtest.Message) { s.Member("alice").Clicks(m, "Less") }, `no component "Less"`},
		{"too many values", func(s *discordtest.Server, m *discordtest.Message) {
			s.Member("alice").Selects(m, "Which?", []string{"1", "2", "3"})
		}, "1 to 2 values"},
		{"another's private reply", func(s *discordtest.Server, m *discordtest.Message) { s.Member("bob").Clicks(m, "More") }, "doesn't see"},
		{"another's message", func(s *discordtest.Server, m *discordtest.Message) { s.Member("bob").Edits(m, "mine") }, "can't edit"},
		{"deleting another's message", func(s *discordtest.Server, m *discordtest.Message) { s.Member("bob").Deletes(m) }, "may not delete"},
		{"a hidden channel", func(s *discordtest.Server, _ *discordtest.Message) {
			c := s.Channel("staff")
			c.Overwrite(s.Guild().Everyone(), 0, discordtest.ViewChannel)
			s.Member("alice").Says(c, "hello")
		}, "can't see"},
		{"a command that never comes", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "nothing")
		}, "the command nothing"},
		{"a reply that never comes", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Reply(s.Member("alice").DM("hello?"))
		}, "waiting for a reply"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rec recorder
			s := discordtest.New(&rec, discordtest.Options{Patience: 10 * time.Millisecond})
			defer rec.finish()
			m := withButton(t, s, "64")
			a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands",
				`{"name":"reload","description":"d","default_member_permissions":"32","contexts":[0]}`)
			if a.status != 200 {
				t.Fatal(a)
			}
			rec.attempt(func() { tt.do(s, m) })
			if got := rec.errors.String(); !strings.Contains(got, tt.want) {
				t.Errorf("the test was told %q, want %q", got, tt.want)
			}
		})
	}
}
