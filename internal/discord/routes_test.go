package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/article"
	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

// routes are all commands of the bot with options that make each do what it
// can. A command that isn't here fails the tests of who sees and may do what.
func routes(s *scene, f *shelf) map[string][]discordtest.Arg {
	opt := discordtest.Opt
	storm, on := opt("article", "added:storm"), opt("on", true)
	return map[string][]discordtest.Arg{
		"ask":               {opt("question", "What sank in that year?"), opt("passages", 1)},
		"summary":           {opt("length", "short")},
		"article about":     nil,
		"article facts":     nil,
		"article timeline":  nil,
		"article people":    nil,
		"article mentions":  {opt("term", "harbour")},
		"verify":            {opt("quote", "sank a vessel in that year and nobody was hurt")},
		"help":              nil,
		"privacy":           nil,
		"corpus status":     nil,
		"corpus reload":     nil,
		"corpus history":    nil,
		"corpus rollback":   {opt("revision", string(f.lib.For(s.Guild().ID).Status(s.t.Context()).Revision))},
		"corpus add":        {upload("eve.md", "The text of eve.")},
		"corpus remove":     {storm},
		"corpus export":     {storm},
		"corpus use":        {storm},
		"corpus gaps":       nil,
		"corpus goldens":    {opt("remove", "0000000000000001")},
		"corpus log":        nil,
		"settings show":     nil,
		"settings listen":   {on},
		"settings private":  {on},
		"settings gaps":     {opt("on", false)},
		"settings log":      {on},
		"settings language": {opt("language", "de")},
		"settings retention": {
			opt("days", 1)},
		"settings moderators": {opt("role", s.Guild().Role("mine", 0))},
	}
}

// menus are the commands of a message's menu.
var menus = []string{nameAbout, nameGolden}

// trail is a command, or a subcommand, as a member types it.
type trail struct {
	name      string
	completed []string // its options that are completed while they are typed
	moderator bool     // members don't see it
}

