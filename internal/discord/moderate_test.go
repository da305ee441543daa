package discord

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

func upload(name, text string) discordtest.Arg {
	return discordtest.Opt("file", discordtest.File{Name: name, Data: []byte(text)})
}

const stormText = "---\ntitle: The storm of 1902\n---\nThe storm of 1902 sank the steamer Dora. Nobody was hurt.\n"

func (s *scene) corpus(who *discordtest.Member, sub string, args ...discordtest.Arg) discordtest.Reply {
	s.t.Helper()
	i := who.Slash(s.general, "corpus "+sub, args...)
	if sub == "reload" { // a long one tells first how far it has come
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool {
			return r.Message != nil && r.Message.Flags&discordtest.FlagLoading == 0 && !strings.Contains(r.Message.Content, "is under way")
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return i.Reply()
}

func TestTranscriptAdding(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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

// TestTranscriptOpinions: moderators see which answers were found not helpful,
// and neither who found so nor what had been asked.
func TestTranscriptOpinions(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t, func(c *Config, _ *pace) {
		st := c.Store
		c.Opinion = func(_ context.Context, o Opinion) error {
			p := o.Passages[0]
			return st.KeepOpinion(o.Member, store.Opinion{Server: o.Server, Helpful: o.Helpful, Revision: string(o.Revision), Article: p.Article, Paragraph: p.Paragraph, Sentence: p.Sentence})
		}
	})
	s.text.Mask(`I use \d+ MB`, "I use 20 MB")
	noon := s.ask(s.ada, "When does the ferry sail?").Message
	opened := s.ask(s.ada, "Who opened the harbour of Ashby?").Message
	for _, name := range []string{"eve", "grace"} {
		s.Member(name).Clicks(noon, "Not helpful").Reply()
	}
	s.ada.Clicks(opened, "Not helpful").Reply()
	s.ada.Clicks(noon, "Helpful").Reply()
	s.corpus(mia, "status")
	s.text.Note("Where it is no longer known what an answer said, it is only counted.")
	f.write("harbour.md", harbourText+"\nA last line.\n")
	s.restart(f)
	s.corpus(mia, "status")
	s.end()
}

func TestTranscriptPrivacy(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

// TestLogIsPosted: what moderators do is told in the channel of the log.
func TestLogIsPosted(t *testing.T) {
	t.Parallel()
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
	table := gapTable([]store.Gap{{Question: "=HYPERLINK(\"x\")", Count: 1}, {Question: "who, \"me\"?", Count: 2}})
	want := "question,count,first,last\n\"'=HYPERLINK(\"\"x\"\")\",1,0001-01-01T00:00:00Z,0001-01-01T00:00:00Z\n\"who, \"\"me\"\"?\",2,0001-01-01T00:00:00Z,0001-01-01T00:00:00Z\n"
	if string(table) != want {
		t.Errorf("got\n%s", table)
	}
}

// TestPagesAreAddedWhereAllowed: what was fetched is shown before it is added,
// and its failure is told.
func TestPagesAreAddedWhereAllowed(t *testing.T) {
	t.Parallel()
	s, _, mia := newShelved(t)
	link := discordtest.Opt("link", "https://news.example/storm")
	if got := s.corpus(mia, "add", link).Text(); !strings.Contains(got, "operator") {
		t.Errorf("fetched though nobody allowed it:\n%s", got)
	}
	var asked string
	s.bot.handlers.fetch = func(_ context.Context, address string) (string, []byte, bool) {
		if asked = address; strings.Contains(address, "inside") {
			return "", nil, false
		}
		return "The storm", []byte("---\ntitle: \"The storm\"\nurl: \"https://news.example/storm\"\n---\n<p>The storm of 1902 sank the steamer Dora.</p>"), true
	}
	preview := s.corpus(mia, "add", link)
	if asked != "https://news.example/storm" || !strings.Contains(preview.Text(), "sank the steamer Dora") {
		t.Errorf("asked for %q:\n%s", asked, preview.Text())
	}
	mia.Clicks(preview.Message, "Confirm").Reply()
	if got := s.ask(s.ada, "What did the storm of 1902 sink?").Text(); !strings.Contains(got, "news.example/storm") {
		t.Errorf("not linked:\n%s", got)
	}
	if got := s.corpus(mia, "add", discordtest.Opt("link", "http://inside/")).Text(); !strings.Contains(got, "can't read") {
		t.Errorf("the failure reads:\n%s", got)
	}
}

// TestModeratorRolesAreBounded: what doesn't fit is refused, and neither logged
// nor posted, also when several are added at once.
func TestModeratorRolesAreBounded(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	server := s.Guild().ID
	role := func(i int) string { return strconv.Itoa(1000 + i) }
	err := f.store.Change(server, store.Entry{By: "test", Action: store.Decided}, func(set *store.Settings) {
		for i := range maxModerators - 3 {
			set.Moderators = append(set.Moderators, role(i))
		}
		set.LogChannel = s.general.ID
	})
	if err != nil {
		t.Fatal(err)
	}
	h := s.bot.handlers.in(server)
	c := Caller{ID: mia.ID, Name: "mia", Server: server, Member: true, Permissions: permManageServer, Locale: "en-US"}
	change := func(i int) (added bool) {
		got, err := h.decide(t.Context(), settingsRequest{Caller: c, Setting: nameModerators, Role: role(i)})
		if err != nil {
			t.Error(err)
		}
		if refused := got.Text == "There can be 25 moderator roles at most. Please take one away first."; refused != (got.Notice == nil) {
			t.Errorf("the notice is %v, and the reply\n%s", got.Notice, got.Text)
		}
		return got.Notice != nil
	}
	var wg sync.WaitGroup
	var added atomic.Int32
	for i := range 8 {
		wg.Go(func() {
			if change(100 + i) {
				added.Add(1)
			}
		})
	}
	wg.Wait()
	entries, err := f.store.Log(server, store.MaxEntries)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.store.Settings(server).Moderators); n != maxModerators || added.Load() != 3 || len(entries) != 1+3 {
		t.Errorf("%d roles, of which %d were added now, and %d lines in the log", n, added.Load(), len(entries))
	}
	if !change(0) || !change(200) || change(201) {
		t.Error("one more isn't added where one was taken away, or another is beside it")
	}
}
