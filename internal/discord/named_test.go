package discord

import (
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestArticlesByAnyName: an article that a server added answers to its ID, its
// file's name with or without the extension, and its title where that is one's
// alone.
func TestArticlesByAnyName(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	put := func(name, text string) {
		t.Helper()
		r := s.corpus(mia, "add", upload(name, text))
		mia.Clicks(r.Message, "Confirm").Reply()
	}
	put("storm.md", stormText)
	put("twin.md", strings.Replace(stormText, "Dora", "Bella", 1))
	put("lamp.md", "---\ntitle: The lamp of Ashby\n---\nThe lamp burns oil.\n")
	article := func(name string) discordtest.Arg { return discordtest.Opt("article", name) }
	for name, want := range map[string]string{"added:storm": "storm.md", "storm.md": "storm.md", "storm": "storm.md", "Storm": "storm.md", "the lamp of ashby": "lamp.md", " The lamp  of Ashby ": "lamp.md"} {
		if r := s.corpus(mia, "export", article(name)); len(r.Message.Attachments) != 1 || r.Message.Attachments[0].Filename != want {
			t.Errorf("export %q: %s", name, r.Text())
		}
		if got := s.corpus(mia, "remove", article(name)).Text(); !strings.Contains(got, "Remove "+want) {
			t.Errorf("remove %q: %s", name, got)
		}
		if got := s.corpus(mia, "use", article(name)).Text(); !strings.Contains(got, "asked of") || strings.Contains(got, "no article") {
			t.Errorf("use %q: %s", name, got)
		}
		if got, id := f.store.Use(s.Guild().ID, s.general.ID), "added:"+strings.TrimSuffix(want, ".md"); len(got) != 1 || got[0] != id {
			t.Errorf("use %q: %v", name, got)
		}
		s.corpus(mia, "use")
	}
	for _, name := range []string{"The storm of 1902", "harbour", "none"} {
		if got := s.corpus(mia, "export", article(name)); len(got.Message.Attachments) != 0 || !strings.Contains(got.Text(), "no article") {
			t.Errorf("export %q: %s", name, got.Text())
		}
	}
	if got := s.corpus(mia, "use", article("The storm of 1902")).Text(); !strings.Contains(got, "no article") {
		t.Errorf("two have that title: %s", got)
	}
	if s.corpus(mia, "use", article("The harbour of Ashby")); len(f.store.Use(s.Guild().ID, s.general.ID)) != 1 {
		t.Error("the operator's article isn't found by its title")
	}
}

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
