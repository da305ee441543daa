package discord

import (
	"flag"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/discordtest"
)

// With -update the golden transcripts are written anew. They show a feature
// each, as members see it, and document how the bot behaves.
var update = flag.Bool("update", false, "write the golden transcripts")

// lateClock is a clock that can be put forward. It starts at the real time, for
// the test server stamps what members write.
type lateClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *lateClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *lateClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// fixedSettings are those of a server for a test.
type fixedSettings struct {
	listens   map[string]time.Duration
	moderator string
	private   bool
	language  string
}

func (f fixedSettings) Listens(_, channel string) (time.Duration, bool) {
	d, ok := f.listens[channel]
	return d, ok
}

func (f fixedSettings) Moderator(_ string, roles []string) bool {
	for _, r := range roles {
		if r == f.moderator {
			return true
		}
	}
	return false
}

func (f fixedSettings) Private(string) bool    { return f.private }
func (f fixedSettings) Language(string) string { return f.language }

// scene is a transcript being written: ada asks in #general.
type scene struct {
	*running
	ada     *discordtest.Member
	general *discordtest.Channel
	clock   *lateClock
	text    *discordtest.Transcript
}

func newScene(t *testing.T, desk *fakeDesk, change ...func(*Config, *pace)) *scene {
	t.Helper()
	clock := &lateClock{}
	all := append([]func(*Config, *pace){func(c *Config, _ *pace) { c.Clock = clock.now }}, change...)
	r := start(t, discordtest.Options{Privileged: discordtest.IntentMessageContent}, desk, all...)
	r.WaitCommands("ask", "help")
	return &scene{running: r, ada: r.Member("ada"), general: r.Channel("general"), clock: clock, text: r.Transcript()}
}

// end compares the transcript with its golden file.
func (s *scene) end() {
	s.t.Helper()
	s.text.Compare(filepath.Join("testdata", "transcripts", strings.ReplaceAll(strings.TrimPrefix(s.t.Name(), "TestTranscript"), "/", "_")+".txt"), *update)
}

func (s *scene) ask(who *discordtest.Member, question string, args ...discordtest.Arg) discordtest.Reply {
	s.t.Helper()
	return who.Slash(s.general, "ask", append(args, discordtest.Opt("question", question))...).Reply()
}

func TestTranscriptAsking(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("A mention anywhere in a message, a reply to the bot, a thread, a direct message and a command are all questions.")
	first := s.Reply(s.ada.Says(s.general, "Say, "+s.BotUser().Mention()+", when was the lighthouse of Carrick built?"))
	s.Reply(s.ada.Says(s.general, "which visitors may climb its steps?", discordtest.ReplyTo(first)))
	s.Reply(s.ada.Says(s.general.Thread("the storm"), s.BotUser().Mention()+" what storm broke its lamp?"))
	s.Reply(s.ada.DM("When was the lighthouse built?"))
	s.ask(s.ada, "When was the lighthouse built?", discordtest.Opt("passages", 1))
	s.end()
}

func TestTranscriptDeclining(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("When the article doesn't say, the bot says so, why, and what comes nearest.")
	s.ask(s.ada, "What is the tariff of the lighthouse?")
	s.text.Note("What isn't a question gets a line of help.")
	s.Reply(s.ada.DM("hello"))
	s.text.Note("A question can be too long.")
	s.Reply(s.ada.DM(strings.Repeat("lighthouse ", 100)))
	s.end()
}

func TestTranscriptFollowingUp(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	grace := s.Member("grace")
	s.text.Note("For fifteen minutes a question may follow the one before, by the same member in the same channel.")
	first := s.ask(s.ada, "When was the lighthouse built?").Message
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" and who did it?"))
	s.text.Note("Anyone who replies to an answer follows it.")
	s.Reply(grace.Says(s.general, s.BotUser().Mention()+" and who did it?", discordtest.ReplyTo(first)))
	s.text.Note("In another channel the question stands alone, and so it does after a while.")
	s.Reply(s.ada.Says(s.Channel("other"), s.BotUser().Mention()+" and who did it?"))
	s.clock.forward(16 * time.Minute)
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()+" and who did it?"))
	s.end()
}

