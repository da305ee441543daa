package main

import (
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestAddedArticlesOutliveARestart adds an article and a setting, asks what can't
// be answered, stops the program, and asks the next one.
func TestAddedArticlesOutliveARestart(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir, data := shelf(t), t.TempDir()
	mod, general := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)), s.Channel("general")
	first := start(t, s, "CORPUS_DIR", dir, "DATA_DIR", data)
	file := discordtest.File{Name: "ferry.md", Data: []byte("The mayor, Carla Reed, opened the ferry at Ashby on Monday.\n")}
	preview := mod.Slash(general, "corpus add", discordtest.Opt("file", file)).Reply()
	if got := mod.Clicks(preview.Message, "Confirm").Reply().Text(); !strings.Contains(got, "ferry.md") {
		t.Fatalf("not added:\n%s", got)
	}
	mod.Slash(general, "settings private", discordtest.Opt("on", true)).Reply()
	s.Member("alice").Slash(general, "ask", discordtest.Opt("question", "What is the zeppelin for?")).Reply()
	first.stop() // before the question would be written anyway
	s.WaitDisconnected()

	start(t, s, "CORPUS_DIR", dir, "DATA_DIR", data)
	r := s.Member("alice").Slash(general, "ask", discordtest.Opt("question", "Who opened the ferry at Ashby?")).Reply()
	if !strings.Contains(r.Text(), "Carla Reed") || !r.Ephemeral() {
		t.Errorf("after the restart, private %v:\n%s", r.Ephemeral(), r.Text())
	}
	if got := seen(mod.Slash(general, "corpus gaps").Reply().Text()); !strings.Contains(got, "zeppelin") {
		t.Errorf("the unanswered questions after the restart:\n%s", got)
	}
	if got := seen(mod.Slash(general, "corpus log").Reply().Text()); !strings.Contains(got, "ferry.md") {
		t.Errorf("the log after the restart:\n%s", got)
	}
}

// TestModeratorsSettingsAreWired: what the operator decides about keeping and
// fetching reaches those who ask for it.
func TestModeratorsSettingsAreWired(t *testing.T) {
	for _, tt := range []struct {
		settings   []string
		days, link string
	}{
		{nil, "Kept for 30 days", "the operator hasn't allowed it"},
		{[]string{"RETENTION_DAYS", "7", "ALLOW_URL_IMPORT", "true"}, "Kept for 7 days", "Only public pages"},
	} {
		s := discordtest.New(t, discordtest.Options{})
		mod, general := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)), s.Channel("general")
		start(t, s, append([]string{"CORPUS_DIR", shelf(t)}, tt.settings...)...)
		if got := mod.Slash(general, "settings show").Reply().Text(); !strings.Contains(got, tt.days) {
			t.Errorf("%v: want %q:\n%s", tt.settings, tt.days, got)
		}
		if got := mod.Slash(general, "corpus add", discordtest.Opt("link", "http://127.0.0.1/")).Reply().Text(); !strings.Contains(got, tt.link) {
			t.Errorf("%v: want %q:\n%s", tt.settings, tt.link, got)
		}
	}
}
