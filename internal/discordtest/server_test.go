package discordtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/bwmarrin/discordgo"
	"go.uber.org/goleak"

	"verbatim/internal/discordtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// toServer sends what is meant for Discord to the test server.
type toServer struct{ base *url.URL }

func (t toServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "discord.com" && r.URL.Host != t.base.Host {
		return nil, fmt.Errorf("a request to %s", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = t.base.Scheme, t.base.Host
	return http.DefaultTransport.RoundTrip(r)
}

// client is a discordgo session for the server that isn't open yet.
func client(t *testing.T, s *discordtest.Server) *discordgo.Session {
	t.Helper()
	base, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: toServer{base}}
	d.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	d.ShouldReconnectOnError = false
	d.LogLevel = -1
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	return d
}

// connect is a discordgo session with these handlers, open until the test
// ends.
func connect(t *testing.T, s *discordtest.Server, handlers ...any) *discordgo.Session {
	t.Helper()
	d := client(t, s)
	for _, h := range handlers {
		d.AddHandler(h)
	}
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s.WaitReady()
	return d
}

var silent = &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}

// echo replies to every message that says something.
func echo(s *discordgo.Session, m *discordgo.MessageCreate) {
	if m.Author == nil || m.Author.Bot || m.Content == "" {
		return
	}
	s.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{Content: "you said: " + m.Content,
		Reference: m.Reference(), AllowedMentions: silent})
}

func TestMessages(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	connect(t, s, echo)
	alice, general := s.Member("alice"), s.Channel("general")

	alice.Says(general, "not for the bot")
	asked := alice.Says(general, s.BotUser().Mention()+" hello")
	answer := s.Reply(asked)
	if want := "you said: " + asked.Content; answer.Content != want {
		t.Errorf("reply = %q, want %q", answer.Content, want)
	}
	again := alice.Says(general, "and again", discordtest.ReplyTo(answer))
	if got := s.Reply(again).Content; got != "you said: and again" {
		t.Errorf("reply to a reply = %q", got)
	}
	dm := alice.DM("in private")
	if got := s.Reply(dm).Content; got != "you said: in private" {
		t.Errorf("reply in a DM = %q", got)
	}
	thread := general.Thread("details")
	if got := s.Reply(alice.Says(thread, s.BotUser().Mention()+"!")); got.ChannelID != thread.ID {
		t.Errorf("reply in channel %s, want the thread %s", got.ChannelID, thread.ID)
	}
	if n := len(general.Messages()); n != 5 {
		t.Errorf("%d messages in the channel, want 5", n)
	}
}

func TestSlashCommand(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	d := connect(t, s, func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		data := i.ApplicationCommandData()
		d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
			Type: discordgo.InteractionResponseChannelMessageWithSource,
			Data: &discordgo.InteractionResponseData{Content: "asked: " + data.Options[0].StringValue(),
				Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: silent},
		})
		d.FollowupMessageCreate(i.Interaction, true, &discordgo.WebhookParams{Content: "more", AllowedMentions: silent})
	})
	_, err := d.ApplicationCommandBulkOverwrite(s.AppID(), "", []*discordgo.ApplicationCommand{{
		Name: "ask", Description: "Ask the article",
		Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionString,
			Name: "question", Description: "What to ask", Required: true}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	alice, general := s.Member("alice"), s.Channel("general")
	for _, where := range []*discordtest.Channel{general, alice.DMChannel()} {
		ask := alice.Slash(where, "ask", discordtest.Opt("question", "who?"))
		if r := ask.Reply(); r.Text() != "asked: who?" || !r.Ephemeral() {
			t.Errorf("reply = %q, ephemeral %v", r.Text(), r.Ephemeral())
		}
		if got := ask.FollowUp(1).Content; got != "more" {
			t.Errorf("follow-up = %q", got)
		}
	}
	if left := s.Unanswered(); len(left) != 0 {
		t.Errorf("unanswered: %v", left)
	}
}
