package discord

import (
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestGoldenOfAnyAnswer: an answer is kept as golden from what its message shows,
// also after a restart and when it was shared, as long as it is still given.
func TestGoldenOfAnyAnswer(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	f.write("mill.md", "---\ntitle: The mill\n---\nThe mill of Ashby was opened in 1820 by Ben Stone.\n")
	f.write("lamp.md", "---\ntitle: The lamp\n---\nThe lamp of Ashby burns oil.\n")
	s.corpus(mia, "reload")
	const question = "Who opened the *harbour* of Ashby_1?"
	open := s.ask(s.ada, question).Message
	german := s.Member("gerda", discordtest.WithLocale("de"))
	other := s.ask(german, question, discordtest.Opt("article", "mill")).Message
	private := s.ask(s.ada, "When does the ferry sail?", discordtest.Opt("private", true)).Message
	shared := s.ada.Clicks(private, "Share").Reply().Message
	said := s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" Who opened the mill of Ashby?"))
	gone := s.ask(s.ada, "What does the lamp of Ashby burn?").Message
	none := s.ask(s.ada, "What is the tariff in Denmark?").Message
	long := s.ask(s.ada, "Who, "+strings.Repeat("if anyone should know it by now, ", 10)+"opened the harbour of Ashby?").Message
	f.write("lamp.md", "---\ntitle: The lamp\n---\nThe lamp of Ashby burns gas.\n")
	s.restart(f)
	for name, tt := range map[string]struct {
		m    *discordtest.Message
		kept bool
	}{"asked": {open, true}, "of one article, in German": {other, true}, "shared": {shared, true}, "in a message": {said, true}, "changed since": {gone, false}, "no answer": {none, false}, "a question that isn't shown whole": {long, false}} {
		got := mia.MessageCommand("Keep as golden", tt.m).Reply().Text()
		if kept := strings.HasPrefix(got, "Kept as golden"); kept != tt.kept {
			t.Errorf("%s: %s", name, got)
		}
	}
	goldens, err := f.store.Goldens(s.Guild().ID)
	if err != nil {
		t.Fatal(err)
	}
	quotes := map[string]string{}
	for _, g := range goldens {
		quotes[g.Question+" of "+strings.Join(g.Articles, ",")] = g.Quote
	}
	if len(quotes) != 4 || !strings.Contains(quotes[question+" of "], "Carla Reed") || !strings.Contains(quotes[question+" of mill"], "Ben Stone") || !strings.Contains(quotes["When does the ferry sail? of "], "noon") {
		t.Errorf("kept: %v", quotes)
	}
	if got := s.corpus(mia, "reload").Text(); !strings.Contains(got, "All 4 golden questions are answered as before.") {
		t.Errorf("the reload:\n%s", got)
	}
}

// TestGoldenFollowUp: a question that followed another is kept so that it can be
// asked alone, and shown as it was asked.
func TestGoldenFollowUp(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	s.ask(s.ada, "Who is Carla Reed?")
	follow := s.ask(s.ada, "And when did she open the harbour?")
	if !strings.Contains(follow.Text(), "About: ") {
		t.Fatalf("it follows nothing:\n%s", follow.Text())
	}
	for _, restart := range []bool{false, true} {
		if restart {
			s.restart(f)
		}
		if got := plainly(mia.MessageCommand("Keep as golden", follow.Message).Reply()); !strings.Contains(got, "And when did she open the harbour (Carla Reed)?") {
			t.Errorf("restarted %v: %s", restart, got)
		}
		goldens, err := f.store.Goldens(s.Guild().ID)
		if err != nil || len(goldens) != 1 || goldens[0].Question != "And when did she open the harbour (Carla Reed)?" {
			t.Errorf("restarted %v: kept %+v, %v", restart, goldens, err)
		}
	}
	choices := mia.Autocomplete(s.general, "corpus goldens", "remove", "").Reply().Choices
	for _, got := range []string{s.corpus(mia, "goldens").Text(), s.corpus(mia, "log").Text(), choices[0].Name} {
		if got = strings.ReplaceAll(got, `\`, ""); !strings.Contains(got, "And when did she open the harbour (Carla Reed)?") {
			t.Errorf("shown as:\n%s", got)
		}
	}
	if got := s.corpus(mia, "reload").Text(); !strings.Contains(got, "golden question is answered as before") {
		t.Errorf("the reload:\n%s", got)
	}
}
