package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// soak is a server full of members who use the bot, on a clock that stands still
// while they do.
type soak struct {
	*discordtest.Server
	t         *testing.T
	clock     *handClock
	log       *errorLog
	random    *rand.Rand
	dir       string // of the operator's articles
	edition   int    // of them
	questions []string
	members   []*discordtest.Member
	mod       *discordtest.Member
	channels  []*discordtest.Channel
	answers   []*discordtest.Message // the bot's last, with buttons perhaps
	waiting   []func(context.Context)
	done      map[string]int
	added     bool                   // the moderator's article is there
	spoken    []*discordtest.Message // to the bot, in this minute and the last
}

func (s *soak) people() {
	s.random = rand.New(rand.NewPCG(3, 4))
	locales := []string{"en-GB", "de", "fr", "es-ES", "pt-BR", "ar", "en-US"}
	for i := range 40 {
		s.members = append(s.members, s.Member(fmt.Sprint("member ", i), discordtest.WithLocale(locales[i%len(locales)])))
	}
	s.mod = s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	for i := range 6 {
		s.channels = append(s.channels, s.Channel(fmt.Sprint("channel-", i)))
	}
}

// publish writes the operator's articles, a new edition at each call. One is long,
// so that an edition which isn't let go is seen in what is held.
func (s *soak) publish() {
	s.t.Helper()
	s.edition++
	text, err := os.ReadFile(filepath.Join(shipped(s.t), "syria-joins-the-coalition.md"))
	if err != nil {
		s.t.Fatal(err)
	}
	put(s.t, s.dir, "syria-joins-the-coalition.md", string(text)+fmt.Sprintf("\nThis is edition %d of the article.\n", s.edition))
	put(s.t, s.dir, "bridge.md", bridgeArticle)
	var long strings.Builder
	for i := range 450 {
		fmt.Fprintf(&long, "In season %d the gardener of plot %d sowed %d rows of beans, and watered them on each of the %d dry evenings.\n\n", s.edition, i, i%17+2, i%29+3)
	}
	put(s.t, s.dir, "garden.md", long.String())
}

func one[T any](s *soak, of []T) T { return of[s.random.IntN(len(of))] }

// expect counts a request and has its reply waited for.
func (s *soak) expect(what string, wait func(context.Context) (*discordtest.Message, error), want ...string) {
	s.done[what]++
	s.waiting = append(s.waiting, func(ctx context.Context) {
		m, err := wait(ctx)
		if err != nil {
			s.t.Errorf("%s at %v: %v", what, s.clock.read(), err)
			return
		}
		for _, w := range want {
			if !strings.Contains(seen(m.Text()), w) {
				s.t.Errorf("%s at %v: no %q in\n%s", what, s.clock.read(), w, m.Text())
			}
		}
		if strings.Contains(m.Text(), "Reference ") {
			s.t.Errorf("%s at %v failed:\n%s", what, s.clock.read(), m.Text())
		}
		if m.Author.Bot && len(m.Components) > 0 {
			if s.answers = append(s.answers, m); len(s.answers) > 40 {
				s.answers = s.answers[len(s.answers)-40:]
			}
		}
	})
}

// used expects the response to an interaction.
func (s *soak) used(what string, i *discordtest.Interaction, want ...string) {
	s.expect(what, func(ctx context.Context) (*discordtest.Message, error) {
		r, err := i.Wait(ctx)
		if r.Message == nil {
			r.Message = new(discordtest.Message) // choices, or a dialogue
		}
		return r.Message, err
	}, want...)
}

// said expects the reply to a message.
func (s *soak) said(what string, m *discordtest.Message, want ...string) {
	s.expect(what, func(ctx context.Context) (*discordtest.Message, error) { return s.WaitReply(ctx, m) }, want...)
	s.spoken = append(s.spoken, m)
}

// settle waits for all that was asked.
func (s *soak) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	for _, wait := range s.waiting {
		wait(ctx)
	}
	s.waiting = nil
	if s.t.Failed() {
		s.t.FailNow()
	}
}

func (s *soak) total() (n int) {
	for _, k := range s.done {
		n += k
	}
	return n
}

// minute is one minute of traffic. Faults come at their times.
func (s *soak) minute(n int) {
	s.t.Helper()
	if n%7 == 3 {
		s.limit()
	}
	for range 8 {
		s.something()
	}
	if n%13 == 5 {
		s.trouble(n / 13)
	}
	s.settle()
	s.Heal()
	switch {
	case n%30 == 4:
		s.reload(n / 30)
	case n%10 == 6:
		s.moderate(n / 10)
	case n%60 == 50:
		s.burst()
	}
	s.settle()
	for _, m := range s.spoken {
		if n := len(s.Replies(m)); n > 1 {
			s.t.Errorf("%q was answered %d times", m.Content, n)
		}
	}
	s.spoken = s.spoken[max(0, len(s.spoken)-20):]
	s.clock.move(time.Minute)
}

