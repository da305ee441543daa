package discord

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/discordtest"
)

// hollow is a library that panics whatever it is asked.
type hollow struct{ Own }

var referenced = regexp.MustCompile(`\(Reference ([a-z0-9]{8})\)`)

// TestPanicInEveryHandler: whatever a member does, a panic costs that reply. They
// are shown a reference and nothing else; under it the log has the stack. So it is
// when the panic comes before the handler, as the request is read.
func TestPanicInEveryHandler(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]bool{"in the handler": false, "before it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			s, _, mia := newShelved(t, func(c *Config, _ *pace) {
				whole := c.Servers
				c.Servers = func(server string) Own {
					switch {
					case !broken.Load():
						return whole(server)
					case early:
						panic("nobody is at the desk")
					}
					return hollow{}
				}
			})
			answer := s.ask(s.ada, "When does the ferry sail?").Message
			summary := s.ada.Slash(s.general, "summary", discordtest.Opt("length", "short")).Reply().Message
			mine := s.ask(s.ada, "When does the ferry sail?", discordtest.Opt("private", true)).Message
			preview := s.corpus(mia, "add", upload("Storm of 1902.md", stormText)).Message
			dialogue := mia.Slash(s.general, "corpus add")
			dialogue.Reply()

			broken.Store(true)
			was := len(s.log.String())
			check := func(kind string, got discordtest.Reply) {
				t.Helper()
				m := referenced.FindStringSubmatch(got.Text())
				if m == nil {
					t.Errorf("%s: no reference in %q", kind, got.Text())
					return
				}
				log := s.log.String()[was:]
				at := strings.Index(log, "reference="+m[1])
				if at < 0 {
					t.Errorf("%s: the log doesn't know the reference %s", kind, m[1])
					return
				}
				line, _, _ := strings.Cut(log[at:], "\n")
				for _, want := range []string{"panic: ", "goroutine ", ".go:"} {
					if !strings.Contains(line, want) {
						t.Errorf("%s: %q is missing in the log: %s", kind, want, line)
					}
				}
				if strings.Contains(got.Text(), "panic") || strings.Contains(got.Text(), ".go") || strings.Contains(got.Text(), "desk") {
					t.Errorf("%s: internals reach a channel: %s", kind, got.Text())
				}
			}
			q := discordtest.Opt("question", "When does the ferry sail?")
			for kind, i := range map[string]*discordtest.Interaction{
				"/ask":              s.ada.Slash(s.general, "ask", q),
				"/summary":          s.ada.Slash(s.general, "summary"),
				"/article":          s.ada.Slash(s.general, "article facts"),
				"/verify":           s.ada.Slash(s.general, "verify", discordtest.Opt("quote", "The ferry sails at noon every day.")),
				"/help":             s.ada.Slash(s.general, "help"),
				"message menu":      s.ada.MessageCommand("Ask about this", answer),
				"button":            s.ada.Clicks(answer, "Context"),
				"button of a view":  s.ada.Clicks(summary, "Context"),
				"share":             s.ada.Clicks(mine, "Share"),
				"status":            mia.Slash(s.general, "corpus status"),
				"reload":            mia.Slash(s.general, "corpus reload"),
				"history":           mia.Slash(s.general, "corpus history"),
				"confirmation":      mia.Clicks(preview, "Confirm"),
				"dialogue":          mia.SubmitsModal(dialogue, map[string]string{"title": "A", "text": "A bridge was built."}),
				"/corpus use":       mia.Slash(s.general, "corpus use", discordtest.Opt("article", "harbour")),
				"/corpus add":       mia.Slash(s.general, "corpus add", upload("b.md", stormText)),
				"/corpus rollback":  mia.Slash(s.general, "corpus rollback", discordtest.Opt("revision", "0123456789ab")),
				"moderators' menus": mia.MessageCommand("Keep as golden", answer),
			} {
				reply := i.Reply()
				if kind == "moderators' menus" && !early {
					continue // the handler keeps what was answered and needs no library
				}
				if kind == "confirmation" && len(reply.FollowUps) == 1 {
					// It was announced, on a slow machine, and its message stays as it is.
					reply = discordtest.Reply{Message: reply.FollowUps[0]}
				}
				check(kind, reply)
				if len(reply.FollowUps) > 0 {
					t.Errorf("%s: answered more than once", kind)
				}
			}
			check("mention", discordtest.Reply{Message: s.Reply(s.mention(s.ada, s.general, "When does the ferry sail?"))})
			for _, c := range [][3]string{{"ask", "question", "ferry"}, {"ask", "article", "h"}} {
				if choices := s.ada.Autocomplete(s.general, c[0], c[1], c[2]).Reply().Choices; len(choices) != 0 {
					t.Errorf("suggestions out of nowhere: %v", choices)
				}
			}
			if choices := mia.Autocomplete(s.general, "corpus remove", "article", "").Reply().Choices; len(choices) != 0 {
				t.Errorf("suggestions out of nowhere: %v", choices)
			}

			broken.Store(false)
			if got := s.ask(s.ada, "When does the ferry sail?").Text(); !strings.Contains(got, "noon") {
				t.Errorf("after all that:\n%s", got)
			}
		})
	}
}

