package discord

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// posted waits for a message of the bot's in #general that says something.
func (s *scene) posted(part string) {
	s.t.Helper()
	ctx, cancel := contextFor(s.t)
	defer cancel()
	m, err := s.WaitMessage(ctx, s.general, func(m *discordtest.Message) bool { return m.Author.Bot && strings.Contains(m.Content, part) })
	if err != nil {
		s.t.Fatal(err)
	}
	shown := regexp.MustCompile(`<@\d+>`).ReplaceAllString(m.Content, "@mia")
	s.text.Note("verbatim in #general:\n    " + strings.ReplaceAll(shown, "\n", "\n    "))
}

// TestTranscriptGoldens: whoever has the articles read again, each server is
// told which of its golden questions are answered differently.
func TestTranscriptGoldens(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	other := s.AddGuild("elsewhere")
	mod := other.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	lobby := other.Channel("lobby")
	s.text.Mask(`I use \d+ MB`, "I use 20 MB")
	s.text.Note("A server keeps a golden question and has its log posted.")
	mia.MessageCommand("Keep as golden", s.ask(s.ada, "Who opened the harbour of Ashby?").Message).Reply()
	mia.Slash(s.general, "settings log", discordtest.Opt("on", true)).Reply()
	s.text.Note("A reload that no moderator asked for is told in the channel of the log, in /corpus log and in /corpus status.")
	f.write("harbour.md", strings.ReplaceAll(harbourText, "Carla Reed", "Ada Stone"))
	if _, err := f.lib.Reload(t.Context(), library.BySignal); err != nil {
		t.Fatal(err)
	}
	s.posted("Ada Stone")
	s.corpus(mia, "log")
	s.corpus(mia, "status")
	s.text.Note("So is another server's, without who it was.")
	f.write("harbour.md", "---\ntitle: The harbour of Ashby\n---\nThe harbour is shut.\n")
	mod.Slash(lobby, "corpus reload").Reply()
	s.posted("no answer")
	s.corpus(mia, "log")
	s.corpus(mia, "history")
	mod.Slash(lobby, "corpus log").Reply()
	s.text.Note("A moderator's own reload tells them at once, and the channel with it.")
	f.write("harbour.md", harbourText+"\nA last line.\n")
	s.corpus(mia, "reload")
	f.write("harbour.md", strings.ReplaceAll(harbourText, "Carla Reed", "Eve Hill"))
	s.corpus(mia, "reload")
	s.posted("Eve Hill")
	s.text.Note("A golden question that was removed is no longer told of.")
	choices := mia.Autocomplete(s.general, "corpus goldens", "remove", "").Reply().Choices
	if len(choices) != 1 {
		t.Fatalf("choices %+v", choices)
	}
	s.corpus(mia, "goldens", discordtest.Opt("remove", choices[0].Value))
	s.corpus(mia, "status")
	s.end()
}

// TestNoGoldenQuestions: that there are none is another thing than that there is
// not this one.
func TestNoGoldenQuestions(t *testing.T) {
	t.Parallel()
	s, _, mia := newShelved(t)
	contains(t, s.corpus(mia, "goldens").Text(), "There are no golden questions yet.")
	contains(t, s.corpus(mia, "goldens", discordtest.Opt("remove", "0000000000000001")).Text(), "There is no such golden question.")
}

// TestLongLogIsAFileToo: what doesn't fit on the page is in a file beside.
func TestLongLogIsAFileToo(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	for i := range 3 * maxLogged {
		if err := f.store.Record(s.Guild().ID, store.Entry{By: "=mia (123456789012345678)", Action: store.Added, Article: fmt.Sprintf("a%02d.md", i)}); err != nil {
			t.Fatal(err)
		}
	}
	r := s.corpus(mia, "log")
	if got := r.Text(); !strings.Contains(got, "a59.md") || strings.Contains(got, "a39.md") || !strings.Contains(got, "and 40 more") {
		t.Errorf("the page:\n%s", got)
	}
	if len(r.Message.Attachments) != 1 {
		t.Fatalf("%d files", len(r.Message.Attachments))
	}
	rows := strings.Split(strings.TrimSpace(fetched(t, r.Message.Attachments[0].URL)), "\n")
	if len(rows) != 3*maxLogged+1 || rows[0] != "time,by,action,article,detail" || rows[60] != "2026-01-02T03:04:05Z,'=mia (123456789012345678),add,a00.md," {
		t.Errorf("%d rows, the last %q", len(rows), rows[len(rows)-1])
	}
}

// TestUncheckedIsTold: a change stands whose golden questions could not be asked,
// and the reply says both.
func TestUncheckedIsTold(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	for unchecked, want := range map[bool]int{true: 1, false: 0} {
		r := reloaded(w.in("en"), library.Report{Before: library.Status{Revision: "one"}, After: library.Status{Revision: "two"}, Unchecked: unchecked})
		if !strings.Contains(r.Text, "Reloaded") || strings.Count(r.Text, "golden questions could not be asked") != want || r.File != nil {
			t.Errorf("unchecked: %v; got %+v", unchecked, r)
		}
	}
}