// fill makes everything that is remembered up to a number reach it: the answers
// that may become golden, and the corpora of before, the operator's and the
// server's own.
func (s *soak) fill() {
	s.t.Helper()
	for n := range 12 {
		s.reload(4 * n)
		s.moderate(0)
		s.clock.move(time.Minute)
	}
	for n := range 100 {
		for i := range 42 {
			s.used("question to begin with", s.members[(n+i)%len(s.members)].Slash(s.channels[i%len(s.channels)], "ask", discordtest.Opt("question", killed)), killedQuote)
		}
		s.settle()
		s.clock.move(time.Minute)
	}
}

// something is one thing that a member does.
func (s *soak) something() {
	m, c, q := one(s, s.members), one(s, s.channels), one(s, s.questions)
	opt := discordtest.Opt
	mention := s.BotUser().Mention() + " "
	switch kind := s.random.IntN(20); kind {
	case 0, 1, 2, 3:
		s.used("question by command", m.Slash(c, "ask", opt("question", q)), q)
	case 4:
		s.used("private question", m.Slash(c, "ask", opt("question", q), opt("private", true), opt("passages", 1+s.random.IntN(5))), q)
	case 5, 6:
		s.said("question by mention", m.Says(c, mention+q))
	case 7:
		s.said("question by direct message", m.DM(q))
	case 8:
		first := m.Says(c, mention+killed)
		s.said("question before another", first, "23")
		s.settle()
		reply := s.Replies(first)[0]
		s.said("question that follows", m.Says(c, "And when was that?", discordtest.ReplyTo(reply)))
	case 9:
		said := m.Says(c, q)
		s.used("question about a message", m.MessageCommand("Ask about this", said))
	case 10:
		s.used("summary", m.Slash(c, "summary", opt("length", one(s, []string{"short", "medium", "long"}))))
	case 11:
		s.used("summary on a topic", m.Slash(c, "summary", opt("focus", one(s, []string{"ISIS", "Kurds", "Washington"})), opt("article", "syria-joins-the-coalition")))
	case 12:
		look := one(s, []string{"about", "facts", "timeline", "people"})
		s.used("article", m.Slash(c, "article "+look, opt("article", one(s, []string{"syria-joins-the-coalition", "bridge"}))))
	case 13:
		s.used("mentions", m.Slash(c, "article mentions", opt("term", one(s, []string{"Damascus", "HTS", "Ada Stone"})), opt("private", true)))
	case 14:
		s.used("check", m.Slash(c, "verify", opt("quote", one(s, []string{"The bridge at Ashby opened on 4 May.", "killed 24 people", "Syria has officially become the 90th member"}))))
	case 15, 16:
		s.press(m)
	case 17:
		s.used("typing", m.Autocomplete(c, "ask", "question", strings.Fields(q)[0]))
	case 18:
		said := m.Says(c, mention+q)
		s.said("question that is edited", said)
		s.settle()
		m.Edits(said, mention+killed)
		edited := func(ctx context.Context) (*discordtest.Message, error) {
			for {
				if list := s.Replies(said); len(list) > 0 && (strings.Contains(list[0].Text(), killedQuote) || q == killed) {
					return list[0], nil
				}
				select {
				case <-ctx.Done():
					return nil, fmt.Errorf("the reply was not edited: %w", ctx.Err())
				case <-time.After(10 * time.Millisecond):
				}
			}
		}
		s.expect("edit", edited)
	default:
		m.Says(c, q) // to nobody
		s.used(one(s, []string{"help", "privacy"}), m.Slash(c, one(s, []string{"help", "privacy"})))
	}
}

// press presses a button of one of the last replies, as it is now.
func (s *soak) press(m *discordtest.Member) {
	if len(s.answers) == 0 {
		return
	}
	msg := one(s, s.answers)
	if msg.Ephemeral() {
		return // another's
	}
	var ids []string
	for _, row := range msg.Components {
		for _, b := range row.Components {
			if b.CustomID != "" && !b.Disabled {
				ids = append(ids, b.CustomID)
			}
		}
	}
	if len(ids) > 0 {
		s.used("button", m.Forges(msg, one(s, ids)))
	}
}

