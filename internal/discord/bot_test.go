package discord

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"verbatim/internal/article"
	"verbatim/internal/discordtest"
)

// total counts what all the tests' servers saw, but for those that are shown
// something invalid on purpose, such as a wrong token.
var total struct {
	sync.Mutex
	discordtest.Stats
}

func TestMain(m *testing.M) {
	// The tests sleep far more than they work, as discordgo does when it closes.
	// Whoever gives -parallel has it their way.
	if err := flag.Set("test.parallel", strconv.Itoa(max(6, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(counted{m}, goleak.IgnoreAnyFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// counted runs the tests and prints the total, in which nothing may be invalid.
type counted struct{ m *testing.M }

func (c counted) Run() int {
	code := c.m.Run()
	fmt.Println("all servers together:", total.Stats)
	if total.Invalid+total.Violations > 0 {
		return max(code, 1)
	}
	return code
}

const builtWhen = "> The lighthouse of Carrick was built in **1874** by Ada Quinn.\n" +
	"-# — [The lighthouse of Carrick](<https://news.example/carrick#:~:text=The%20lighthouse%20of%20Carrick%20was%20built%20in%201874%20by%20Ada%20Quinn.>), paragraph 1, sentence 1\n"

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in:\n%s", p, text)
		}
	}
}

func TestAskInFourWays(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")

	msg := ada.Says(c, "Hello "+r.BotUser().Mention()+", when was the lighthouse built?")
	mentioned := r.Reply(msg)
	contains(t, mentioned.Text(), builtWhen, "Confidence: high", string(r.desk.Corpus(t.Context()).Revision))

	reply := r.Reply(ada.Says(c, "and what of the oil lamp burns?", discordtest.ReplyTo(mentioned)))
	contains(t, reply.Text(), "> The lamp burns oil, and was lit again in 1903.")

	direct := r.Reply(ada.DM("When was the lighthouse built?"))
	contains(t, direct.Text(), builtWhen)

	slash := ada.Slash(c, "ask", discordtest.Opt("question", "When was the *lighthouse* built?")).Reply()
	contains(t, slash.Text(), "-# Asked: When was the \\*lighthouse\\* built?\n"+builtWhen)
	if slash.Ephemeral() {
		t.Error("an answer is public unless asked for in private")
	}
	private := ada.Slash(c, "ask", discordtest.Opt("question", "When was the lighthouse built?"), discordtest.Opt("private", true)).Reply()
	if !private.Ephemeral() {
		t.Error("a private answer is shown to all")
	}
}

func TestDecline(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	got := r.Member("ada").Slash(r.Channel("general"), "ask", discordtest.Opt("question", "What is the tariff of the lighthouse?")).Reply()
	contains(t, got.Text(), "**The article does not say.**", "7 sentences searched. “tariff” does not occur in any of them.",
		"You could ask:\n- When was the lighthouse built?\n- Who broke the lamp?", "The nearest passage, though not an answer", "> The lighthouse of Carrick was built")
	if strings.Contains(got.Message.Content, "> The") {
		t.Error("a declined answer poses as one")
	}
}

func TestNotForTheBot(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")
	question := r.BotUser().Mention() + " when was the lighthouse built?"
	ada.Says(c, "When was the lighthouse built?")
	r.Member("robot", discordtest.AsBot()).Says(c, question)
	ada.Says(c, question, discordtest.ByWebhook())
	ada.Says(c, "@everyone when was the lighthouse built?")
	r.Reply(ada.Says(c, r.BotUser().Mention()+" lighthouse built?"))
	if n := len(r.desk.asked); n != 1 {
		t.Errorf("the desk was asked %d times, want once", n)
	}
}

func TestEmptyMentionGetsHelp(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	got := r.Reply(r.Member("ada").Says(r.Channel("general"), r.BotUser().Mention()))
	contains(t, got.Text(), "I answer from what I have read, word for word", "**The lighthouse of Carrick**")
}

func TestLongQuestionIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	long := strings.Repeat("lighthouse ", 100)
	got := r.Reply(r.Member("ada").DM(long))
	contains(t, got.Text(), "The limit is 1000.")
	if len(r.desk.asked) != 0 {
		t.Error("the desk was asked nevertheless")
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	got := r.Member("ada").Slash(r.Channel("general"), "summary", discordtest.Opt("length", "short")).Reply()
	contains(t, got.Text(), "**Summary of [The lighthouse of Carrick](<https://news.example/carrick>)** (short: 2 of 7 sentences)",
		"> A storm broke its lamp in 1902.\n-# paragraph 2, sentence 1")
}

func TestModeratorReloads(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c := r.Channel("general")
	mod := r.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))

	got := mod.Slash(c, "corpus reload").Reply()
	contains(t, got.Text(), "**Reloaded.** Nothing has changed", "1 article, 3 paragraphs, 7 sentences")
	if !got.Ephemeral() {
		t.Error("a moderator's reply is shown to all")
	}
	if len(r.desk.reloads) != 1 || !strings.Contains(r.desk.reloads[0], "mia") {
		t.Errorf("reloaded by %q", r.desk.reloads)
	}
	contains(t, mod.Slash(c, "corpus status").Reply().Text(), "1 article, 3 paragraphs, 7 sentences", "<t:1767323045:R> by me, at startup")

	refused := r.Member("ada").Slash(c, "corpus reload", discordtest.Forged()).Reply()
	contains(t, refused.Text(), "That is for members with the permission “Manage Server”.")
	if !refused.Ephemeral() || len(r.desk.reloads) != 1 {
		t.Error("a member reloaded, or the refusal is shown to all")
	}
}