// TestPanicOutsideAHandler: whatever else panics for a request, the process lives.
func TestPanicOutsideAHandler(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Observer = fuse{unobserved{}, &armed} })
	c, ada := r.Channel("general"), r.Member("ada")
	r.WaitCommands("ask")
	armed.Store(true)
	ada.Slash(c, "ask", question(whenBuilt))
	ada.Autocomplete(c, "ask", "question", "lamp")
	r.mention(ada, c, whenBuilt)
	r.until("three are lost", func(discordtest.Stats) bool { return strings.Count(r.log.String(), "work was lost") == 3 })
	armed.Store(false)
	r.answers()
	contains(t, r.log.String(), "fault_panic_test.go", "reference=")
}

// fuse is an Observer that panics when it is told of a request.
type fuse struct {
	unobserved
	armed *atomic.Bool
}

func (f fuse) Request(string, string, time.Duration) {
	if f.armed.Load() {
		panic("blown")
	}
}

// TestPanicInAnEventIsLogged: what panics as an event is read costs that event.
func TestPanicInAnEventIsLogged(t *testing.T) {
	t.Parallel()
	settings := &brittle{}
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Settings = settings })
	c := r.Channel("general")
	settings.armed.Store(true)
	r.Member("ada").Says(c, "nothing for anyone")
	r.until("it is logged", func(discordtest.Stats) bool { return strings.Contains(r.log.String(), "an event was lost") })
	settings.armed.Store(false)
	r.answers()
	contains(t, r.log.String(), "MESSAGE_CREATE", "torn page", "fault_panic_test.go", "reference=")
	if n := len(c.Messages()); n != 1 {
		t.Errorf("%d messages, and nobody had asked anything", n)
	}
}

// TestPanicInAnEventIsTold: who waits for an answer to what was lost is shown the
// reference under which the log has the stack, and nothing else.
func TestPanicInAnEventIsTold(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) {
		c.Clock = func() time.Time {
			if armed.CompareAndSwap(true, false) {
				panic("the clock has stopped")
			}
			return time.Now()
		}
	})
	c, ada := r.Channel("general"), r.Member("ada")
	r.WaitCommands("ask")
	r.logs("connected to the gateway") // which reads the clock once, and is no handler
	for name, ask := range map[string]func() string{
		"mention":        func() string { return r.Reply(r.mention(ada, c, whenBuilt)).Text() },
		"direct message": func() string { return r.Reply(ada.DM(whenBuilt)).Text() },
		"command":        func() string { return ada.Slash(c, "ask", question(whenBuilt)).Reply().Text() },
	} {
		armed.Store(true)
		text := ask()
		m := referenced.FindStringSubmatch(text)
		if m == nil || strings.Contains(text, "clock") {
			t.Errorf("%s: the member is told %q", name, text)
			continue
		}
		for line := range strings.Lines(r.log.String()) {
			if strings.Contains(line, "reference="+m[1]) {
				contains(t, line, "the clock has stopped", ".go:")
			}
		}
		contains(t, r.log.String(), "reference="+m[1])
	}
	r.answers()
}

type brittle struct {
	plainSettings
	armed atomic.Bool
}

func (b *brittle) Listens(string, string) (time.Duration, bool) {
	if b.armed.Load() {
		panic("torn page")
	}
	return 0, false
}

