package discordtest_test

import (
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

func command(name, options string) string {
	return `{"name":"` + name + `","description":"d","options":` + options + `}`
}

func TestCommandRules(t *testing.T) {
	opt := func(name, more string) string {
		return `{"type":3,"name":"` + name + `","description":"d"` + more + `}`
	}
	sub := func(name, options string) string {
		return `{"type":1,"name":"` + name + `","description":"d","options":` + options + `}`
	}
	for _, rt := range []ruleTest{
		{rule: "letters, digits", good: command("frage-_ärger", "[]"), bad: command("two words", "[]")},
		{rule: "lower case", good: command("ask", "[]"), bad: command("Ask", "[]")},
		{rule: "letters, digits", good: command(strings.Repeat("a", 32), "[]"), bad: command(strings.Repeat("a", 33), "[]"), described: true},
		{rule: "description is 1 to 100", good: `{"name":"a","description":` + text(100) + `}`, bad: `{"name":"a","description":""}`},
		{rule: "has no description", good: `{"name":"Ask about this","type":3}`, bad: `{"name":"Ask about this","type":3,"description":"d"}`},
		{rule: "at most 25 options", good: command("a", list(25, opt("#", ""))), bad: command("a", list(26, opt("#", ""))), described: true},
		{rule: "required options stand before", good: command("a", "["+opt("x", `,"required":true`)+","+opt("y", "")+"]"),
			bad: command("a", "["+opt("x", "")+","+opt("y", `,"required":true`)+"]")},
		{rule: "the names of options differ", good: command("a", "["+opt("x", "")+","+opt("y", "")+"]"), bad: command("a", "["+opt("x", "")+","+opt("x", "")+"]")},
		{rule: "at most 25 choices", good: command("a", "["+opt("x", `,"choices":`+list(25, `{"name":"#","value":"#"}`))+"]"),
			bad: command("a", "["+opt("x", `,"choices":`+list(26, `{"name":"#","value":"#"}`))+"]"), described: true},
		{rule: "a choice's value is 1 to 100", good: command("a", "["+opt("x", `,"choices":[{"name":"n","value":`+text(100)+`}]`)+"]"),
			bad: command("a", "["+opt("x", `,"choices":[{"name":"n","value":`+text(101)+`}]`)+"]")},
		{rule: "of the option's type", good: command("a", `[{"type":4,"name":"n","description":"d","choices":[{"name":"n","value":1}]}]`),
			bad: command("a", `[{"type":3,"name":"n","description":"d","choices":[{"name":"n","value":1}]}]`), described: true},
		{rule: "autocomplete excludes choices", good: command("a", "["+opt("x", `,"autocomplete":true`)+"]"),
			bad: command("a", "["+opt("x", `,"autocomplete":true,"choices":[{"name":"n","value":"v"}]`)+"]")},
		{rule: "a string's length", good: command("a", "["+opt("x", `,"max_length":6000`)+"]"), bad: command("a", "["+opt("x", `,"max_length":6001`)+"]"), described: true},
		{rule: "stand side by side", good: command("a", "["+sub("s", "["+opt("x", "")+"]")+"]"), bad: command("a", "["+sub("s", "[]")+","+opt("x", "")+"]")},
		{rule: "a group holds subcommands", good: command("a", `[{"type":2,"name":"g","description":"d","options":[`+sub("s", "[]")+`]}]`),
			bad: command("a", `[{"type":2,"name":"g","description":"d","options":[`+opt("x", "")+`]}]`), described: true},
		{rule: "at most 8,000 characters", good: command("a", list(25, opt("#", `,"choices":`+list(1, `{"name":"n","value":`+text(100)+`}`)))),
			bad: command("a", list(25, opt("#", `,"choices":`+list(25, `{"name":"#","value":`+text(100)+`}`))))},
		{rule: "a locale that Discord knows", good: `{"name":"a","description":"d","name_localizations":{"de":"frage"}}`,
			bad: `{"name":"a","description":"d","name_localizations":{"tlh":"frage"}}`},
		{rule: "has no options", good: `{"name":"Ask about this","type":3}`, bad: `{"name":"Ask about this","type":3,"options":[` + opt("x", "") + `]}`},
		{rule: "a command's name is 1 to 32", good: `{"name":"` + strings.Repeat("A", 32) + `","type":2}`, bad: `{"name":"","type":2}`, described: true},
		{rule: "a known type of command", good: `{"name":"a","type":2}`, bad: `{"name":"a","type":7}`, described: true},
		{rule: "a known type of option", good: command("a", `[{"type":11,"name":"x","description":"d"}]`), bad: command("a", `[{"type":12,"name":"x","description":"d"}]`), described: true},
		{rule: "only groups and subcommands", good: command("a", "["+opt("x", "")+"]"), bad: command("a", "["+opt("x", `,"options":[`+opt("y", "")+`]`)+"]")},
		{rule: "only strings and numbers", good: command("a", `[{"type":5,"name":"x","description":"d"}]`), bad: command("a", `[{"type":5,"name":"x","description":"d","autocomplete":true}]`)},
		{rule: "only strings have a length", good: command("a", `[{"type":4,"name":"x","description":"d"}]`), bad: command("a", `[{"type":4,"name":"x","description":"d","max_length":5}]`)},
		{rule: "only numbers have bounds", good: command("a", `[{"type":10,"name":"x","description":"d","max_value":5}]`), bad: command("a", "["+opt("x", `,"max_value":5`)+"]")},
		{rule: "subcommands hold options", good: command("a", "["+sub("s", "[]")+"]"), bad: command("a", "["+sub("s", "["+sub("t", "[]")+"]")+"]"), described: true},
		{rule: "the names of choices differ", good: command("a", "["+opt("x", `,"choices":`+list(2, `{"name":"#","value":"#"}`))+"]"),
			bad: command("a", "["+opt("x", `,"choices":`+list(2, `{"name":"n","value":"#"}`))+"]")},
		{rule: "a choice's name in de", good: command("a", "["+opt("x", `,"choices":[{"name":"n","value":"v","name_localizations":{"de":`+text(100)+`}}]`)+"]"),
			bad: command("a", "["+opt("x", `,"choices":[{"name":"n","value":"v","name_localizations":{"de":`+text(101)+`}}]`)+"]"), described: true},
		{rule: "of the option's type", good: command("a", `[{"type":10,"name":"n","description":"d","choices":[{"name":"n","value":1.5}]}]`),
			bad: command("a", `[{"type":10,"name":"n","description":"d","choices":[{"name":"n","value":"1"}]}]`), described: true},
		{rule: "a string or a number", good: command("a", "["+opt("x", `,"choices":[{"name":"n","value":"v"}]`)+"]"),
			bad: command("a", "["+opt("x", `,"choices":[{"name":"n","value":true}]`)+"]"), described: true},
		{rule: "a string of digits", good: `{"name":"a","description":"d","default_member_permissions":"32"}`,
			bad: `{"name":"a","description":"d","default_member_permissions":"MANAGE_GUILD"}`, described: true},
		{rule: "a context is 0, 1 or 2", good: `{"name":"a","description":"d","contexts":[0,1,2]}`, bad: `{"name":"a","description":"d","contexts":[3]}`, described: true},
	} {
		rt.check(t, func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			return send(t, s, "POST", "/applications/"+s.AppID()+"/commands", body)
		})
		one := ruleTest{rule: rt.rule, good: "[" + rt.good + "]", bad: "[" + rt.bad + "]", described: rt.described}
		one.check(t, func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			return send(t, s, "PUT", "/applications/"+s.AppID()+"/guilds/"+s.Guild().ID+"/commands", body)
		})
	}
	ruleTest{rule: "the names of commands differ", good: "[" + command("a", "[]") + "," + command("b", "[]") + "]",
		bad: "[" + command("a", "[]") + "," + command("a", "[]") + "]"}.check(t,
		func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			return send(t, s, "PUT", "/applications/"+s.AppID()+"/commands", body)
		})
	ruleTest{rule: "100 slash, 15 user and 15 message", good: list(15, `{"name":"#","type":3}`), bad: list(16, `{"name":"#","type":3}`)}.check(t,
		func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			return send(t, s, "PUT", "/applications/"+s.AppID()+"/commands", body)
		})
}
