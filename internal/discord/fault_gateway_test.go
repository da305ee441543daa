package discord

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

const whatStorm = "What storm broke its lamp?"

const stormBroke = "> A storm broke its lamp in 1902."

// TestEventsTwice: whatever is told again, with or without a resume between, is
// done once. The server fails the test when an interaction is answered twice.
func TestEventsTwice(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")
	asked := r.mention(ada, c, whenBuilt)
	reply := r.Reply(asked)
	slash := ada.Slash(c, "ask", question(whenBuilt)).Reply()
	ada.Clicks(slash.Message, "Context").Reply()
	ada.Autocomplete(c, "ask", "question", "lamp").Reply()
	ada.Edits(asked, r.BotUser().Mention()+" "+whatStorm)
	contains(t, r.WaitEdit(reply).Text(), stormBroke)
	before := r.Stats().Requests
	r.Gateway().Repeat(20)
	r.answers()
	r.Gateway().RepeatReversed(20)
	r.answers()
	r.Gateway().Drop()
	r.Gateway().WaitResumed(1)
	r.Gateway().Repeat(20)
	r.answers()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	// Three messages, and one more look at where the gateway is.
	if n := r.Stats().Requests - before; n > 4 {
		t.Errorf("%d requests, want the answers to 3 questions and one for the gateway", n)
	}
	r.saidOnce(c)
	contains(t, r.Message(reply.ID).Text(), stormBroke)
}

// TestEventsOutOfOrder: what is told first may have happened last.
func TestEventsOutOfOrder(t *testing.T) {
	t.Parallel()
	t.Run("a question after its edits", func(t *testing.T) {
		t.Parallel()
		r := start(t, discordtest.Options{}, newDesk())
		c, ada := r.Channel("general"), r.Member("ada")
		r.answers()
		r.Gateway().Hold()
		asked := r.mention(ada, c, whenBuilt)
		time.Sleep(5 * time.Millisecond) // edits carry milliseconds
		ada.Edits(asked, r.BotUser().Mention()+" Who was hurt nobody?")
		time.Sleep(5 * time.Millisecond)
		ada.Edits(asked, r.BotUser().Mention()+" "+whatStorm)
		r.Gateway().Release(true)
		ctx, cancel := contextFor(t)
		defer cancel()
		if _, err := r.WaitMessage(ctx, c, func(m *discordtest.Message) bool { return strings.Contains(m.Text(), stormBroke) }); err != nil {
			t.Fatal(err)
		}
		r.Gateway().RepeatReversed(20)
		r.answers()
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		r.saidOnce(c)
		replies := r.Replies(asked)
		if len(replies) != 1 || !strings.Contains(replies[0].Text(), stormBroke) {
			t.Errorf("the last edit has %d answers: %+v", len(replies), replies)
		}
	})
	t.Run("a question after its deletion", func(t *testing.T) {
		t.Parallel()
		r := start(t, discordtest.Options{}, newDesk())
		c, ada := r.Channel("general"), r.Member("ada")
		r.answers()
		r.Gateway().Hold()
		ada.Deletes(r.mention(ada, c, whenBuilt))
		r.Gateway().Release(true)
		r.answers()
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		if n := len(c.Messages()); n != 0 {
			t.Errorf("%d messages answer one that is gone", n)
		}
	})
	t.Run("a button before the message that it is under", func(t *testing.T) {
		t.Parallel()
		r := start(t, discordtest.Options{}, newDesk())
		c, ada := r.Channel("general"), r.Member("ada")
		r.WaitCommands("ask")
		r.Gateway().Hold()
		first, second := r.mention(ada, c, whenBuilt), ada.Slash(c, "ask", question(whatStorm))
		r.Gateway().Release(true)
		contains(t, second.Reply().Text(), stormBroke)
		contains(t, r.Reply(first).Text(), builtWhen)
	})
	t.Run("numbers that go back", func(t *testing.T) {
		t.Parallel()
		r := start(t, discordtest.Options{}, newDesk())
		r.answers()
		for _, seq := range []int{1, -5, 0, 1 << 40} {
			r.Gateway().DispatchSeq(seq, "SOMETHING_NEW", map[string]any{})
		}
		r.answers()
	})
}

// TestMissedInteractionIsAnswered: a resume replays it within the time that
// Discord allows for an answer.
func TestMissedInteractionIsAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")
	r.WaitCommands("ask")
	r.answers()
	r.Gateway().Drop()
	contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
	if s := r.Stats(); s.Resumed != 1 || s.Identifies != 1 {
		t.Errorf("%d resumed and %d begun, want one of each", s.Resumed, s.Identifies)
	}
}

// TestEndlessEvent: an event larger than what is read ends the session and not
// only the connection, for a resume would bring it again, and again.
func TestEndlessEvent(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	r.answers()
	r.Gateway().Dispatch("GUILD_UPDATE", map[string]any{"id": "1", "description": strings.Repeat("x", maxMessage+1)})
	r.Gateway().WaitIdentifies(2)
	r.WaitReady()
	r.answers()
	if s := r.Stats(); s.Resumes > 0 || s.Connections > 3 {
		t.Errorf("%d resumes, %d connections", s.Resumes, s.Connections)
	}
}

var waited = regexp.MustCompile(`msg="the gateway's connection ended".* wait=(\S+)`)

// TestBackOff: while the server is away the bot waits longer and longer, up to a
// bound, and never twice the same, for all bots come back at once otherwise.
func TestBackOff(t *testing.T) {
	t.Parallel()
	const first, longest = 4 * time.Millisecond, 200 * time.Millisecond
	r := start(t, discordtest.Options{}, newDesk(), func(_ *Config, p *pace) { p.firstWait, p.longestWait = first, longest })
	r.answers()
	r.Gateway().Away(true)
	waits := func() (out []time.Duration) {
		for _, m := range waited.FindAllStringSubmatch(r.log.String(), -1) {
			d, err := time.ParseDuration(m[1])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, d)
		}
		return out
	}
	r.until("twenty tries", func(discordtest.Stats) bool { return len(waits()) >= 20 })
	if at := waits()[0]; at != 0 {
		t.Errorf("the first wait is %v; a connection that was well is made again at once", at)
	}
	got := waits()[1:]
	differ := map[time.Duration]bool{}
	for i, d := range got {
		// Each wait is within half of a mean that grows by half.
		mean := float64(first)
		for range i {
			mean = min(mean*1.5, float64(longest))
		}
		if float64(d) < mean/2-1 || float64(d) > mean*3/2+1 {
			t.Errorf("wait %d is %v, want %v and half of it more or less", i, d, time.Duration(mean))
		}
		differ[d] = true
	}
	if len(differ) < len(got)-1 {
		t.Errorf("of %d waits only %d differ: there is no jitter", len(got), len(differ))
	}
	r.Gateway().Away(false)
	r.WaitReady()
	r.answers()
	if s := r.Stats(); s.Identifies != 1 || s.Resumed != 1 {
		t.Errorf("%d sessions begun and %d resumed after the time away, want 1 and 1", s.Identifies, s.Resumed)
	}
}