func TestTranscriptEditing(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("When a question is edited, so is the reply; when it is deleted, the reply goes.")
	q := s.ada.Says(s.general, s.BotUser().Mention()+" who pays the tariff?")
	reply := s.Reply(q)
	s.ada.Edits(q, s.BotUser().Mention()+" when was the lighthouse built?")
	reply = s.WaitEdit(reply)
	s.ada.Edits(q, s.BotUser().Mention()+" what storm broke its lamp?")
	reply = s.WaitEdit(reply)
	if len(reply.Embeds) == 0 || reply.Flags&discordtest.FlagSuppressEmbeds != 0 {
		t.Error("the card that came with the edit is hidden")
	}
	s.ada.Deletes(q)
	s.WaitGone(reply)
	s.end()
}

func TestTranscriptButtons(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	grace := s.Member("grace")
	s.text.Note("An answer has buttons: the passage in its place, the passages left out, an opinion.")
	answer := s.ask(s.ada, "lighthouse lamp built storm steps visitors sundays carrick 1902").Message
	page := grace.Clicks(answer, "Context").Reply()
	grace.Clicks(page.Message, "Later").Reply()
	grace.Clicks(answer, "More passages").Reply()
	grace.Clicks(answer, "Helpful").Reply()
	s.text.Note("A private answer can be shared by its owner, once.")
	private := s.ask(s.ada, "When was the lighthouse built?", discordtest.Opt("private", true)).Message
	s.ada.Clicks(private, "Share").Reply()
	s.ada.Clicks(private, "Share").Reply()
	s.text.Note("After the articles have changed, buttons say so.")
	s.desk.set(func() {
		s.desk.corpus = article.NewCorpus([]*article.Article{article.FromSentences("new", "New", []string{"All is new."})})
	})
	grace.Clicks(answer, "Context").Reply()
	s.end()
}

func TestTranscriptAboutAMessage(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("The message menu finds what the articles have on someone's words, for the asker alone.")
	said := s.Member("grace").Says(s.general, "I think the lighthouse was built by a **Quinn**, no?")
	about := s.ada.MessageCommand("Ask about this", said).Reply()
	s.ada.Clicks(about.Message, "Share").Reply()
	s.ada.MessageCommand("Ask about this", s.Member("grace").Says(s.general, "<:shrug:123456789012345678>")).Reply()
	s.end()
}

func TestTranscriptVerifying(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("Is a quotation in the article as it stands?")
	for _, q := range []string{
		"A storm broke its lamp in 1902.",
		"a storm broke its lamp, in 1902",
		"The lighthouse of Carrick was built in 1984 by Ada Quinn.",
		"Visitors may climb its 112 steps. A storm broke its lamp in 1902",
		"The lighthouse of Carrick … by Ada Quinn",
		"Nobody has ever seen the king of Denmark there",
		"the",
	} {
		s.ada.Slash(s.general, "verify", discordtest.Opt("quote", q)).Reply()
	}
	s.end()
}

func TestTranscriptTyping(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk(lighthouse(), newArticle("mill", "The mill", "", []string{"The mill is old.", "It grinds corn for the lamp keeper's bread, which is baked on the first morning of each month, as it has been for ages."})))
	s.text.Note("While a question is typed, sentences that fit are offered; and articles by their title.")
	s.ada.Autocomplete(s.general, "ask", "question", "la").Reply()
	s.ada.Autocomplete(s.general, "ask", "question", "lamp stor").Reply()
	s.ada.Autocomplete(s.general, "ask", "question", "zzz").Reply()
	s.ada.Autocomplete(s.general, "ask", "article", "mi").Reply()
	s.ask(s.ada, "what grinds corn?", discordtest.Opt("article", "mill"))
	s.end()
}

func TestTranscriptHelp(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.ada.Slash(s.general, "help").Reply()
	s.text.Note("Moderators see their commands too; an empty mention gets help as well.")
	s.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild)).Slash(s.general, "help").Reply()
	s.Reply(s.ada.Says(s.general, s.BotUser().Mention()))
	s.end()
}

