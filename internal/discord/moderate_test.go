package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

func upload(name, text string) discordtest.Arg {
	return discordtest.Opt("file", discordtest.File{Name: name, Data: []byte(text)})
}

const stormText = "---\ntitle: The storm of 1902\n---\nThe storm of 1902 sank the steamer Dora. Nobody was hurt.\n"

func (s *scene) corpus(who *discordtest.Member, sub string, args ...discordtest.Arg) discordtest.Reply {
	s.t.Helper()
	return who.Slash(s.general, "corpus "+sub, args...).Reply()
}

func TestTranscriptAdding(t *testing.T) {
	s, f, mia := newShelved(t)
	s.text.Note("A moderator adds an article to the server: a preview first, then a button.")
	preview := s.corpus(mia, "add", upload("Storm of 1902.md", stormText))
	mia.Clicks(preview.Message, "Confirm").Reply()
	s.ask(s.ada, "What did the storm of 1902 sink?")
	s.text.Note("Without a file, a dialogue takes the text.")
	i := mia.Slash(s.general, "corpus add")
	pasted := mia.SubmitsModal(i, map[string]string{"title": "The **mill** @everyone", "text": "The mill of Ashby grinds corn since 1820."}).Reply()
	mia.Clicks(pasted.Message, "Cancel").Reply()
	s.text.Note("What can't be an article is refused, with the reason.")
	s.corpus(mia, "add", upload("broken.md", "---\npublished: someday\n---\nText."))
	s.corpus(mia, "add", upload("archive.md", "PK\x03\x04\x00\x00"))
	s.corpus(mia, "add", upload("latin.txt", "caf\xe9"))
	s.corpus(mia, "add", upload("page.pdf", "%PDF-1.7"))
	s.text.Note("The file comes back as it was, and the article can be removed.")
	back := s.corpus(mia, "export", discordtest.Opt("article", "added:storm-of-1902"))
	if len(back.Message.Attachments) != 1 {
		t.Errorf("%d files came back", len(back.Message.Attachments))
	}
	sure := s.corpus(mia, "remove", discordtest.Opt("article", "added:storm-of-1902"))
	mia.Clicks(sure.Message, "Confirm").Reply()
	s.ask(s.ada, "What did the storm of 1902 sink?")
	s.corpus(mia, "log")
	s.end()
	if f.store.HasArticles(s.Guild().ID) {
		t.Error("the article is still kept")
	}
}

func TestTranscriptReloading(t *testing.T) {
	s, f, mia := newShelved(t)
	s.text.Note("A moderator keeps an answer as golden; each reload asks it again.")
	answer := s.ask(s.ada, "Who opened the harbour of Ashby?").Message
	mia.MessageCommand("Keep as golden", answer).Reply()
	s.corpus(mia, "goldens")
	f.write("harbour.md", strings.ReplaceAll(harbourText, "Carla Reed", "Ada Stone"))
	f.write("mill.md", "---\ntitle: The mill\n---\nThe mill of Ashby grinds corn.\n")
	s.corpus(mia, "reload")
	s.text.Note("The old reply is marked when someone uses its buttons; what still stands goes on working.")
	s.ada.Clicks(answer, "Context").Reply()
	noon := s.ask(s.ada, "When does the ferry sail?").Message
	f.write("harbour.md", strings.ReplaceAll(harbourText, "It closes", "A new pier was built. It closes"))
	s.corpus(mia, "reload")
	s.ada.Clicks(noon, "Context").Reply()
	s.text.Note("What answered before is listed, and can be put back.")
	s.corpus(mia, "history")
	choices := mia.Autocomplete(s.general, "corpus rollback", "revision", "").Reply().Choices
	if len(choices) != 2 {
		t.Fatalf("choices %+v", choices)
	}
	s.corpus(mia, "rollback", discordtest.Opt("revision", choices[1].Value))
	s.corpus(mia, "rollback", discordtest.Opt("revision", "none such"))
	s.end()
}

func TestTranscriptGaps(t *testing.T) {
	s, _, mia := newShelved(t)
	s.text.Note("What the articles can't answer is kept for moderators: merged, counted, without names.")
	s.corpus(mia, "gaps")
	for range 2 {
		s.ask(s.ada, "What is the tariff of the ferry?")
	}
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" Does "+s.Member("grace").Mention()+" pay the tariffs in Denmark?"))
	r := s.corpus(mia, "gaps")
	if len(r.Message.Attachments) != 1 || r.Message.Attachments[0].Filename != "questions.csv" {
		t.Errorf("files %+v", r.Message.Attachments)
	}
	if strings.Contains(r.Text(), "grace") || strings.Contains(r.Text(), "ada") {
		t.Error("a name is kept")
	}
	s.text.Note("A server that doesn't want that switches it off.")
	mia.Slash(s.general, "settings gaps", discordtest.Opt("on", false)).Reply()
	s.corpus(mia, "gaps")
	s.end()
}

