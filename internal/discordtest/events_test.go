package discordtest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

func TestHeldRepeatedAndReversed(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice, general := s.Member("alice"), s.Channel("general")
	r, _ := ready(t, s)
	r.until("GUILD_CREATE")
	seqs := func(n int) []int {
		t.Helper()
		var out []int
		for range n {
			out = append(out, *r.next().Seq)
		}
		return out
	}
	s.Gateway().Hold()
	for range 3 {
		alice.Says(general, "x")
	}
	s.Gateway().Release(true)
	if got := seqs(3); !slices.Equal(got, []int{5, 4, 3}) {
		t.Errorf("released in reverse: %v", got)
	}
	s.Gateway().Repeat(2)
	s.Gateway().RepeatReversed(2)
	if got := seqs(4); !slices.Equal(got, []int{4, 5, 5, 4}) {
		t.Errorf("repeated: %v", got)
	}
	s.Gateway().DispatchSeq(2, "TYPING_START", obj{})
	s.Gateway().Dispatch("NEWS_OF_TOMORROW", obj{"x": 1})
	if got := seqs(2); !slices.Equal(got, []int{2, 6}) {
		t.Errorf("dispatched: %v", got)
	}
	s.Gateway().Send([]byte("}{"))
	if _, text, err := r.ws.ReadMessage(); err != nil || string(text) != "}{" {
		t.Errorf("malformed: %q %v", text, err)
	}
}

func TestHeldEventsAreNotSentTwiceByAResume(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice, general := s.Member("alice"), s.Channel("general")
	r, session := ready(t, s)
	r.until("GUILD_CREATE")
	s.Gateway().Hold()
	alice.Says(general, "x")
	s.Gateway().Drop()
	s.WaitDisconnected()
	r = dial(t, s)
	r.next()
	r.send(obj{"op": 6, "d": obj{"token": s.Token(), "session_id": session, "seq": 2}})
	r.until("RESUMED")
	s.Gateway().Release(false)
	alice.Says(general, "y")
	if p := r.next(); *p.Seq != 5 {
		t.Errorf("then came %d, want 5", *p.Seq)
	}
}

func TestMessageContentIsWithheld(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Privileged: discordtest.IntentMessageContent})
	alice, general := s.Member("alice"), s.Channel("general")
	without, _ := ready(t, s)
	with, _ := ready(t, s, func(d obj) { d["intents"] = plainIntents | 1<<15 })
	content := func(r *raw) string {
		t.Helper()
		p := r.until("MESSAGE_CREATE")
		var m struct {
			Content     string
			Embeds      []any
			Attachments []any
			Components  []any
		}
		if err := json.Unmarshal(p[len(p)-1].Data, &m); err != nil {
			t.Fatal(err)
		}
		if (m.Content == "") != (len(m.Embeds)+len(m.Attachments)+len(m.Components) == 0) {
			t.Errorf("only part of it is withheld: %+v", m)
		}
		return m.Content
	}
	rich := []discordtest.SayOption{discordtest.WithEmbeds(discordtest.Embed{Title: "t"}),
		discordtest.WithFiles(discordtest.File{Name: "f", Data: []byte("x")})}
	alice.Says(general, "plain", rich...)
	if a, b := content(without), content(with); a != "" || b != "plain" {
		t.Errorf("content %q without the intent, %q with it", a, b)
	}
	alice.Says(general, s.BotUser().Mention()+"!", rich...)
	if a := content(without); a == "" {
		t.Error("a mention of the bot is withheld")
	}
	alice.DM("private", rich...)
	if a := content(without); a != "private" {
		t.Errorf("a direct message is withheld: %q", a)
	}
}

func TestRepliesMentionTheBot(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice, general := s.Member("alice"), s.Channel("general")
	register(t, s)
	send(t, s, "POST", "/channels/"+general.ID+"/messages", message(`"content":"ordinary"`))
	ordinary := general.Messages()[0]
	ask := alice.Slash(general, "ask", discordtest.Opt("question", "who?"))
	send(t, s, "POST", "/interactions/"+ask.ID+"/"+ask.Token+"/callback", response("4", message(`"content":"answer"`)))
	r, _ := ready(t, s)
	for _, tt := range []struct {
		name string
		say  func() *discordtest.Message
		want bool
	}{
		{"to an ordinary message", func() *discordtest.Message { return alice.Says(general, "a", discordtest.ReplyTo(ordinary)) }, true},
		{"without the ping", func() *discordtest.Message {
			return alice.Says(general, "b", discordtest.ReplyTo(ordinary), discordtest.WithoutPing())
		}, false},
		{"to a response", func() *discordtest.Message {
			return alice.Says(general, "c", discordtest.ReplyTo(ask.Reply().Message))
		}, false},
	} {
		m := tt.say()
		mentioned := slices.ContainsFunc(m.Mentions, func(u discordtest.UserInfo) bool { return u.ID == s.BotUser().ID })
		p := r.until("MESSAGE_CREATE")
		withheld := !strings.Contains(string(p[len(p)-1].Data), `"content":"`+m.Content+`"`)
		if mentioned != tt.want || withheld == tt.want {
			t.Errorf("%s: mentioned %v, withheld %v", tt.name, mentioned, withheld)
		}
	}
}

func TestShards(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Shards: 2})
	var bots []*raw
	for i := range 2 {
		r, _ := ready(t, s, func(d obj) { d["shard"] = []int{i, 2} })
		bots = append(bots, r)
	}
	s.WaitReady()
	alice := s.Member("alice")
	alice.DM("hello")
	bots[0].until("MESSAGE_CREATE")
	// Guilds whose ids differ in time fall on both shards sooner or later.
	seen := map[string]bool{}
	for i := 0; len(seen) < 2; i++ {
		g := s.AddGuild("guild " + strings.Repeat("x", i))
		g.Member("alice").Says(g.Channel("general"), "in "+g.ID)
		shard := shardOf(t, g.ID)
		bots[shard].until("MESSAGE_CREATE")
		seen[string(rune('0'+shard))] = true
	}
}

func shardOf(t *testing.T, id string) int {
	t.Helper()
	var n uint64
	for _, c := range id {
		n = n*10 + uint64(c-'0')
	}
	return int(n >> 22 % 2)
}
