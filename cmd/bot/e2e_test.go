package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"verbatim/internal/discordtest"
)

// asBot makes the test's own binary the bot, for tests that need a process.
const asBot = "VERBATIM_TEST_AS_BOT"

func TestMain(m *testing.M) {
	if os.Getenv(asBot) != "" {
		main()
	}
	// Bleve starts workers for the whole process when it is loaded.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// syncBuffer may be written and read at the same time.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// bot is the whole program, at work in the test process.
type bot struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan int
	stderr *syncBuffer
}

// start runs the program against the server until the test ends, with further
// settings as pairs of key and value.
func start(t *testing.T, s *discordtest.Server, settings ...string) *bot {
	t.Helper()
	b := begin(t, s, settings...)
	s.WaitReady()
	return b
}

// begin is start without waiting for the program to be connected.
func begin(t *testing.T, s *discordtest.Server, settings ...string) *bot {
	t.Helper()
	set := map[string]string{"DISCORD_TOKEN": s.Token(), "DISCORD_API_URL": s.URL(), "LOG_LEVEL": "debug"}
	for i := 0; i < len(settings); i += 2 {
		set[settings[i]] = settings[i+1]
	}
	ctx, cancel := context.WithCancel(t.Context())
	b := &bot{t: t, cancel: cancel, ended: make(chan int, 1), stderr: &syncBuffer{}}
	go func() {
		b.ended <- run(ctx, []string{}, env(set), strings.NewReader(""), b.stderr, b.stderr)
	}()
	t.Cleanup(func() {
		if status := b.stop(); status != exitAnswered {
			t.Errorf("the bot ended with status %d", status)
		}
		for _, secret := range s.Secrets() {
			if strings.Contains(b.stderr.String(), secret) {
				t.Errorf("%q stands in the log", secret)
			}
		}
		if t.Failed() {
			t.Logf("the bot's log:\n%s", b.stderr)
		}
	})
	return b
}

// stop asks the program to end, as a signal does, and waits for it. It may be
// called again.
func (b *bot) stop() int {
	b.cancel()
	status := <-b.ended
	b.ended <- status
	return status
}

