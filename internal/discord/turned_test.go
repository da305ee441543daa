package discord

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

var standsFor = regexp.MustCompile(`msg="requests turned away" .*requests=(\d+)`)

// told counts the requests with an outcome that the log has lines for.
func (r *running) told(outcome string) (requests, lines int) {
	for line := range strings.Lines(r.log.String()) {
		if !strings.Contains(line, "outcome="+outcome) {
			continue
		}
		lines++
		n := 1
		if m := standsFor.FindStringSubmatch(line); m != nil {
			n, _ = strconv.Atoi(m[1])
		}
		requests += n
	}
	return requests, lines
}

// TestFloodIsSeen: who gets no answer for want of room, or for too many requests,
// is counted, and every one is in the log, though not in a line each.
func TestFloodIsSeen(t *testing.T) {
	t.Parallel()
	const flood = 60
	t.Run("busy", func(t *testing.T) {
		t.Parallel()
		desk, told := newDesk(), &counter{}
		release := slowly(desk)
		r := start(t, discordtest.Options{}, desk, func(c *Config, _ *pace) { c.Observer, c.Limits = told, &Limits{} })
		c, ada := r.Channel("general"), r.Member("ada")
		r.WaitCommands("ask")
		waiting := ada.Slash(c, "ask", question(whenBuilt))
		r.asked(1)
		r.bot.flight.mu.Lock()
		r.bot.flight.room, r.bot.flight.refused = 1, maxRefused-1 // the next is told, and others not even that
		r.bot.flight.mu.Unlock()
		for range flood {
			r.mention(ada, c, whenBuilt)
			ada.Slash(c, "ask", question(whenBuilt))
		}
		r.until("all are counted", func(discordtest.Stats) bool { return told.count("question: busy") == 2*flood })
		r.bot.flight.mu.Lock()
		r.bot.flight.refused -= maxRefused - 1
		r.bot.flight.mu.Unlock()
		release()
		waiting.Reply()
		r.seen("busy", 2*flood)
		for _, kind := range []string{"message", "/ask"} {
			if n := told.count(kind + ": busy"); n != flood {
				t.Errorf("%d of %s are counted, want %d", n, kind, flood)
			}
		}
	})
	t.Run("limited", func(t *testing.T) {
		t.Parallel()
		told := &counter{}
		r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Observer, c.Limits = told, &Limits{Member: 2} })
		c, ada := r.Channel("general"), r.Member("ada")
		for range flood + 2 {
			r.mention(ada, c, whenBuilt)
		}
		r.until("all are counted", func(discordtest.Stats) bool {
			return told.count("message: limited")+told.count("message: answered") == flood+2
		})
		r.seen("limited", told.count("question: limited"))
		if n := told.count("question: limited"); n < flood-10 {
			t.Errorf("%d questions are counted as limited", n)
		}
	})
}

// seen stops the bot and checks what its log tells of those who were turned away.
func (r *running) seen(outcome string, want int) {
	r.t.Helper()
	if err := r.stop(); err != nil {
		r.t.Fatal(err)
	}
	if n, lines := r.told(outcome); n != want || lines > want/2 {
		r.t.Errorf("%s", fmt.Sprintf("%d lines of the log stand for %d requests, and there were %d", lines, n, want))
	}
}