func TestTranscriptSettings(t *testing.T) {
	s, _, mia := newShelved(t)
	set := func(sub string, args ...discordtest.Arg) discordtest.Reply {
		t.Helper()
		return mia.Slash(s.general, "settings "+sub, args...).Reply()
	}
	s.text.Note("A moderator decides for the server.")
	set("listen", discordtest.Opt("on", true), discordtest.Opt("cooldown", 60))
	set("private", discordtest.Opt("on", true))
	s.ask(s.ada, "When does the ferry sail?")
	set("private", discordtest.Opt("on", false))
	set("retention", discordtest.Opt("days", 7))
	set("language", discordtest.Opt("language", "de"))
	s.text.Note("What moderators do can be posted to a channel, in the server's language.")
	set("log", discordtest.Opt("on", true))
	s.corpus(mia, "use", discordtest.Opt("article", "harbour"))
	s.corpus(mia, "use")
	s.end()
}

func TestTranscriptPrivacy(t *testing.T) {
	s, f, _ := newShelved(t)
	s.text.Note("What is kept of a member, and the button that deletes it.")
	s.ada.Slash(s.general, "privacy").Reply()
	if err := f.store.KeepOpinion(s.ada.ID, store.Opinion{Server: s.Guild().ID, Helpful: true, Article: "harbour"}); err != nil {
		t.Fatal(err)
	}
	kept := s.ada.Slash(s.general, "privacy").Reply()
	s.text.Note("Only they can press it.")
	s.Member("eve").Forges(kept.Message, kept.Message.Components[0].Components[0].CustomID).Reply()
	s.ada.Clicks(kept.Message, "Delete it").Reply()
	s.end()
	if n, err := f.store.Kept(s.ada.ID); err != nil || n != 0 {
		t.Errorf("%d opinions are kept, %v", n, err)
	}
}

// TestModeratorRole: a role of the server's settings makes a moderator, and
// only as long as it is held.
func TestModeratorRole(t *testing.T) {
	s, _, mia := newShelved(t)
	keepers := s.Guild().Role("keepers", 0)
	kim := s.Member("kim", discordtest.WithRoles(keepers))
	status := func() string { return kim.Slash(s.general, "corpus status", discordtest.Forged()).Reply().Text() }
	if got := status(); strings.Contains(got, "evision") {
		t.Errorf("before:\n%s", got)
	}
	mia.Slash(s.general, "settings moderators", discordtest.Opt("role", keepers)).Reply()
	if got := status(); !strings.Contains(got, "evision") {
		t.Errorf("with the role:\n%s", got)
	}
	add := kim.Slash(s.general, "corpus add", discordtest.Forged(), upload("storm.md", stormText)).Reply()
	kim.SetRoles()
	if got := kim.Clicks(add.Message, "Confirm").Reply().Text(); strings.Contains(got, "Added") {
		t.Errorf("the role is gone, and the click counts:\n%s", got)
	}
}

