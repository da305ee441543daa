package discord

import (
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
	"verbatim/internal/library"
)

// TestSecondReloadIsTold: whoever asks for a reload while another's is under way
// is told so at once, and gets its result in the same place, also when it fails.
func TestSecondReloadIsTold(t *testing.T) {
	t.Parallel()
	for broken, want := range map[bool]string{false: "Reloaded", true: "Not reloaded"} {
		s, f, mia := newShelved(t, func(_ *Config, p *pace) { p.deferral, p.progress = time.Millisecond, 10*time.Millisecond })
		ben := s.Member("ben", discordtest.WithPermissions(discordtest.ManageGuild))
		f.mu.Lock() // the folder can't be read yet
		if broken {
			f.files["bad.md"] = "\xff"
		}
		first := mia.Slash(s.general, "corpus reload")
		waitFor(t, first, "A reload is under way.")
		second := ben.Slash(s.general, "corpus reload")
		waitFor(t, second, "Someone else's reload is under way")
		f.mu.Unlock()
		shared := "Someone else's reload was under way; this is its result."
		hers := waitFor(t, first, want)
		his := waitFor(t, second, want)
		if strings.Contains(hers, shared) || !strings.Contains(his, shared) {
			t.Errorf("broken %v; hers:\n%s\nhis:\n%s", broken, hers, his)
		}
	}
}

// waitFor waits until the reply to an interaction, which may be edited, says
// something.
func waitFor(t *testing.T, i *discordtest.Interaction, part string) string {
	t.Helper()
	ctx, cancel := contextFor(t)
	defer cancel()
	var text string
	_, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool {
		if r.Message != nil {
			text = r.Message.Content
		}
		return strings.Contains(text, part)
	})
	if err != nil {
		t.Fatalf("waiting for %q: %v; it says:\n%s", part, err, text)
	}
	return text
}

// TestProgressIsShown: how far a reload has come is told to the moderator who
// waits, and beside the bot's name.
func TestProgressIsShown(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	st := library.Status{Loading: true, Reloading: true, Progress: library.Progress{Stage: library.Indexing, Done: 20000, Of: 50000}}
	for stage, want := range map[library.Stage]string{library.Reading: "Reading: 20000 of 50000 articles", library.Indexing: "Indexing: 20000 of 50000 sentences", library.Analysing: "Analysing: 20000 of 50000 sentences", "": ""} {
		st.Progress.Stage = stage
		shown := presenceOf(w.in(), st, false).text
		told := w.in().underWay(st, false)
		if !strings.Contains(shown, "the articles load again") || !strings.Contains(shown, want) || !strings.HasPrefix(told, "A reload is under way.") || !strings.Contains(told, want) {
			t.Errorf("%q: beside the name %q, to the moderator %q", stage, shown, told)
		}
	}
	if got := w.in().underWay(library.Status{}, true); got != "" {
		t.Errorf("told where nothing is under way: %q", got)
	}
}