// TestFailuresAreToldInTheirLanguage: a message doesn't tell its author's, so that
// it is that of their last command, else the server's, and English where nothing
// can be found out any more.
func TestFailuresAreToldInTheirLanguage(t *testing.T) {
	t.Parallel()
	desk, settings := newDesk(), &german{}
	r := start(t, discordtest.Options{}, desk, func(c *Config, _ *pace) { c.Settings = settings })
	r.WaitCommands("ask")
	desk.set(func() {
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) { panic("kaboom") }
	})
	c, ada, fay := r.Channel("general"), r.Member("ada"), r.Member("fay", discordtest.WithLocale("fr"))
	contains(t, r.Reply(r.mention(ada, c, whenBuilt)).Text(), "ist etwas schiefgegangen", "(Kennung ")
	fay.Slash(c, "help").Reply()
	contains(t, r.Reply(r.mention(fay, c, whenBuilt)).Text(), "mal passé", "(Référence ")
	settings.torn.Store(true)
	contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), "Something went wrong on my side.")
	contains(t, r.Reply(r.mention(ada, c, whenBuilt)).Text(), "Something went wrong on my side.")
}

// german are the settings of servers that speak German, until they panic.
type german struct {
	plainSettings
	torn atomic.Bool
}

func (g *german) Language(string) string {
	if g.torn.Load() {
		panic("torn page")
	}
	return "de"
}

// TestPanicAfterTheAnnouncement: a reply that was announced is put in its place.
func TestPanicAfterTheAnnouncement(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk)
	r.WaitCommands("ask")
	desk.set(func() {
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) {
			<-gate
			panic("kaboom")
		}
	})
	i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
	ctx, cancel := contextFor(t)
	defer cancel()
	if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
		t.Fatal(err)
	}
	close(gate)
	contains(t, i.Reply().Text(), "Something went wrong on my side.", "(Reference ")
	if i.Thinking() {
		t.Error("the bot is seen thinking for good")
	}
}

// stuck is a library that makes whoever looks at it wait, and panics then.
type stuck struct {
	Own
	gate chan struct{}
}

func (s stuck) Corpus(context.Context) *article.Corpus { <-s.gate; panic("kaboom") }

// unopened is a server's own articles that aren't open until they are.
type unopened struct {
	Own
	open *atomic.Bool
}

func (u unopened) Ready() bool { return u.open.Load() }

func (u unopened) Corpus(ctx context.Context) *article.Corpus {
	if !u.open.Load() {
		<-ctx.Done()
	}
	return u.Own.Corpus(ctx)
}

// TestSuggestionsDontWait: while a server's own articles are being opened there
// are none, which is told at once.
func TestSuggestionsDontWait(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	s, _, mia := newShelved(t, func(c *Config, _ *pace) {
		whole := c.Servers
		c.Servers = func(server string) Own { return unopened{whole(server), &open} }
	}, func(_ *Config, p *pace) { p.first = time.Hour })
	for _, ready := range []bool{false, true} {
		open.Store(ready)
		for _, c := range [][3]string{{"ask", "question", "ferry"}, {"ask", "article", "h"}, {"corpus use", "article", "h"}} {
			if choices := mia.Autocomplete(s.general, c[0], c[1], c[2]).Reply().Choices; (len(choices) > 0) != ready {
				t.Errorf("%s %s, ready %v: %v", c[0], c[1], ready, choices)
			}
		}
	}
}

// TestFailedButtonLeavesItsMessage: the message under which a button was pressed
// stays as it is when the press fails, however long that takes.
func TestFailedButtonLeavesItsMessage(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	gate := make(chan struct{})
	s, f, mia := newShelved(t, func(c *Config, _ *pace) {
		whole := c.Servers
		c.Servers = func(server string) Own {
			if broken.Load() {
				return stuck{Own: whole(server), gate: gate}
			}
			return whole(server)
		}
	})
	f.write("harbour.md", "---\ntitle: The harbour\n---\n"+strings.Repeat("The harbour of Ashby was opened in 1911 by Carla Reed. Ships of many countries came to it. A storm broke its wall.\n\n", 6))
	s.corpus(mia, "reload")
	summary := s.ada.Slash(s.general, "summary", discordtest.Opt("length", "short")).Reply().Message
	broken.Store(true)
	i := s.ada.Clicks(summary, "Longer")
	ctx, cancel := contextFor(t)
	defer cancel()
	if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferredUpdate }); err != nil {
		t.Fatal(err)
	}
	close(gate)
	told := i.FollowUp(1)
	contains(t, told.Text(), "Something went wrong on my side.", "(Reference ")
	if now := s.Message(summary.ID); now == nil || now.Text() != summary.Text() || !told.Ephemeral() {
		t.Errorf("the message became %+v, and who pressed was told in private: %v", now, told.Ephemeral())
	}
}