func TestBrokenReload(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk)
	desk.set(func() { desk.onReload = brokenReload })
	mod := r.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))
	got := mod.Slash(r.Channel("general"), "corpus reload").Reply()
	contains(t, got.Text(), "**Not reloaded.** There are 2 problems", "- a.md\\:3: title is \\*\\*missing\\*\\*", "- b.md: not UTF-8",
		"revision "+string(desk.Corpus(t.Context()).Revision)+", keep answering")
	r.WaitPresence(func(p discordtest.Presence) bool { return p.Status == "dnd" })
	contains(t, r.Reply(r.Member("ada").DM("When was the lighthouse built?")).Text(), builtWhen)
}

func TestOneServerOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{})
	r := launch(t, s, newDesk(), func(c *Config, _ *pace) { c.GuildID = s.Guild().ID })
	r.WaitReady()
	r.WaitCommands("ask", "summary", "corpus", "help")
	if n := len(s.Commands(nil)); n != 0 {
		t.Errorf("%d commands are registered everywhere", n)
	}
	if n := len(s.Commands(s.Guild())); n != 10 {
		t.Errorf("%d commands are registered in the server", n)
	}
}

func TestCommandsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{})
	for range 2 {
		r := launch(t, s, newDesk())
		r.WaitReady()
		r.WaitCommands("ask", "summary", "corpus", "help")
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.CommandWrites(); n != 1 {
		t.Errorf("the commands were written %d times, want once", n)
	}
}

