package discord

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// messageKeys reads the keys of a message file, and the named values of each.
func messageKeys(t *testing.T, name string) map[string][]string {
	t.Helper()
	raw, err := fs.ReadFile(messages, "messages/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	value := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	keys := make(map[string][]string)
	for key, text := range file {
		all := ""
		switch text := text.(type) {
		case string:
			all = text
		case map[string]any:
			all, _ = text["other"].(string)
			if all == "" {
				t.Errorf("%s: %s has no form for %q", name, key, "other")
			}
		}
		found := make(map[string]bool)
		for _, m := range value.FindAllStringSubmatch(all, -1) {
			found[m[1]] = true
		}
		keys[key] = slices.Sorted(maps.Keys(found))
	}
	return keys
}

func TestNoLanguageLacksAMessage(t *testing.T) {
	english := messageKeys(t, "en.json")
	entries, err := fs.ReadDir(messages, "messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		keys := messageKeys(t, e.Name())
		for key, values := range english {
			if got, ok := keys[key]; !ok {
				t.Errorf("%s lacks %s", e.Name(), key)
			} else if !slices.Equal(got, values) {
				t.Errorf("%s: %s has the values %v, English %v", e.Name(), key, got, values)
			}
		}
		for key := range keys {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, which English has not", e.Name(), key)
			}
		}
	}
}

// TestEveryMessageIsSaid holds the message file against the code: every key that
// is said exists, and every key that exists is said.
func TestEveryMessageIsSaid(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(raw)
	}
	english := messageKeys(t, "en.json")
	said := regexp.MustCompile(`"([a-z]+\.[a-z.]+)"`)
	prefix := regexp.MustCompile(`"([a-z]+\.)"\s*\+`)
	used := make(map[string]bool)
	for _, m := range said.FindAllStringSubmatch(source.String(), -1) {
		used[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`say\("([a-z.]+)"[,)]`).FindAllStringSubmatch(source.String(), -1) {
		if _, ok := english[m[1]]; !ok {
			t.Errorf("%s is said but isn't a message", m[1])
		}
	}
	var prefixes []string
	for _, m := range prefix.FindAllStringSubmatch(source.String(), -1) {
		prefixes = append(prefixes, m[1])
	}
	for key := range english {
		if used[key] || strings.HasPrefix(key, "command.") || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		if !strings.Contains(source.String(), `"`+key+`"`) {
			t.Errorf("%s is never said", key)
		}
	}
}

// TestCommandsHaveWords holds every command's words to be there in every
// language, and within Discord's limits.
func TestCommandsHaveWords(t *testing.T) {
	commands, err := Commands()
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^[-_'\p{L}\p{M}\p{N}]{1,32}$`)
	var check func(where string, kind int, n, d string, names, descriptions map[string]string, options []Option)
	check = func(where string, kind int, n, d string, names, descriptions map[string]string, options []Option) {
		where += " " + n
		for locale, text := range names {
			if kind != commandMessage && (!name.MatchString(text) || strings.ToLower(text) != text) {
				t.Errorf("%s: the name %q in %s is none that Discord takes", where, text, locale)
			}
		}
		for locale, text := range descriptions {
			if u := units(text); u == 0 || u > 100 || strings.HasPrefix(text, "command.") {
				t.Errorf("%s: the description %q in %s is none that Discord takes", where, text, locale)
			}
		}
		if kind != commandMessage && (d == "" || units(d) > 100 || strings.HasPrefix(d, "command.")) {
			t.Errorf("%s: the description is %q", where, d)
		}
		for _, o := range options {
			check(where, optionString, o.Name, o.Description, o.NameLocalizations, o.DescriptionLocalizations, o.Options)
			for _, c := range o.Choices {
				if c.Name == "" || strings.HasPrefix(c.Name, "length.") {
					t.Errorf("%s %s: a choice is called %q", where, o.Name, c.Name)
				}
			}
		}
	}
	for _, c := range commands {
		check("", c.Type, c.Name, c.Description, c.NameLocalizations, c.DescriptionLocalizations, c.Options)
	}
}

// TestEveryNumberHasAForm: languages have up to six forms for a number.
func TestEveryNumberHasAForm(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	if len(w.speakers) != 6 {
		t.Errorf("%d languages are spoken, want 6", len(w.speakers))
	}
	for _, s := range w.speakers {
		for _, n := range []int{0, 1, 2, 3, 10, 11, 26, 99, 100, 102, 1000, 1_000_000, 2_000_000} {
			for _, key := range []string{"status.sentences", "decline.searched", "summary.silent", "summary.unmatched", "guide.words", "guide.times", "decline.head", "verify.exact", "presence.ready", "reload.broken"} {
				if got := s.say(key, "Count", n, "Revision", "r", "Topic", "t"); got == key || strings.Contains(got, "no value") {
					t.Errorf("%s says %q for %d as %q", s.tag, key, n, got)
				}
			}
		}
	}
}

// TestHelpNamesTheCommands: in every language, by the names that members of that
// language see.
func TestHelpNamesTheCommands(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.speakers {
		for key, command := range map[string]string{"help.ask": "ask", "ask.unread": "ask", "help.summary": "summary", "help.article": "article", "help.verify": "verify", "help.corpus": "corpus.reload"} {
			if !strings.Contains(s.say(key), s.say("command."+command+".name")) {
				t.Errorf("%s: %s doesn't name %s as %q", s.tag, key, command, s.say("command."+command+".name"))
			}
		}
		if !strings.Contains(s.say("help.menu"), s.say("command.about.name")) {
			t.Errorf("%s: the menu is called otherwise", s.tag)
		}
	}
}

// TestMessagesNameCommands: a message that names a command names one that there is,
// as members of its language see it.
func TestMessagesNameCommands(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	english := messageKeys(t, "en.json")
	named := regexp.MustCompile("`/([^`]+)`")
	for _, s := range w.speakers {
		var commands []string
		for key := range english {
			parts := strings.Split(key, ".")
			if parts[0] != "command" || parts[len(parts)-1] != "name" {
				continue
			}
			name := s.say(key)
			if len(parts) == 4 {
				name = s.say("command."+parts[1]+".name") + " " + name
			}
			commands = append(commands, name)
		}
		n := 0
		for key := range english {
			for _, m := range named.FindAllStringSubmatch(s.say(key), -1) {
				if n++; !slices.Contains(commands, m[1]) {
					t.Errorf("%s: %s names /%s, which is no command", s.tag, key, m[1])
				}
			}
		}
		if n < 10 {
			t.Errorf("%s: only %d commands are named", s.tag, n)
		}
	}
}

func TestSayFallsBack(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	if got := w.in("xx", "not a locale", "").say("band.high"); got != "high" {
		t.Errorf("an unknown language speaks %q", got)
	}
	if got := w.in().say("no.such.key"); got != "no.such.key" {
		t.Errorf("a message that isn't there is %q", got)
	}
	if got := w.in().say("status.articles", "Count", 1) + w.in().say("status.articles", "Count", 2); got != "1 article2 articles" {
		t.Errorf("plurals are %q", got)
	}
}
