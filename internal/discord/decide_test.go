package discord

import (
	"fmt"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

// TestListeningNeedsTheIntent: where the bot can't read what isn't meant for it,
// whoever has it listen is told what the operator has to switch on.
func TestListeningNeedsTheIntent(t *testing.T) {
	t.Parallel()
	for reads, want := range map[bool]int{false: 1, true: 0} {
		s, _, mia := newShelved(t, func(c *Config, _ *pace) { c.MessageContent = reads })
		on := mia.Slash(s.general, "settings listen", discordtest.Opt("on", true)).Reply().Text()
		show := mia.Slash(s.general, "settings show").Reply().Text()
		off := mia.Slash(s.general, "settings listen", discordtest.Opt("on", false)).Reply().Text()
		for _, got := range []string{on, show} {
			if n := strings.Count(got, "`MESSAGE_CONTENT_INTENT=true`"); n != want {
				t.Errorf("with the intent %v it is told %d times:\n%s", reads, n, got)
			}
		}
		if strings.Contains(off, "MESSAGE_CONTENT_INTENT") {
			t.Errorf("told where nothing is listened to:\n%s", off)
		}
	}
}

// TestManySettingsAreShown: however many channels a server has decided about,
// every setting is shown.
func TestManySettingsAreShown(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	err := f.store.Change(s.Guild().ID, store.Entry{By: "mia"}, func(set *store.Settings) {
		set.Listen, set.Use = map[string]int{}, map[string][]string{}
		for i := range 200 {
			id := fmt.Sprint(123456789012345000 + i)
			set.Moderators = append(set.Moderators, id)
			set.Listen[id], set.Use[id] = 86400, []string{strings.Repeat("_", 60), strings.Repeat("*", 60)}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := mia.Slash(s.general, "settings show").Reply().Text(); strings.Count(got, "\n- ") != 8 || strings.Count(got, "more\n") != 3 {
		t.Errorf("not all is shown:\n%s", got)
	}
}

// TestModeratorRoleSeesNothingYet: Discord shows moderators' commands to members
// with a permission; where a role is to see them, the server's owner says so.
func TestModeratorRoleSeesNothingYet(t *testing.T) {
	t.Parallel()
	s, _, mia := newShelved(t)
	role := s.Guild().Role("keepers", 0)
	set := func() string {
		return mia.Slash(s.general, "settings moderators", discordtest.Opt("role", role)).Reply().Text()
	}
	if got := set(); !strings.Contains(got, "Server Settings › Integrations") {
		t.Errorf("it isn't told where the commands are shown to the role:\n%s", got)
	}
	if got := set(); strings.Contains(got, "Integrations") {
		t.Errorf("told when the role is taken away:\n%s", got)
	}
}

// TestLogChannelTakesMessages: a channel that the bot can't write to is no place
// for the log, and the moderator is told which permission it lacks.
func TestLogChannelTakesMessages(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	deaf := s.Channel("deaf")
	deaf.Overwrite(s.Guild().Bot(), 0, discordtest.SendMessages)
	dark := s.Channel("dark")
	dark.Overwrite(s.Guild().Bot(), 0, discordtest.ViewChannel)
	for channel, want := range map[*discordtest.Channel]string{deaf: "“Send Messages”", dark: "“View Channel”"} {
		got := mia.Slash(channel, "settings log", discordtest.Opt("on", true)).Reply().Text()
		if !strings.Contains(got, want) || !strings.Contains(got, channel.Mention()) {
			t.Errorf("want %s:\n%s", want, got)
		}
	}
	if set := f.store.Settings(s.Guild().ID); set.LogChannel != "" {
		t.Errorf("the log goes to %s", set.LogChannel)
	}
	if got := mia.Slash(deaf, "settings log", discordtest.Opt("on", false)).Reply().Text(); !strings.Contains(got, "Settings of this server") {
		t.Errorf("it can't be switched off there:\n%s", got)
	}
}

// TestGapsHaveNoMentions: however a question was asked, nothing of those whom it
// mentions is kept.
func TestGapsHaveNoMentions(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	grace := s.Member("grace")
	role := s.Guild().Role("keepers", 0)
	question := "Does " + grace.Mention() + " of <@&" + role.ID + "> (<@!" + grace.ID + ">) pay tariffs in " + s.general.Mention() + " of Denmark?"
	s.ask(s.ada, question)
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" "+question))
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" "+grace.Mention()))
	gaps, err := f.store.Gaps(s.Guild().ID)
	if err != nil || len(gaps) != 1 || gaps[0].Count != 2 || gaps[0].Question != "Does of ( ) pay tariffs in of Denmark?" {
		t.Errorf("kept: %+v, %v", gaps, err)
	}
	r := s.corpus(mia, "gaps")
	for _, text := range []string{r.Text(), fetched(t, r.Message.Attachments[0].URL)} {
		for _, part := range []string{grace.ID, role.ID, "grace", "keepers"} {
			if strings.Contains(text, part) {
				t.Errorf("%q is shown:\n%s", part, text)
			}
		}
	}
}