func TestQuestionsOfManyArticles(t *testing.T) {
	t.Parallel()
	hostile := newArticle("evil", "**@everyone** [x](https://evil.example) `", "", []string{"@everyone must read <@1> and [this](https://evil.example) about **pinging** harbours."})
	r := start(t, discordtest.Options{}, newDesk(lighthouse(), hostile))
	got := r.Member("ada").Slash(r.Channel("general"), "ask", discordtest.Opt("question", "who must read about pinging?")).Reply()
	contains(t, got.Text(), `> \@everyone must read \<@1> and [this]\(https\://evil.example) about \*\*pinging\*\* harbours.`,
		`-# — \*\*\@everyone\*\* \[x\]\(https\://evil.example\) \`+"`, paragraph 1, sentence 1")
	decline := r.Member("ada").Slash(r.Channel("general"), "ask", discordtest.Opt("question", "tariff?")).Reply()
	contains(t, decline.Text(), "**The articles do not say.**")
}

func TestInstalledByAMember(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	r.WaitCommands("ask")
	elsewhere := r.AddGuild("Elsewhere", discordtest.WithoutBot())
	c, ada := elsewhere.Channel("general"), elsewhere.Member("ada")
	got := ada.Slash(c, "ask", discordtest.Opt("question", "When was the lighthouse built?"), discordtest.UserInstalled()).Reply()
	contains(t, got.Text(), builtWhen)
	contains(t, ada.Clicks(got.Message, "Context", discordtest.UserInstalled()).Reply().Text(), "(1 of 3)")
	friends := r.PrivateChannel(ada.User, elsewhere.Member("grace").User)
	contains(t, ada.Slash(friends, "ask", discordtest.Opt("question", "When was the lighthouse built?"), discordtest.UserInstalled()).Reply().Text(), builtWhen)
}

func TestModeratorsCommandsOutsideAServer(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	ada := r.Member("ada", discordtest.WithPermissions(discordtest.ManageGuild))
	got := ada.Slash(ada.DMChannel(), "corpus reload", discordtest.Forged()).Reply()
	contains(t, got.Text(), "That works only in a server")
	if len(r.desk.reloads) != 0 {
		t.Error("the articles were reloaded from a direct message")
	}
}

func TestModeratorByRole(t *testing.T) {
	t.Parallel()
	settings := &fixedSettings{}
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Settings = settings })
	role := r.Guild().Role("editors", 0)
	settings.moderator = role.ID
	got := r.Member("ed", discordtest.WithRoles(role)).Slash(r.Channel("general"), "corpus reload", discordtest.Forged()).Reply()
	contains(t, got.Text(), "**Reloaded.**")
}

func TestRoleOfTheBotIsTheBot(t *testing.T) {
	p := newPlaces()
	if err := p.note("GUILD_CREATE", []byte(`{"id":"1","roles":[{"id":"1","permissions":"3072"},null,{"id":"7","tags":{"bot_id":"9"},"permissions":"0"}],"members":[null,{"user":{"id":"9"},"roles":["7"]}],"channels":[{"id":"4","type":0}]}`), "9"); err != nil {
		t.Fatal(err)
	}
	if got := p.names("1", "9"); len(got) != 1 || got[0] != "7" {
		t.Errorf("the bot's roles are %q", got)
	}
	m := message{Content: "<@&7> hello <@5>, is <@&8> here?", Mentions: []user{{ID: "5", Username: "eve"}}}
	if !m.names("9", []string{"7"}) || m.names("9", nil) || m.names("5", nil) != true {
		t.Error("mentions are read wrongly")
	}
	if got := m.words("9", []string{"7"}); got != "hello eve, is here?" {
		t.Errorf("the words are %q", got)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk)
	shows := func(status, text string) {
		t.Helper()
		r.WaitPresence(func(p discordtest.Presence) bool {
			return p.Status == status && len(p.Activities) == 1 && strings.Contains(p.Activities[0].Name, text)
		})
	}
	shows("online", "1 article · revision "+string(desk.Corpus(t.Context()).Revision))
	desk.set(func() { desk.loading = true })
	shows("idle", "load again")
	desk.set(func() {
		desk.loading, desk.corpus = false, newDesk(lighthouse(), newArticle("b", "B", "", []string{"B."})).corpus
	})
	shows("online", "2 articles")
}

func BenchmarkSuggestions(b *testing.B) {
	var sentences []string
	for i := range maxScanned {
		sentences = append(sentences, fmt.Sprintf("Sentence number %d of this long article says something about the harbour and its many lamps.", i))
	}
	h, err := newHandlers(newDesk(article.FromSentences("long", "Long", sentences)), nil, nil, nil, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	r := completeRequest{Option: nameQuestion, Typed: "harbour lamps nowhere"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.suggestions(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