// TestMembersCanDoNothingOfModerators tries every route.
func TestMembersCanDoNothingOfModerators(t *testing.T) {
	s, f, mia := newShelved(t)
	server := s.Guild().ID
	preview := s.corpus(mia, "add", upload("storm.md", stormText)).Message
	dialogue := mia.Slash(s.general, "corpus add")
	dialogue.Reply()
	before := f.store.Settings(server)
	refused := func(what string, i *discordtest.Interaction) {
		t.Helper()
		r := i.Reply()
		if !r.Ephemeral() || !strings.Contains(r.Text(), "Manage Server") && !strings.Contains(r.Text(), "Only the member") {
			t.Errorf("%s: %+v\n%s", what, r.Modal, r.Text())
		}
	}
	forged := discordtest.Forged()
	for _, c := range []struct {
		name string
		args []discordtest.Arg
	}{
		{"corpus status", nil}, {"corpus reload", nil}, {"corpus history", nil}, {"corpus log", nil}, {"corpus gaps", nil}, {"corpus goldens", nil},
		{"corpus rollback", []discordtest.Arg{discordtest.Opt("revision", string(f.lib.Status().Revision))}},
		{"corpus add", nil}, {"corpus add", []discordtest.Arg{upload("eve.md", stormText)}},
		{"corpus remove", []discordtest.Arg{discordtest.Opt("article", "harbour")}}, {"corpus export", []discordtest.Arg{discordtest.Opt("article", "harbour")}},
		{"corpus use", []discordtest.Arg{discordtest.Opt("article", "harbour")}},
		{"settings show", nil}, {"settings listen", []discordtest.Arg{discordtest.Opt("on", true)}}, {"settings private", []discordtest.Arg{discordtest.Opt("on", true)}},
		{"settings gaps", []discordtest.Arg{discordtest.Opt("on", false)}}, {"settings log", []discordtest.Arg{discordtest.Opt("on", true)}},
		{"settings retention", []discordtest.Arg{discordtest.Opt("days", 1)}}, {"settings language", []discordtest.Arg{discordtest.Opt("language", "de")}},
		{"settings moderators", []discordtest.Arg{discordtest.Opt("role", s.Guild().Role("mine", 0))}},
	} {
		refused("/"+c.name, s.ada.Slash(s.general, c.name, append(c.args, forged)...))
	}
	answer := s.ask(s.ada, "Who opened the harbour of Ashby?").Message
	refused("Keep as golden", s.ada.MessageCommand("Keep as golden", answer, forged))
	for _, b := range preview.Components[0].Components {
		refused("button "+b.Label, s.ada.Forges(preview, b.CustomID))
		own := strings.Replace(b.CustomID, mia.ID, s.ada.ID, 1)
		refused("button "+b.Label+" made out to the member", s.ada.Forges(preview, own))
	}
	refused("dialogue", s.ada.SubmitsModal(dialogue, map[string]string{"title": "T", "text": "The text of eve."}, forged))
	for command, option := range map[string]string{"corpus rollback": "revision", "corpus remove": "article", "corpus use": "article", "corpus goldens": "remove"} {
		if choices := s.ada.Autocomplete(s.general, command, option, "", forged).Reply().Choices; len(choices) != 0 {
			t.Errorf("/%s offers %+v", command, choices)
		}
	}
	if f.store.HasArticles(server) || len(f.lib.For(server).Corpus().Articles) != 1 {
		t.Error("an article was added")
	}
	after := f.store.Settings(server)
	if after.Private != before.Private || after.NoGaps || after.LogChannel != "" || after.Language != "" || len(after.Moderators)+len(after.Use)+len(after.Listen) != 0 || after.Retention != 0 {
		t.Errorf("settings %+v", after)
	}
	if log, err := f.store.Log(server, 10); err != nil || len(log) != 0 {
		t.Errorf("log %+v, %v", log, err)
	}
}

// TestServersDontSeeEachOther: what one server added is not answered from,
// completed, summarised, checked, listed or removed in another.
func TestServersDontSeeEachOther(t *testing.T) {
	s, _, mia := newShelved(t)
	preview := s.corpus(mia, "add", upload("storm.md", stormText))
	mia.Clicks(preview.Message, "Confirm").Reply()
	if got := s.ask(s.ada, "What did the storm of 1902 sink?").Text(); !strings.Contains(got, "Dora") {
		t.Fatalf("not answered where it was added:\n%s", got)
	}
	other := s.AddGuild("elsewhere")
	lobby, mod := other.Channel("lobby"), other.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	hidden := func(what, text string) {
		t.Helper()
		for _, word := range []string{"Dora", "storm.md", "The storm of 1902", "added:storm", "steamer"} {
			if strings.Contains(text, word) {
				t.Errorf("%s shows %q:\n%s", what, word, text)
			}
		}
	}
	for name, i := range map[string]*discordtest.Interaction{
		"status": mod.Slash(lobby, "corpus status"), "history": mod.Slash(lobby, "corpus history"), "log": mod.Slash(lobby, "corpus log"),
		"gaps": mod.Slash(lobby, "corpus gaps"), "reload": mod.Slash(lobby, "corpus reload"), "settings": mod.Slash(lobby, "settings show"),
		"summary": mod.Slash(lobby, "summary"), "help": mod.Slash(lobby, "help"),
		"ask": mod.Slash(lobby, "ask", discordtest.Opt("question", "What sank in 1902?")),
	} {
		hidden(name, i.Reply().Text())
	}
	for name, text := range map[string]string{
		"verify":  mod.Slash(lobby, "verify", discordtest.Opt("quote", "sank the ship Bella in that year")).Reply().Text(),
		"mention": s.Reply(mod.Says(lobby, s.BotUser().Mention()+" what sank in 1902?")).Text(),
		"message": s.Reply(s.ada.DM("what sank in 1902?")).Text(),
	} {
		hidden(name, text)
	}
	for _, c := range [][3]string{{"ask", "article", "st"}, {"ask", "question", "steam"}, {"ask", "question", "stor"}, {"corpus remove", "article", ""}, {"corpus export", "article", ""}, {"corpus use", "article", "st"}} {
		for _, choice := range mod.Autocomplete(lobby, c[0], c[1], c[2]).Reply().Choices {
			hidden("autocomplete of "+c[0], fmt.Sprint(choice.Name, " ", choice.Value))
		}
	}
	for _, sub := range []string{"remove", "export"} {
		r := mod.Slash(lobby, "corpus "+sub, discordtest.Opt("article", "added:storm")).Reply()
		if len(r.Message.Components)+len(r.Message.Attachments) != 0 {
			t.Errorf("/corpus %s works on another server's article:\n%s", sub, r.Text())
		}
	}
	// A button of the first server's answer, pressed elsewhere.
	answer := s.ask(s.ada, "What did the storm of 1902 sink?").Message
	mine := mod.Slash(lobby, "ask", discordtest.Opt("question", "When does the ferry sail?")).Reply().Message
	hidden("button", mod.Forges(mine, answer.Components[0].Components[0].CustomID).Reply().Text())
}

