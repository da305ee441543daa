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
	ready(t, s)
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
	s.Gateway().Drop()
	missed := slash()
	c.Advance(time.Minute)
	if a := send(t, s, "POST", callbackOf(missed), response("5", "{}")); a.code != discordtest.CodeUnknownInteraction || len(s.Violations()) != 2 {
		t.Errorf("too late for what the bot could not know: %d, violations %v", a.status, s.Violations())
	}
	c.Advance(15 * time.Minute)
	if a := send(t, s, "PATCH", hook(early)+"/messages/@original", message(`"content":"x"`)); a.status != 401 {
		t.Errorf("after a quarter of an hour: %d", a.status)
	}
	if left := s.Unanswered(); len(left) != 3 {
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

func TestSelectsOfThings(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	g, alice, general := s.Guild(), s.Member("alice"), s.Channel("general")
	readers := g.Role("readers", 0)
	i := alice.Slash(general, "ask", discordtest.Opt("question", "who?"))
	send(t, s, "POST", callbackOf(i), response("4", message(`"components":[`+
		row(`[{"type":6,"custom_id":"roles","max_values":3}]`)+`,`+row(`[{"type":8,"custom_id":"channels"}]`)+`]`)))
	m := i.Reply().Message
	r, _ := ready(t, s)
	for _, tt := range []struct{ menu, id, want string }{
		{"roles", readers.ID, `"roles":{"` + readers.ID + `"`},
		{"channels", general.ID, `"channels":{"` + general.ID + `"`},
	} {
		alice.Selects(m, tt.menu, []string{tt.id})
		p := r.until("INTERACTION_CREATE")
		if got := string(p[len(p)-1].Data); !strings.Contains(got, tt.want) || !strings.Contains(got, `"values":["`+tt.id+`"]`) {
			t.Errorf("%s: %s", tt.menu, got)
		}
	}
}

func TestFailuresOfASubtest(t *testing.T) {
	var outer, inner recorder
	s := discordtest.New(&outer, discordtest.Options{Patience: 10 * time.Millisecond})
	s.In(&inner)
	m := s.Member("alice").DM("hello?")
	inner.attempt(func() { s.Reply(m) })
	inner.finish()
	if inner.errors.Len() == 0 || outer.errors.Len() != 0 {
		t.Errorf("the subtest was told %q, the test %q", inner.errors.String(), outer.errors.String())
	}
	outer.attempt(func() { s.Reply(m) })
	if outer.errors.Len() == 0 {
		t.Error("after the subtest the test isn't told")
	}
	outer.finish()
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
