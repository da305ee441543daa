package discordtest_test

import (
	"testing"

	"verbatim/internal/discordtest"
)

func response(kind, data string) string { return `{"type":` + kind + `,"data":` + data + `}` }

func TestResponseRules(t *testing.T) {
	input := `{"type":4,"custom_id":"#","style":1,"label":"l"}`
	modal := func(fields string) string {
		return response("9", `{"custom_id":"m","title":"t","components":`+fields+`}`)
	}
	slash := func(t *testing.T, s *discordtest.Server) *discordtest.Interaction {
		return s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", "who?"))
	}
	typing := func(t *testing.T, s *discordtest.Server) *discordtest.Interaction {
		return s.Member("alice").Autocomplete(s.Channel("general"), "ask", "question", "wh")
	}
	for _, tt := range []struct {
		begin func(*testing.T, *discordtest.Server) *discordtest.Interaction
		ruleTest
	}{
		{slash, ruleTest{rule: "honours the flag EPHEMERAL only", good: response("5", `{"flags":64}`), bad: response("5", `{"flags":32832}`)}},
		{slash, ruleTest{rule: "may have", good: response("4", message(`"content":"x"`)), bad: response("7", message(`"content":"x"`))}},
		{slash, ruleTest{rule: "flags that a response may have", good: response("4", message(`"content":"x","flags":68`)), bad: response("4", message(`"content":"x","flags":2`))}},
		{slash, ruleTest{rule: "Cannot send an empty message", good: response("4", message(`"content":"x"`)), bad: response("4", message(`"content":""`))}},
		{slash, ruleTest{rule: "1 to 5 components", good: modal(list(5, row("["+input+"]"))), bad: modal(list(6, row("["+input+"]")))}},
		{slash, ruleTest{rule: "a modal's title", good: response("9", `{"custom_id":"m","title":`+text(45)+`,"components":[`+row("["+input+"]")+`]}`),
			bad: response("9", `{"custom_id":"m","title":`+text(46)+`,"components":[`+row("["+input+"]")+`]}`), described: true}},
		{slash, ruleTest{rule: "one text input", good: modal("[" + row("["+input+"]") + "]"), bad: modal("[" + row(list(2, input)) + "]"), described: true}},
		{slash, ruleTest{rule: "a text input takes", good: modal("[" + row(`[{"type":4,"custom_id":"c","style":2,"label":"l","max_length":4000}]`) + "]"),
			bad: modal("[" + row(`[{"type":4,"custom_id":"c","style":2,"label":"l","max_length":4001}]`) + "]"), described: true}},
		{slash, ruleTest{rule: "style 1 or 2", good: modal("[" + row(`[{"type":4,"custom_id":"c","style":2,"label":"l"}]`) + "]"),
			bad: modal("[" + row(`[{"type":4,"custom_id":"c","style":3,"label":"l"}]`) + "]"), described: true}},
		{slash, ruleTest{rule: "a text input's label", good: modal("[" + row(`[{"type":4,"custom_id":"c","style":1,"label":`+text(45)+`}]`) + "]"),
			bad: modal("[" + row(`[{"type":4,"custom_id":"c","style":1,"label":`+text(46)+`}]`) + "]"), described: true}},
		{slash, ruleTest{rule: "a text input takes", good: modal("[" + row(`[{"type":4,"custom_id":"c","style":2,"label":"l","min_length":5,"max_length":5}]`) + "]"),
			bad: modal("[" + row(`[{"type":4,"custom_id":"c","style":2,"label":"l","min_length":6,"max_length":5}]`) + "]")}},
		{slash, ruleTest{rule: "a label is", good: modal(`[{"type":18,"label":"l","component":{"type":4,"custom_id":"c","style":1}}]`),
			bad: modal(`[{"type":18,"label":` + text(46) + `,"component":{"type":4,"custom_id":"c","style":1}}]`), described: true}},
		{slash, ruleTest{rule: "a label has a component", good: modal(`[{"type":18,"label":"l","component":{"type":3,"custom_id":"c","options":[{"label":"l","value":"v"}]}}]`),
			bad: modal(`[{"type":18,"label":"l"}]`), described: true}},
		{slash, ruleTest{rule: "can't stand in a label", good: modal(`[{"type":18,"label":"l","component":{"type":19,"custom_id":"c"}}]`),
			bad: modal(`[{"type":18,"label":"l","component":{"type":2,"style":1,"label":"b","custom_id":"c"}}]`), described: true}},
		{slash, ruleTest{rule: "can't stand in a modal", good: modal(`[{"type":10,"content":"x"}]`), bad: modal(`[{"type":14}]`), described: true}},
		{slash, ruleTest{rule: "a custom_id is unique", good: modal(list(2, row("["+input+"]"))),
			bad: modal(list(2, row(`[{"type":4,"custom_id":"same","style":1,"label":"l"}]`)))}},
		{slash, ruleTest{rule: "a response that", good: response("5", `{}`), bad: response("1", `{}`)}},
		{typing, ruleTest{rule: "at most 25 choices", good: response("8", `{"choices":`+list(25, `{"name":"#","value":"#"}`)+`}`),
			bad: response("8", `{"choices":`+list(26, `{"name":"#","value":"#"}`)+`}`), described: true}},
		{typing, ruleTest{rule: "a choice's name", good: response("8", `{"choices":[{"name":`+text(100)+`,"value":"v"}]}`),
			bad: response("8", `{"choices":[{"name":`+text(101)+`,"value":"v"}]}`), described: true}},
		{typing, ruleTest{rule: "may have", good: response("8", `{"choices":[]}`), bad: response("5", `{}`)}},
	} {
		tt.check(t, func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			if len(s.Commands(nil)) == 0 {
				register(t, s)
			}
			i := tt.begin(t, s)
			return send(t, s, "POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", body)
		})
	}
}

// register registers the command /ask with an option that is completed.
func register(t *testing.T, s *discordtest.Server) {
	t.Helper()
	a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands",
		command("ask", `[{"type":3,"name":"question","description":"d","required":true,"autocomplete":true}]`))
	if a.status >= 300 {
		t.Fatalf("register: %d %s", a.status, a.body)
	}
}