// trails are those of all commands that the bot registers, and it is an error
// of the tests when one is in no list.
func trails(t *testing.T, known map[string][]discordtest.Arg) []trail {
	t.Helper()
	commands, err := Commands()
	if err != nil {
		t.Fatal(err)
	}
	var out []trail
	for _, c := range commands {
		if c.Type == commandMessage {
			if !slices.Contains(menus, c.Name) {
				t.Errorf("nobody tests who may choose %q and what it shows", c.Name)
			}
			continue
		}
		subs := []Option{{Name: "", Options: c.Options}}
		if len(c.Options) > 0 && c.Options[0].Type == optionSubcommand {
			subs = c.Options
		}
		for _, sub := range subs {
			p := trail{name: strings.TrimSpace(c.Name + " " + sub.Name), moderator: c.DefaultMemberPermissions != ""}
			if _, ok := known[p.name]; !ok {
				t.Errorf("nobody tests who may use /%s and what it shows", p.name)
			}
			for _, o := range sub.Options {
				if o.Autocomplete {
					p.completed = append(p.completed, o.Name)
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// shownIn is all that a member sees of a reply.
func shownIn(t *testing.T, r discordtest.Reply) string {
	t.Helper()
	raw, err := json.Marshal([]any{r.Modal, r.Choices})
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if r.Message != nil {
		text += "\n" + r.Message.Shown()
	}
	return text
}

// fetched is a file that goes with a reply.
func fetched(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// states are the custom_ids of a reply, whose kinds have to be known here.
func states(t *testing.T, r discordtest.Reply) []string {
	t.Helper()
	var out []string
	if r.Message != nil {
		for _, row := range r.Message.Components {
			for _, b := range row.Components {
				out = append(out, b.CustomID)
			}
		}
	}
	for _, id := range out {
		if !slices.ContainsFunc([]string{stateVersion, viewVersion, confirmPrefix}, func(p string) bool { return strings.HasPrefix(id, p) }) {
			t.Errorf("nobody tests who may press a button of the kind %q", id)
		}
	}
	return out
}

// crafted are buttons that nobody was ever shown, of every action and view that
// there is or may be, for the articles of a revision.
func crafted(t *testing.T, r article.Revision, owner string, articles int) []string {
	t.Helper()
	var out []string
	for kind := range 20 {
		for place := range articles {
			st := state{Action: action(kind), Revision: r, Passages: []stretch{{place, 0, 0}}}
			v := view{Kind: viewKind(kind), Revision: r, Owner: owner, Article: place + 1, Length: "short"}
			for _, encode := range []func() (string, error){st.encode, v.encode} {
				id, err := encode()
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, id)
			}
		}
	}
	return out
}

func unlimited(c *Config, _ *pace) { c.Limits = &Limits{} }

const stormSecret = "---\ntitle: The storm of 1902\n---\nThe storm of 1902 sank the steamer Dora. Nobody was hurt.\n\nThe harbour of Ashby was shut for a week, said Eve Hill. In May 1903 it opened again.\n"

// TestServersSeeNothingOfEachOther: what one server added is not answered from,
// completed, summarised, checked, listed, exported, removed or pressed for in
// another, by any command, button, dialogue, menu or message that there is.
func TestServersSeeNothingOfEachOther(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t, unlimited)
	preview := s.corpus(mia, "add", upload("storm.md", stormSecret))
	mia.Clicks(preview.Message, "Confirm").Reply()
	f.store.Missed(s.Guild().ID, "What is the zeppelin for?")
	answer := s.ask(s.ada, "What did the storm of 1902 sink?")
	if !strings.Contains(answer.Text(), "Dora") {
		t.Fatalf("not answered where it was added:\n%s", answer.Text())
	}
	mia.MessageCommand(nameGolden, answer.Message).Reply()
	pending := s.corpus(mia, "add", upload("zeppelin.md", stormSecret))
	pressed := append(states(t, answer), states(t, pending)...)
	known := routes(s, f)
	all, telling := trails(t, known), 0
	for _, p := range all {
		if p.name == "corpus rollback" || p.name == "corpus goldens" || strings.HasPrefix(p.name, "settings ") {
			continue // would undo what the test stands on
		}
		r := mia.Slash(s.general, p.name, known[p.name]...).Reply()
		if pressed = append(pressed, states(t, r)...); strings.Contains(shownIn(t, r), "torm") {
			telling++
		}
	}
	if telling < 10 {
		t.Errorf("only %d commands tell anything of it in its own server", telling)
	}
	here := f.lib.For(s.Guild().ID)
	log, err := f.store.Log(s.Guild().ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(here.Corpus(t.Context()).Articles) != 2 {
		t.Fatalf("%d articles", len(here.Corpus(t.Context()).Articles))
	}

	other := s.AddGuild("elsewhere")
	lobby, mod := other.Channel("lobby"), other.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	hidden := func(what, text string) {
		t.Helper()
		for _, word := range []string{"Dora", "storm.md", "The storm of 1902", "steamer", "Eve Hill", "zeppelin", mia.ID} {
			if strings.Contains(text, word) {
				t.Errorf("%s shows %q:\n%s", what, word, text)
			}
		}
	}
	for _, p := range all {
		r := mod.Slash(lobby, p.name, known[p.name]...).Reply()
		hidden("/"+p.name, shownIn(t, r))
		if r.Message != nil {
			for _, a := range r.Message.Attachments {
				hidden("the file of /"+p.name, fetched(t, a.URL))
			}
		}
		for _, option := range p.completed {
			for _, typed := range []string{"", "st", "steam", "dora", "zep", "added"} {
				args := slices.DeleteFunc(slices.Clone(known[p.name]), func(discordtest.Arg) bool { return true })
				for _, choice := range mod.Autocomplete(lobby, p.name, option, typed, append(args, discordtest.Forged())...).Reply().Choices {
					hidden("completing "+option+" of /"+p.name, fmt.Sprint(choice.Name, " ", choice.Value))
					if choice.Value == "added:storm" {
						t.Errorf("completing %s of /%s offers %v", option, p.name, choice.Value)
					}
				}
			}
		}
	}
	for name, text := range map[string]string{
		"a mention":        s.Reply(mod.Says(lobby, s.BotUser().Mention()+" what sank in that year?")).Text(),
		"a direct message": s.Reply(s.ada.DM("what sank in that year?")).Text(),
	} {
		hidden(name, text)
	}
	asked := mod.Slash(lobby, "ask", discordtest.Opt("question", "When does the ferry sail?")).Reply()
	mine := asked.Message
	for _, name := range menus {
		hidden(name, shownIn(t, mod.MessageCommand(name, mine).Reply()))
	}
	hidden("/corpus goldens", shownIn(t, mod.Slash(lobby, "corpus goldens").Reply()))
	for _, r := range []article.Revision{here.Status(t.Context()).Revision, f.lib.For(other.ID).Status(t.Context()).Revision} {
		pressed = append(pressed, crafted(t, r, mod.ID, 3)...)
	}
	for _, id := range pressed {
		hidden("the button "+id, shownIn(t, mod.Forges(mine, id).Reply()))
		hidden("the button "+id, shownIn(t, mod.Forges(mine, strings.ReplaceAll(id, mia.ID, mod.ID)).Reply()))
	}
	after, err := f.store.Log(s.Guild().ID, 1)
	if err != nil || after[0] != log[0] {
		t.Errorf("the first server's log goes on: %+v, %v", after, err)
	}
	if files, err := f.store.Articles(s.Guild().ID); err != nil || len(files) != 1 || string(files[0].Data) != stormSecret || files[0].Name != "storm.md" {
		t.Errorf("the first server's articles: %+v, %v", files, err)
	}
}

// kept is all that moderators can change of a server.
func (f *shelf) kept(t *testing.T, server string) string {
	t.Helper()
	articles, err := f.store.Articles(server)
	if err != nil {
		t.Fatal(err)
	}
	goldens, err := f.store.Goldens(server)
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := f.store.Gaps(server)
	if err != nil {
		t.Fatal(err)
	}
	log, err := f.store.Log(server, 100)
	if err != nil {
		t.Fatal(err)
	}
	gaps = slices.DeleteFunc(gaps, func(g store.Gap) bool { return g.Count == 1 && !strings.Contains(g.Question, "zeppelin") }) // members' own
	return fmt.Sprintf("%+v\n%+v\n%+v\n%+v\n%+v\n%+v", articles, goldens, gaps, log, f.store.Settings(server), f.lib.For(server).History(t.Context()))
}

// TestMembersCanDoNothingOfModerators tries every route: what moderators may do
// is refused to members in private, politely, and nothing comes of it.
func TestMembersCanDoNothingOfModerators(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t, unlimited)
	server := s.Guild().ID
	mia.Clicks(s.corpus(mia, "add", upload("storm.md", stormSecret)).Message, "Confirm").Reply()
	f.store.Missed(server, "What is the zeppelin for?")
	answer := s.ask(s.ada, "Who opened the harbour of Ashby?").Message
	mia.MessageCommand(nameGolden, answer).Reply()
	pending := []*discordtest.Message{
		s.corpus(mia, "add", upload("mill.md", harbourText)).Message,
		s.corpus(mia, "remove", discordtest.Opt("article", "added:storm")).Message,
	}
	dialogue := mia.Slash(s.general, "corpus add")
	dialogue.Reply()
	before := f.kept(t, server)
	refused := func(what string, i *discordtest.Interaction) {
		t.Helper()
		r := i.Reply()
		if !r.Ephemeral() || r.Modal != nil || !strings.Contains(r.Text(), "Manage Server") && !strings.Contains(r.Text(), "Only the member") {
			t.Errorf("%s: %+v\n%s", what, r.Modal, r.Text())
		}
		if got := f.kept(t, server); got != before {
			t.Fatalf("%s changed something:\n%s\nbefore:\n%s", what, got, before)
		}
	}
	forged := discordtest.Forged()
	known := routes(s, f)
	guarded := 0
	for _, p := range trails(t, known) {
		if !p.moderator {
			s.ada.Slash(s.general, p.name, known[p.name]...).Reply()
			if got := f.kept(t, server); got != before {
				t.Fatalf("/%s, which is for all members, changed something:\n%s\nbefore:\n%s", p.name, got, before)
			}
			continue
		}
		guarded++
		refused("/"+p.name, s.ada.Slash(s.general, p.name, append(slices.Clone(known[p.name]), forged)...))
		refused("/"+p.name+" without options", s.ada.Slash(s.general, p.name, forged))
		for _, option := range p.completed {
			if choices := s.ada.Autocomplete(s.general, p.name, option, "", forged).Reply().Choices; len(choices) != 0 {
				t.Errorf("completing %s of /%s offers %+v", option, p.name, choices)
			}
		}
	}
	if guarded < 19 {
		t.Errorf("only %d commands are for moderators", guarded)
	}
	refused(nameGolden, s.ada.MessageCommand(nameGolden, answer, forged))
	for _, m := range pending {
		for _, b := range m.Components[0].Components {
			refused("button "+b.Label, s.ada.Forges(m, b.CustomID))
			refused("button "+b.Label+" made out to the member", s.ada.Forges(m, strings.Replace(b.CustomID, mia.ID, s.ada.ID, 1)))
		}
	}
	refused("dialogue", s.ada.SubmitsModal(dialogue, map[string]string{"title": "T", "text": "The text of eve."}, forged))
	for _, id := range crafted(t, f.lib.For(server).Status(t.Context()).Revision, s.ada.ID, 3) {
		s.ada.Forges(answer, id).Reply()
	}
	if got := f.kept(t, server); got != before {
		t.Errorf("a button that was made up changed something:\n%s\nbefore:\n%s", got, before)
	}
	s.text.Note("What was prepared still waits for the moderator.")
	if got := mia.Clicks(pending[1], "Confirm").Reply().Text(); !strings.Contains(got, "Removed") {
		t.Errorf("the moderator's own press:\n%s", got)
	}
}