// waitLog waits until the program's log says something.
func (b *bot) waitLog(want string) {
	b.t.Helper()
	for range 2000 {
		if strings.Contains(b.stderr.String(), want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatalf("the log never says %q", want)
}

// seen is what a member sees of a text, without Discord's escapes.
func seen(text string) string { return strings.ReplaceAll(text, `\`, "") }

// shipped is the folder of the articles that come with the program.
func shipped(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../corpus")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	killed      = "How many people were killed at the church?"
	killedQuote = "claimed responsibility for the suicide bombing at a Damascus church that killed "
	notSaid     = "The article does not say"
)

func TestAskInFourWays(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	start(t, s, "CORPUS_DIR", shipped(t))
	alice, general := s.Member("alice"), s.Channel("general")

	check := func(t *testing.T, got string) {
		t.Helper()
		if !strings.Contains(got, killedQuote) || !strings.Contains(got, "paragraph 13") {
			t.Errorf("no quote with its place in:\n%s", got)
		}
	}
	mentioned := s.Reply(alice.Says(general, s.BotUser().Mention()+" "+killed))
	t.Run("mention", func(t *testing.T) { check(t, mentioned.Text()) })
	t.Run("reply", func(t *testing.T) {
		// Discord sends the text along as the reply pings the bot.
		check(t, s.Reply(alice.Says(general, killed, discordtest.ReplyTo(mentioned))).Text())
	})
	t.Run("direct message", func(t *testing.T) { check(t, s.Reply(alice.DM(killed)).Text()) })
	t.Run("command", func(t *testing.T) {
		r := alice.Slash(general, "ask", discordtest.Opt("question", killed)).Reply()
		check(t, r.Text())
		if r.Ephemeral() {
			t.Error("the answer is private unasked")
		}
	})
	t.Run("private", func(t *testing.T) {
		r := alice.Slash(general, "ask", discordtest.Opt("question", killed), discordtest.Opt("private", true)).Reply()
		check(t, r.Text())
		if !r.Ephemeral() {
			t.Error("everyone sees a private answer")
		}
	})
	t.Run("unasked", func(t *testing.T) {
		before := len(general.Messages())
		alice.Says(general, killed) // to nobody
		s.Reply(alice.Says(general, s.BotUser().Mention()+" "+killed))
		if got := len(general.Messages()) - before; got != 3 {
			t.Errorf("%d messages, want the two of alice and one answer", got)
		}
	})
	if left := s.Unanswered(); len(left) > 0 {
		t.Errorf("unanswered: %v", left)
	}
}

func TestAbstain(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	start(t, s, "CORPUS_DIR", shipped(t))
	r := s.Reply(s.Member("alice").Says(s.Channel("general"), s.BotUser().Mention()+" How much do bananas cost in Peru?"))
	for _, want := range []string{notSaid, "bananas", "Peru"} {
		if !strings.Contains(r.Text(), want) {
			t.Errorf("no %q in:\n%s", want, r.Text())
		}
	}
}

func TestSummary(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	start(t, s, "CORPUS_DIR", shipped(t))
	alice, general := s.Member("alice"), s.Channel("general")
	r := alice.Slash(general, "summary", discordtest.Opt("length", "short")).Reply()
	if n := strings.Count(r.Text(), "\n> ") + strings.Count(r.Text(), "[1.1]"); n == 0 || !strings.Contains(r.Text(), "Syria") {
		t.Errorf("no sentences quoted in:\n%s", r.Text())
	}
	long := alice.Slash(general, "summary", discordtest.Opt("length", "long")).Reply()
	if len(long.Text()) <= len(r.Text()) {
		t.Errorf("the long summary is no longer than the short one:\n%s", long.Text())
	}
}

const bridgeArticle = "---\ntitle: The bridge\n---\nThe bridge at Ashby opened on 4 May. It was built by the engineer Ada Stone over three years.\n"

// shelf is a folder of one article.
func shelf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "bridge.md", bridgeArticle)
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReloadByAModerator(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir := shelf(t)
	start(t, s, "CORPUS_DIR", dir)
	mod, general := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)), s.Channel("general")
	const question = "Who opened the ferry?"
	ask := func() string {
		return mod.Slash(general, "ask", discordtest.Opt("question", question)).Reply().Text()
	}
	if got := ask(); !strings.Contains(got, notSaid) {
		t.Errorf("before the reload:\n%s", got)
	}
	put(t, dir, "ferry.md", "---\ntitle: The ferry\n---\nThe mayor, Carla Reed, opened the ferry at Ashby on Monday.\n")
	if got := mod.Slash(general, "corpus reload").Reply().Text(); !strings.Contains(got, "ferry") {
		t.Errorf("the reload does not say what was added:\n%s", got)
	}
	if got := ask(); !strings.Contains(got, "Carla Reed") {
		t.Errorf("after the reload:\n%s", got)
	}
	if got := mod.Slash(general, "corpus status").Reply().Text(); !strings.Contains(got, "2 articles") {
		t.Errorf("the status after the reload:\n%s", got)
	}
}

func TestReloadByAMemberIsRefused(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir := shelf(t)
	start(t, s, "CORPUS_DIR", dir)
	alice, general := s.Member("alice"), s.Channel("general")
	put(t, dir, "ferry.md", "The mayor, Carla Reed, opened the ferry at Ashby on Monday.\n")
	for _, command := range []string{"corpus reload", "corpus status"} {
		r := alice.Slash(general, command, discordtest.Forged()).Reply()
		if !r.Ephemeral() || strings.Contains(r.Text(), "ferry") || strings.Contains(r.Text(), "evision") {
			t.Errorf("a member's /%s is answered with:\n%s", command, r.Text())
		}
	}
	if got := alice.Slash(general, "ask", discordtest.Opt("question", "Who opened the ferry?")).Reply().Text(); !strings.Contains(got, notSaid) {
		t.Errorf("a member's reload went through:\n%s", got)
	}
}

func TestBrokenReloadLeavesTheOldArticle(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir := shelf(t)
	start(t, s, "CORPUS_DIR", dir)
	mod, general := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)), s.Channel("general")
	put(t, dir, "bridge.md", "---\ntitle: The bridge\npublished: someday\n---\nIt never opened.\n")
	put(t, dir, "other.md", "broken \xff\xfe text\n")
	got := seen(mod.Slash(general, "corpus reload").Reply().Text())
	for _, want := range []string{"bridge.md:3", "other.md", "keep answering"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	answer := mod.Slash(general, "ask", discordtest.Opt("question", "When did the bridge at Ashby open?")).Reply().Text()
	if !strings.Contains(answer, "The bridge at Ashby opened on") {
		t.Errorf("after the broken reload:\n%s", answer)
	}
}

// TestStopFinishesWhatRuns: every question that was read before the signal is
// answered, none after it, and the process ends well.
func TestStopFinishesWhatRuns(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	b := start(t, s, "CORPUS_DIR", shipped(t), "DATA_DIR", t.TempDir())
	alice, general := s.Member("alice"), s.Channel("general")
	var asked []*discordtest.Interaction
	for range 8 {
		asked = append(asked, alice.Slash(general, "ask", discordtest.Opt("question", killed)))
	}
	asked[0].Reply() // the bot is at work on them
	if status := b.stop(); status != exitAnswered {
		t.Fatalf("status %d", status)
	}
	s.WaitDisconnected()
	for _, i := range asked {
		if i.Thinking() {
			t.Errorf("%v was begun and never finished", i)
		}
	}
}

func TestRevokedTokenIsTrouble(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	var stderr syncBuffer
	set := map[string]string{"DISCORD_TOKEN": "not-the-token", "DISCORD_API_URL": s.URL(), "CORPUS_DIR": shipped(t)}
	status := run(t.Context(), []string{}, env(set), strings.NewReader(""), &stderr, &stderr)
	if status != exitTrouble || !strings.Contains(stderr.String(), "token") {
		t.Errorf("status %d, want %d and a word about the token:\n%s", status, exitTrouble, stderr.String())
	}
	if strings.Contains(stderr.String(), "not-the-token") {
		t.Errorf("the token is shown:\n%s", stderr.String())
	}
}

// TestTokenRevokedWhileRunning: whether the gateway says so or the next request,
// the program ends, with the status of trouble and with what to do.
func TestTokenRevokedWhileRunning(t *testing.T) {
	for name, revoke := range map[string]func(*discordtest.Server){
		"told by the gateway": func(s *discordtest.Server) { s.Gateway().Revoke() },
		"told by a request": func(s *discordtest.Server) {
			s.Fail("*", "/channels/{channel}/messages", -1, discordtest.Fault{Status: 401, Message: "401: Unauthorized"})
			s.Member("alice").DM(killed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{})
			var stderr syncBuffer
			set := map[string]string{"DISCORD_TOKEN": s.Token(), "DISCORD_API_URL": s.URL(), "CORPUS_DIR": shipped(t), "LOG_LEVEL": "debug"}
			ended := make(chan int, 1)
			go func() { ended <- run(t.Context(), []string{}, env(set), strings.NewReader(""), &stderr, &stderr) }()
			s.WaitReady()
			revoke(s)
			if status := <-ended; status != exitTrouble {
				t.Errorf("status %d, want %d", status, exitTrouble)
			}
			last := strings.TrimSpace(stderr.String())
			last = last[strings.LastIndex(last, "\n")+1:]
			for _, want := range []string{"bot: discord: the token was refused", "DISCORD_TOKEN", "Developer Portal"} {
				if !strings.Contains(last, want) {
					t.Errorf("the last line says nothing of %q: %s", want, last)
				}
			}
			for _, secret := range s.Secrets() {
				if strings.Contains(stderr.String(), secret) {
					t.Errorf("%q stands in the log", secret)
				}
			}
		})
	}
}

// TestStopWhileDiscordIsAway: the program ends well at once, though it waits for
// Discord.
func TestStopWhileDiscordIsAway(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	b := start(t, s, "CORPUS_DIR", shipped(t))
	s.Gateway().Away(true)
	s.WaitDisconnected()
	if status := b.stop(); status != exitAnswered {
		t.Errorf("status %d", status)
	}
}

// TestWatch: with WATCH set, a file that is written is answered from without
// anyone asking for it, and a broken one leaves the old articles answering.
func TestWatch(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir := shelf(t)
	b := start(t, s, "CORPUS_DIR", dir, "WATCH", "true")
	alice, general := s.Member("alice"), s.Channel("general")
	put(t, dir, "ferry.md", "---\ntitle: The ferry\n---\nThe mayor, Carla Reed, opened the ferry at Ashby on Monday.\n")
	b.waitLog("added=ferry")
	ask := func() string {
		return alice.Slash(general, "ask", discordtest.Opt("question", "Who opened the ferry?")).Reply().Text()
	}
	if got := ask(); !strings.Contains(got, "Carla Reed") {
		t.Errorf("after the change:\n%s", got)
	}
	put(t, dir, "ferry.md", "---\nnonsense: yes\n---\nIt sank.\n")
	b.waitLog("ferry.md:2")
	if got := ask(); !strings.Contains(got, "Carla Reed") {
		t.Errorf("after a change for the worse:\n%s", got)
	}
}