// TestLogIsPosted: what moderators do is told in the channel of the log.
func TestLogIsPosted(t *testing.T) {
	s, _, mia := newShelved(t)
	mia.Slash(s.general, "settings log", discordtest.Opt("on", true)).Reply()
	mia.Slash(s.Channel("elsewhere"), "corpus reload").Reply()
	ctx, cancel := contextFor(t)
	defer cancel()
	m, err := s.WaitMessage(ctx, s.general, func(m *discordtest.Message) bool { return strings.Contains(m.Content, "read again") })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(m.Content, "<@"+mia.ID+">") {
		t.Errorf("nobody is named:\n%s", m.Content)
	}
}

// TestUploadsComeFromDiscordAlone: the address of a file is part of what a
// forged interaction could claim.
func TestUploadsComeFromDiscordAlone(t *testing.T) {
	for _, api := range []string{"", "http://127.0.0.1:1"} {
		e, err := newEndpoint(api)
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{"http://169.254.169.254/latest", "https://evil.example/a.md", "file:///etc/passwd", "https://cdn.discordapp.com.evil.example/a.md", "https://u:p@cdn.discordapp.com/a.md", "http://127.0.0.1:2/a.md", "%"} {
			if _, err := e.download(t.Context(), address, 10); err == nil || !strings.Contains(err.Error(), "refused") && address != "%" {
				t.Errorf("%s of %q: %v", address, api, err)
			}
		}
	}
}

func TestGapTableIsNoFormula(t *testing.T) {
	table, err := gapTable([]store.Gap{{Question: "=HYPERLINK(\"x\")", Count: 1}, {Question: "who, \"me\"?", Count: 2}})
	if err != nil {
		t.Fatal(err)
	}
	want := "question,count,first,last\n\"'=HYPERLINK(\"\"x\"\")\",1,0001-01-01T00:00:00Z,0001-01-01T00:00:00Z\n\"who, \"\"me\"\"?\",2,0001-01-01T00:00:00Z,0001-01-01T00:00:00Z\n"
	if string(table) != want {
		t.Errorf("got\n%s", table)
	}
}

// TestPagesAreAddedWhereAllowed: what was fetched is shown before it is added,
// and its failure is told without a word of what is behind an address.
func TestPagesAreAddedWhereAllowed(t *testing.T) {
	s, _, mia := newShelved(t)
	link := discordtest.Opt("link", "https://news.example/storm")
	if got := s.corpus(mia, "add", link).Text(); !strings.Contains(got, "operator") {
		t.Errorf("fetched though nobody allowed it:\n%s", got)
	}
	var asked string
	s.bot.handlers.fetch = func(_ context.Context, address string) (string, []byte, error) {
		if asked = address; strings.Contains(address, "inside") {
			return "", nil, errors.New("connect to 10.0.0.1:80: refused")
		}
		return "The storm", []byte("---\ntitle: \"The storm\"\nurl: \"https://news.example/storm\"\n---\n<p>The storm of 1902 sank the steamer Dora.</p>"), nil
	}
	preview := s.corpus(mia, "add", link)
	if asked != "https://news.example/storm" || !strings.Contains(preview.Text(), "sank the steamer Dora") {
		t.Errorf("asked for %q:\n%s", asked, preview.Text())
	}
	mia.Clicks(preview.Message, "Confirm").Reply()
	if got := s.ask(s.ada, "What did the storm of 1902 sink?").Text(); !strings.Contains(got, "news.example/storm") {
		t.Errorf("not linked:\n%s", got)
	}
	if got := s.corpus(mia, "add", discordtest.Opt("link", "http://inside/")).Text(); strings.Contains(got, "10.0.0.1") || !strings.Contains(got, "can't read") {
		t.Errorf("the failure reads:\n%s", got)
	}
}