// moderate is one thing that a moderator does.
func (s *soak) moderate(n int) {
	s.t.Helper()
	c := s.channels[0]
	opt := discordtest.Opt
	done := func(what string, i *discordtest.Interaction, want ...string) *discordtest.Message {
		s.t.Helper()
		s.used(what, i, want...)
		s.settle()
		return i.Now().Message
	}
	switch n % 6 {
	case 0:
		if s.added {
			sure := done("removing", s.mod.Slash(c, "corpus remove", opt("article", "added:ferry")))
			done("removed", s.mod.Clicks(sure, "Confirm"))
			s.added = false
			return
		}
		file := discordtest.File{Name: "ferry.md", Data: fmt.Appendf(nil, "The mayor, Carla Reed, opened the ferry at Ashby on Monday. It was trip %d.\n", n)}
		sure := done("adding", s.mod.Slash(c, "corpus add", opt("file", file)))
		done("added", s.mod.Clicks(sure, "Confirm"), "ferry.md")
		done("question on what was added", s.members[0].Slash(c, "ask", opt("question", "Who opened the ferry at Ashby?")), "Carla Reed")
		s.added = true
	case 1:
		done("setting", s.mod.Slash(c, "settings private", opt("on", true)))
		done("setting", s.mod.Slash(c, "settings private", opt("on", false)))
		done("setting", s.mod.Slash(c, "settings language", opt("language", one(s, []string{"en", "de", "fr"}))))
	case 2:
		done("use", s.mod.Slash(c, "corpus use", opt("article", "bridge")))
		done("question where one is used", s.members[1].Slash(c, "ask", opt("question", "Who built the bridge?")))
		done("use", s.mod.Slash(c, "corpus use"))
	case 3:
		answer := done("question", s.members[0].Slash(c, "ask", opt("question", killed)), killedQuote)
		done("golden", s.mod.MessageCommand("Keep as golden", answer))
		done("goldens", s.mod.Slash(c, "corpus goldens"))
	case 4:
		for _, sub := range []string{"status", "history", "gaps", "log"} {
			done(sub, s.mod.Slash(c, "corpus "+sub))
		}
	case 5:
		done("setting", s.mod.Slash(s.channels[5], "settings listen", opt("on", true), opt("cooldown", 60)))
		said := s.members[2].Says(s.channels[5], killed)
		s.said("question to nobody", said, killedQuote)
		s.settle()
		done("setting", s.mod.Slash(s.channels[5], "settings listen", opt("on", false)))
	}
}

// reload reads a new edition, or one that is broken, while questions go on.
func (s *soak) reload(n int) {
	s.t.Helper()
	s.publish()
	want := "Reloaded"
	if n%4 == 3 {
		put(s.t, s.dir, "broken.md", "---\npublished: someday\n---\nText.\n")
		want = "broken.md"
	}
	s.used("reload", s.mod.Slash(s.channels[0], "corpus reload"), want)
	for range 8 {
		s.something()
	}
	s.settle()
	if n%4 == 3 {
		if err := os.Remove(filepath.Join(s.dir, "broken.md")); err != nil {
			s.t.Fatal(err)
		}
	}
}

// burst is a member who asks too much at once, and is told.
func (s *soak) burst() {
	s.t.Helper()
	limited := 0
	var asked []*discordtest.Interaction
	for range 35 {
		i := s.members[3].Slash(s.channels[1], "ask", discordtest.Opt("question", killed))
		s.used("question of a burst", i)
		asked = append(asked, i)
	}
	s.settle()
	for _, i := range asked {
		if !strings.Contains(i.Now().Text(), killedQuote) {
			limited++
		}
	}
	if limited < 5 || limited > 15 { // who asked before in this minute has less room
		s.t.Errorf("%d of 35 at once were refused", limited)
	}
	s.clock.move(time.Minute)
}

// limit makes Discord refuse and fail for a while.
func (s *soak) limit() {
	faults := []discordtest.Fault{
		{Status: 429, RetryAfter: 200 * time.Millisecond},
		{Status: 429, RetryAfter: 200 * time.Millisecond, Global: true},
		{Status: 500}, {Status: 502, HTML: "<html>Bad gateway</html>"},
	}
	s.Fail("POST", "/channels/{channel}/messages", 2, one(s, faults))
	s.Fail("POST", "/interactions/{id}/{token}/callback", 2, one(s, faults))
	s.done["faults"]++
}

// trouble is something that goes wrong with the gateway, with messages that the
// bot learns of only afterwards.
func (s *soak) trouble(n int) {
	s.t.Helper()
	s.settle()
	s.Heal()
	g := s.Gateway()
	before := s.Stats()
	resumes := true
	what := []string{"drop", "reconnect", "invalid session", "resumable session", "close", "session timed out", "away"}[n%7]
	switch what {
	case "drop":
		g.Drop()
	case "reconnect":
		g.Reconnect()
	case "invalid session":
		g.InvalidateSession(false)
		resumes = false
	case "resumable session":
		g.InvalidateSession(true)
	case "close":
		g.Close(4000, "unknown error")
	case "session timed out":
		g.Close(discordtest.CloseSessionTimedOut, "session timed out")
		resumes = false
	case "away":
		g.Away(true)
		time.Sleep(300 * time.Millisecond)
		g.Away(false)
	}
	s.done[what]++
	if resumes {
		for range 3 {
			s.said("question while the bot is away", one(s, s.members).Says(one(s, s.channels), s.BotUser().Mention()+" "+killed), "23")
		}
	}
	g.WaitConnections(before.Connections + 1)
	if resumes {
		g.WaitResumed(before.Resumed + 1)
	} else {
		g.WaitIdentifies(before.Identifies + 1)
	}
	s.WaitReady()
	s.settle()
	g.Repeat(10) // what comes twice is answered once
	g.RepeatReversed(5)
	g.Dispatch("SOMETHING_NEW", map[string]any{"id": "1", "what": []int{1, 2}})
}