func TestTranscriptModerating(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	role := fixedSettings{}
	s := newScene(t, desk, func(c *Config, _ *pace) { c.Settings = &role })
	mia := s.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))
	mia.Slash(s.general, "corpus status").Reply()
	mia.Slash(s.general, "corpus reload").Reply()
	s.text.Note("Articles that can't be served are refused, and the old ones go on answering.")
	desk.set(func() { desk.onReload = brokenReload })
	mia.Slash(s.general, "corpus reload").Reply()
	s.ask(s.ada, "When was the lighthouse built?")
	s.text.Note("A member is refused, whatever they send.")
	s.ada.Slash(s.general, "corpus reload", discordtest.Forged()).Reply()
	s.end()
}

func TestTranscriptListening(t *testing.T) {
	t.Parallel()
	settings := &fixedSettings{listens: map[string]time.Duration{}}
	s := newScene(t, newDesk(), func(c *Config, _ *pace) { c.Settings, c.MessageContent = settings, true })
	help := s.Channel("questions")
	// The channel's identifier is known only now; nothing has been asked yet.
	settings.listens[help.ID] = time.Minute
	s.text.Note("Where moderators wish it, every question is answered: silence when the article doesn't say, and for a minute after each answer.")
	s.ada.Says(help, "The lighthouse was built, I know.")
	s.ada.Says(help, "What does the king of Denmark think?")
	s.idle(1)
	s.Reply(s.ada.Says(help, "When was the lighthouse built?"))
	s.ada.Says(help, "What storm broke its lamp?")
	s.idle(3)
	s.clock.forward(2 * time.Minute)
	s.Reply(s.ada.Says(help, "What storm broke its lamp?"))
	s.end()
	if n := len(help.Messages()); n != 7 {
		t.Errorf("%d messages in the channel, want 7", n)
	}
}

func TestTranscriptLanguages(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("The bot's own words are in the language of the member's client; quotations stay as they are.")
	for _, locale := range []string{"es-ES", "fr", "de", "ar", "pt-BR", "ja"} {
		who := s.Member("speaker of "+locale, discordtest.WithLocale(locale))
		s.ask(who, "When was the lighthouse built?")
		s.ask(who, "What is the tariff of the lighthouse?")
	}
	s.end()
}

func TestTranscriptNotAllowed(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk())
	s.text.Note("Where the bot may not write, it says so in private, once.")
	quiet := s.Channel("announcements")
	quiet.Overwrite(s.Guild().Everyone(), 0, discordtest.SendMessages)
	s.ada.Says(quiet, s.BotUser().Mention()+" when was the lighthouse built?")
	s.ada.Says(quiet, s.BotUser().Mention()+" when was it built?")
	s.DirectMessage(s.ada)
	s.text.Note("Where it may not show cards, what is on them follows the text.")
	plain := s.Channel("plain")
	plain.Overwrite(s.Guild().Everyone(), 0, discordtest.EmbedLinks)
	s.Reply(s.ada.Says(plain, s.BotUser().Mention()+" what storm broke its lamp?"))
	s.end()
}

// idle waits until the desk was asked so many questions and nothing is being done.
func (s *scene) idle(questions int) {
	s.t.Helper()
	s.until("the bot is idle", func(discordtest.Stats) bool {
		s.bot.flight.mu.Lock()
		defer s.bot.flight.mu.Unlock()
		s.desk.mu.Lock()
		defer s.desk.mu.Unlock()
		return s.bot.flight.inside == 0 && len(s.desk.asked) >= questions
	})
}

// DirectMessage waits for the bot to write to a member by itself.
func (s *scene) DirectMessage(who *discordtest.Member) {
	s.t.Helper()
	ctx, cancel := contextFor(s.t)
	defer cancel()
	m, err := s.WaitMessage(ctx, who.DMChannel(), func(m *discordtest.Message) bool { return m.Author.Bot })
	if err != nil {
		s.t.Fatal(err)
	}
	s.text.Note("verbatim to ada, in a direct message:\n  " + strings.ReplaceAll(m.Text(), m.Text()[strings.Index(m.Text(), "<#"):strings.Index(m.Text(), ">")+1], "<#announcements>"))
}
