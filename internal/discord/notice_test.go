package discord

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestNoticesAreInTheServersLanguage: what moderators do is told in the channel
// of the log, in the language of the server and not in theirs.
func TestNoticesAreInTheServersLanguage(t *testing.T) {
	t.Parallel()
	s, _, _ := newShelved(t)
	mia := s.Member("mia2", discordtest.WithPermissions(discordtest.ManageGuild), discordtest.WithLocale("en-US"))
	elsewhere := s.Channel("elsewhere")
	mia.Slash(s.general, "settings language", discordtest.Opt("language", "de")).Reply()
	mia.Slash(s.general, "settings log", discordtest.Opt("on", true)).Reply()
	told := func(key string, values ...any) {
		t.Helper()
		want := s.bot.handlers.words.in("de").say(key, append(values, "By", "<@"+mia.ID+">")...)
		ctx, cancel := contextFor(t)
		defer cancel()
		if _, err := s.WaitMessage(ctx, s.general, func(m *discordtest.Message) bool { return m.Content == want }); err != nil {
			t.Errorf("waiting for %q: %v", want, err)
		}
	}
	told("log.settings", "Name", "log on "+s.general.Mention())
	mia.Slash(elsewhere, "settings private", discordtest.Opt("on", true)).Reply()
	told("log.settings", "Name", "private on")
	add := mia.Slash(elsewhere, "corpus add", upload("storm.md", stormText)).Reply()
	if got := mia.Clicks(add.Message, "Confirm").Reply().Text(); !strings.Contains(got, "Added") {
		t.Errorf("the moderator is told in another language:\n%s", got)
	}
	told("log.add", "Name", "storm.md")
	remove := mia.Slash(elsewhere, "corpus remove", discordtest.Opt("article", "storm")).Reply()
	mia.Clicks(remove.Message, "Confirm").Reply()
	told("log.remove", "Name", "storm.md")
}

// TestConfirmingIsForItsServer: what waits in one server can't be confirmed in
// another, by whomever.
func TestConfirmingIsForItsServer(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	other := s.AddGuild("elsewhere")
	m := s.corpus(mia, "add", upload("storm.md", stormText)).Message
	id := m.Components[0].Components[0].CustomID
	there := Caller{ID: mia.ID, Server: other.ID, Member: true, Permissions: permManageServer}
	reply, err := s.bot.handlers.in(other.ID).confirm(t.Context(), pressRequest{Caller: there, State: id})
	if err != nil || !strings.Contains(reply.Text, "This preview is gone") {
		t.Errorf("confirmed elsewhere: %+v, %v", reply, err)
	}
	if f.store.HasArticles(other.ID) || f.store.HasArticles(s.Guild().ID) {
		t.Error("it was added")
	}
	if got := mia.Clicks(m, "Confirm").Reply().Text(); !strings.Contains(got, "Added") {
		t.Errorf("where it waits:\n%s", got)
	}
}

// TestDialogueIsItsOwners: another moderator can't submit it.
func TestDialogueIsItsOwners(t *testing.T) {
	t.Parallel()
	s, _, mia := newShelved(t)
	ben := s.Member("ben", discordtest.WithPermissions(discordtest.ManageGuild))
	shown := mia.Slash(s.general, "corpus add")
	shown.Reply()
	text := map[string]string{"title": "The mill", "text": "The mill of Ashby grinds corn."}
	if r := ben.SubmitsModal(shown, text, discordtest.Forged()).Reply(); !strings.Contains(r.Text(), "Only the member") || len(r.Message.Components) != 0 {
		t.Errorf("ben submits mia's:\n%s", r.Text())
	}
	if got := mia.SubmitsModal(shown, text).Reply().Text(); !strings.Contains(got, "grinds corn") {
		t.Errorf("mia submits hers:\n%s", got)
	}
}

// TestGapsAreDeletedWhenSwitchedOff: nothing of before is there when a server
// wants unanswered questions kept again.
func TestGapsAreDeletedWhenSwitchedOff(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	s.ask(s.ada, "What is the tariff of the ferry?")
	if gaps, err := f.store.Gaps(s.Guild().ID); err != nil || len(gaps) != 1 {
		t.Fatalf("kept: %+v, %v", gaps, err)
	}
	for _, on := range []bool{false, true} {
		mia.Slash(s.general, "settings gaps", discordtest.Opt("on", on)).Reply()
		if gaps, err := f.store.Gaps(s.Guild().ID); err != nil || len(gaps) != 0 {
			t.Errorf("switched to %v: %+v, %v", on, gaps, err)
		}
	}
}

// TestDownloadsAreBounded: of a file no more is read than its limit, whatever was
// said of its size.
func TestDownloadsAreBounded(t *testing.T) {
	const limit = 100
	sent := make(chan int, 1)
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/endless" {
			n, part := 0, make([]byte, 1<<20)
			for err := error(nil); err == nil && n < 1<<30; n += len(part) {
				_, err = w.Write(part)
			}
			sent <- n
			return
		}
		body := strings.Repeat("x", limit)
		if r.URL.Path == "/large" {
			body += "x"
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Error(err)
		}
	}))
	defer files.Close()
	e, err := newEndpoint(files.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer e.closeIdle()
	if data, err := e.download(t.Context(), files.URL+"/fits", limit); err != nil || len(data) != limit {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if data, err := e.download(t.Context(), files.URL+"/large", limit); err == nil || !strings.Contains(err.Error(), "more than 100 bytes") || data != nil {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := e.download(t.Context(), files.URL+"/endless", limit); err == nil {
		t.Error("a file without an end was taken")
	}
	if n := <-sent; n >= 1<<30 {
		t.Errorf("%d bytes were read", n)
	}
}
