package discordtest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

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
		{"a number that is too great", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "all", discordtest.Opt("int", 9))
		}, "doesn't take 9"},
		{"a text that is too long", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "all", discordtest.Opt("text", "abcd"))
		}, "doesn't take abcd"},
		{"a choice that isn't offered", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "all", discordtest.Opt("choice", "c"))
		}, "doesn't take c"},
		{"a bool for a text", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "all", discordtest.Opt("text", true))
		}, "doesn't take true"},
		{"a float for an int", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "all", discordtest.Opt("int", 1.5))
		}, "doesn't take 1.5"},
		{"no subcommand", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "group")
		}, "a subcommand is needed"},
		{"an unknown subcommand", func(s *discordtest.Server, _ *discordtest.Message) {
			s.Member("alice").Slash(s.Channel("general"), "group none")
		}, `no subcommand "none"`},
		{"commands where they are forbidden", func(s *discordtest.Server, _ *discordtest.Message) {
			c := s.Channel("quiet")
			c.Overwrite(s.Guild().Everyone(), 0, discordtest.UseApplicationCommands)
			s.Member("alice").Slash(c, "ask", discordtest.Opt("question", "q"))
		}, "aren't allowed there"},
		{"a menu of a deleted message", func(s *discordtest.Server, _ *discordtest.Message) {
			gone := s.Member("alice").Says(s.Channel("general"), "x")
			s.Member("alice").Deletes(gone)
			s.Member("alice").MessageCommand("Ask about this", gone)
		}, "which is gone"},
		{"a button of a deleted message", func(s *discordtest.Server, _ *discordtest.Message) {
			gone := s.Member("alice").Says(s.Channel("general"), "x")
			s.Member("alice").Deletes(gone)
			s.Member("alice").Clicks(gone, "x")
		}, "which is gone"},
		{"a value that isn't there", func(s *discordtest.Server, m *discordtest.Message) {
			s.Member("alice").Selects(m, "Which?", []string{"Three"})
		}, `no option "Three"`},
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
			for _, body := range []string{`{"name":"Ask about this","type":3}`, command("group", `[{"type":1,"name":"sub","description":"d"}]`),
				command("all", everyOption)} {
				if a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands", body); a.status != 200 {
					t.Fatal(a)
				}
			}
			rec.attempt(func() { tt.do(s, m) })
			if got := rec.errors.String(); !strings.Contains(got, tt.want) {
				t.Errorf("the test was told %q, want %q", got, tt.want)
			}
		})
	}
}

const everyOption = `[{"type":3,"name":"text","description":"d","max_length":3},
{"type":3,"name":"choice","description":"d","choices":[{"name":"A","value":"a"},{"name":"B","value":"b"}]},
{"type":4,"name":"int","description":"d","min_value":1,"max_value":5},{"type":5,"name":"bool","description":"d"},
{"type":6,"name":"user","description":"d"},{"type":7,"name":"channel","description":"d"},{"type":8,"name":"role","description":"d"},
{"type":10,"name":"number","description":"d"},{"type":11,"name":"file","description":"d"}]`

func TestEveryOption(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	if a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands", command("all", everyOption)); a.status != 200 {
		t.Fatal(a)
	}
	alice, bob, general, role := s.Member("alice"), s.Member("bob"), s.Channel("general"), s.Guild().Role("readers", 0)
	r, _ := ready(t, s)
	alice.Slash(general, "all", discordtest.Opt("text", "abc"), discordtest.Opt("choice", "b"), discordtest.Opt("int", 5),
		discordtest.Opt("bool", true), discordtest.Opt("user", bob.User), discordtest.Opt("channel", general),
		discordtest.Opt("role", role), discordtest.Opt("number", 1.5))
	p := r.until("INTERACTION_CREATE")
	var got received
	if err := json.Unmarshal(p[len(p)-1].Data, &got); err != nil {
		t.Fatal(err)
	}
	want := []any{"abc", "b", 5.0, true, bob.ID, general.ID, role.ID, 1.5}
	for i, o := range got.Data.Options {
		if o.Value != want[i] {
			t.Errorf("%s = %v, want %v", o.Name, o.Value, want[i])
		}
	}
	for _, part := range []string{`"roles":{"` + role.ID, `"channels":{"` + general.ID, `"users":{"` + bob.ID} {
		if !strings.Contains(string(p[len(p)-1].Data), part) {
			t.Errorf("resolved lacks %s", part)
		}
	}
}

// TestModalsAreFilledInAsByAClient shows a dialogue with labels, as it is
// filled in rightly and wrongly.
func TestModalsAreFilledInAsByAClient(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fields map[string]string
		want   string // what the test is told
	}{
		{name: "right", fields: map[string]string{"Name": "abc", "which": "Two\n1"}},
		{"required", map[string]string{"which": "1"}, `"Name" is required`},
		{"too short", map[string]string{"Name": "a", "which": "1"}, `"Name" is too short`},
		{"too long", map[string]string{"Name": "abcdef", "which": "1"}, `"Name" is too long`},
		{"no such input", map[string]string{"Name": "abc", "which": "1", "x": "y"}, `no input "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rec recorder
			s := discordtest.New(&rec, discordtest.Options{Patience: 10 * time.Millisecond})
			defer rec.finish()
			register(t, s)
			alice, general := s.Member("alice"), s.Channel("general")
			shown := alice.Slash(general, "ask", discordtest.Opt("question", "q"))
			send(t, s, "POST", callbackOf(shown), response("9", `{"custom_id":"m","title":"t","components":[{"type":10,"content":"hello"},`+
				`{"type":18,"label":"Name","component":{"type":4,"custom_id":"name","style":1,"min_length":2,"max_length":5}},`+
				`{"type":18,"label":"Which","component":{"type":3,"custom_id":"which","max_values":2,"options":[{"label":"One","value":"1"},{"label":"Two","value":"2"}]}}]}`))
			r, _ := ready(t, s)
			rec.attempt(func() { alice.SubmitsModal(shown, tt.fields) })
			if tt.want != "" {
				if got := rec.errors.String(); !strings.Contains(got, tt.want) {
					t.Errorf("the test was told %q, want %q", got, tt.want)
				}
				return
			}
			p := r.until("INTERACTION_CREATE")
			got := string(p[len(p)-1].Data)
			for _, part := range []string{`"type":18`, `"value":"abc"`, `"values":["2","1"]`} {
				if !strings.Contains(got, part) {
					t.Errorf("%s lacks %s", got, part)
				}
			}
		})
	}
	var rec recorder
	s := discordtest.New(&rec, discordtest.Options{Patience: 10 * time.Millisecond})
	defer rec.finish()
	m := withButton(t, s, "0")
	i := s.Member("alice").Clicks(m, "More")
	send(t, s, "POST", callbackOf(i), response("4", message(`"content":"x"`)))
	rec.attempt(func() { s.Member("alice").SubmitsModal(i, nil) })
	if !strings.Contains(rec.errors.String(), "no modal") {
		t.Errorf("the test was told %q", rec.errors.String())
	}
}
