package discord

import (
	"slices"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// scoped is a scene of three articles, of which #general asks about one or two.
func scoped(t *testing.T, use ...string) (*scene, *discordtest.Member) {
	t.Helper()
	s, f, mia := newShelved(t, func(c *Config, _ *pace) { c.MessageContent = true })
	f.write("mill.md", "---\ntitle: The mill of Ashby\n---\nThe mill of Ashby was opened in 1820 by Ben Stone. It grinds corn.\n\nThe miller sings on Sundays. He sleeps at noon.\n")
	f.write("lamp.md", "---\ntitle: The lamp of Ashby\n---\nThe lamp of Ashby was opened in 1750 by Eve Hill. It burns oil.\n\nThe keeper reads on Sundays. He wakes at noon.\n")
	s.corpus(mia, "reload")
	for _, id := range use {
		s.corpus(mia, "use", discordtest.Opt("article", id))
	}
	return s, mia
}

// TestThreadsAskAsTheirChannel: what is decided for a channel holds in its
// threads, unless something else is decided there.
func TestThreadsAskAsTheirChannel(t *testing.T) {
	t.Parallel()
	s, mia := scoped(t, "mill")
	thread := s.general.Thread("the mill")
	const question = "What was opened by Eve Hill in 1750?"
	ask := func() string {
		t.Helper()
		return s.ada.Slash(thread, "ask", discordtest.Opt("question", question)).Reply().Text()
	}
	if got := ask(); strings.Contains(got, "burns oil") || strings.Contains(got, "in 1750 by") {
		t.Errorf("the thread asks about other articles than its channel:\n%s", got)
	}
	if got := s.Reply(s.ada.Says(thread, s.BotUser().Mention()+" "+question)).Content; strings.Contains(got, "by Eve Hill.") {
		t.Errorf("so it does in a message:\n%s", got)
	}
	if got := mia.Slash(thread, "corpus use", discordtest.Opt("article", "lamp")).Reply().Text(); !strings.Contains(got, "The lamp") || strings.Contains(got, "The mill") {
		t.Errorf("use in the thread:\n%s", got)
	}
	if got := ask(); !strings.Contains(got, "opened in") {
		t.Errorf("what is decided for the thread doesn't hold:\n%s", got)
	}
	if got := mia.Slash(thread, "corpus use").Reply().Text(); !strings.Contains(got, "The mill") {
		t.Errorf("without its own, the thread asks as its channel:\n%s", got)
	}

	mia.Slash(s.general, "settings listen", discordtest.Opt("on", true)).Reply()
	if got := s.Reply(s.ada.Says(s.general.Thread("another"), "When was the mill of Ashby opened?")).Content; !strings.Contains(got, "1820") {
		t.Errorf("the bot doesn't listen in a thread:\n%s", got)
	}
}

// TestLooksBeginWithTheChannelsArticles: without an article named, a member looks
// at those that the channel asks about, and at all by asking for all.
func TestLooksBeginWithTheChannelsArticles(t *testing.T) {
	t.Parallel()
	titles := []string{"The harbour of Ashby", "The lamp of Ashby", "The mill of Ashby"}
	for name, tt := range map[string]struct {
		use, want []string
	}{
		"none": {nil, titles},
		"one":  {[]string{"mill"}, titles[2:]},
		"two":  {[]string{"mill", "lamp"}, titles[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scoped(t, tt.use...)
			for command, args := range map[string][]discordtest.Arg{"summary": nil, "article about": nil, "article facts": nil, "article timeline": nil, "article people": nil, "article mentions": {discordtest.Opt("term", "Ashby")}} {
				for _, all := range []bool{false, true} {
					with, want := args, tt.want
					if all {
						with, want = append(slices.Clone(args), discordtest.Opt("article", "all")), titles
					}
					got := pagesFrom(s, s.ada.Slash(s.general, command, with...).Reply().Message)
					for _, title := range titles {
						if has := strings.Contains(got, title); has != slices.Contains(want, title) {
							t.Errorf("/%s, all %v: %s is there %v:\n%s", command, all, title, has, got)
						}
					}
				}
			}
		})
	}
}

// pagesFrom reads all pages of a view.
func pagesFrom(s *scene, m *discordtest.Message) string {
	text := m.Content
	for range 10 {
		later := -1
		for _, row := range m.Components {
			for i, b := range row.Components {
				if b.Label == "Later" && !b.Disabled {
					later = i
				}
			}
		}
		if later < 0 {
			break
		}
		m = s.ada.Clicks(m, "Later").Reply().Message
		text += "\n" + m.Content
	}
	return text
}

// TestCompletionKeepsToTheChannel: no question is offered of articles that the
// channel doesn't ask about.
func TestCompletionKeepsToTheChannel(t *testing.T) {
	t.Parallel()
	s, mia := scoped(t, "mill")
	offered := func() string {
		t.Helper()
		var out []string
		for _, typed := range []string{"", "opened", "ashby"} {
			for _, c := range s.ada.Autocomplete(s.general, "ask", "question", typed).Reply().Choices {
				out = append(out, c.Name)
			}
		}
		return strings.Join(out, "\n")
	}
	if got := offered(); strings.Contains(got, "Eve Hill") || strings.Contains(got, "Carla Reed") || !strings.Contains(got, "Ben Stone") {
		t.Errorf("offered:\n%s", got)
	}
	s.corpus(mia, "use")
	if got := offered(); !strings.Contains(got, "Eve Hill") || !strings.Contains(got, "Carla Reed") {
		t.Errorf("offered where all is asked about:\n%s", got)
	}
}
