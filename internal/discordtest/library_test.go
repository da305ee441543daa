package discordtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"verbatim/internal/discordtest"
)

func TestLargePacketsAreCompressedWhenAsked(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	got := make(chan string, 1)
	d := client(t, s)
	d.Compress, d.Identify.Compress = true, true
	d.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { got <- m.Content })
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s.WaitReady()
	text := strings.Repeat("a very long message ", 5000)
	s.Member("alice").DM(text)
	if came := <-got; came != text {
		t.Errorf("%d characters came, want %d", len(came), len(text))
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	d := client(t, s)
	d.Identify.Presence = discordgo.GatewayStatusUpdate{Status: "online",
		Game: discordgo.Activity{Name: "reading", Type: discordgo.ActivityTypeCustom, State: "reading"}}
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s.WaitReady()
	if err := d.UpdateCustomStatus("reloading"); err != nil {
		t.Fatal(err)
	}
	p := s.WaitPresence(func(p discordtest.Presence) bool {
		return len(p.Activities) == 1 && p.Activities[0].State == "reloading"
	})
	if p.Status != "online" || len(s.Presences()) != 2 {
		t.Errorf("presence %+v of %d", p, len(s.Presences()))
	}
}

func TestReconnectWithALibrary(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	lost := make(chan struct{}, 8)
	d := connect(t, s, echo, func(*discordgo.Session, *discordgo.Disconnect) { lost <- struct{}{} })
	alice, general := s.Member("alice"), s.Channel("general")
	s.Gateway().Close(4000, "unknown error")
	<-lost
	missed := alice.Says(general, s.BotUser().Mention()+" while you were away")
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	if got := s.Reply(missed).Content; !strings.Contains(got, "while you were away") {
		t.Errorf("reply = %q", got)
	}
	if st := s.Stats(); st.Resumed != 1 || st.Identifies != 1 {
		t.Errorf("stats: %s", st)
	}
}

func TestWaitsEndWithTheContext(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.WaitConnected(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitConnected: %v", err)
	}
	if _, err := s.WaitMessage(ctx, s.Channel("general"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitMessage: %v", err)
	}
}
