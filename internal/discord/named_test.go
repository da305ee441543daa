package discord

import (
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestTitlesWithSlashes: a title is no path, and of two that differ neither takes
// the other's place unsaid.
func TestTitlesWithSlashes(t *testing.T) {
	t.Parallel()
	s, _, mia := newShelved(t)
	paste := func(title string) discordtest.Reply {
		t.Helper()
		return mia.SubmitsModal(mia.Slash(s.general, "corpus add"), map[string]string{"title": title, "text": "The mill of Ashby grinds corn since 1820."}).Reply()
	}
	for title, want := range map[string]string{"Either/Or": "either-or.md", `Now\Or`: "now-or.md"} {
		if got := plainly(paste(title)); !strings.Contains(got, " as "+want) {
			t.Errorf("%q:\n%s", title, got)
		}
	}
	mia.Clicks(s.corpus(mia, "add", upload("or.txt", stormText)).Message, "Confirm").Reply()
	r := paste("Or")
	if got := r.Text(); !strings.Contains(got, "or.txt") || len(r.Message.Components) != 0 {
		t.Errorf("the clash isn't told before it is confirmed:\n%s", got)
	}
}
