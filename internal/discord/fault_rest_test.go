package discord

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

const (
	callbackRoute = "/interactions/{id}/{token}/callback"
	messagesRoute = "/channels/{channel}/messages"
	originalRoute = "/webhooks/{app}/{token}/messages/@original"
)

// saidOnce checks that no message in the channel was answered twice.
func (r *running) saidOnce(c *discordtest.Channel) {
	r.t.Helper()
	answered := map[string]int{}
	for _, m := range c.Messages() {
		if m.Author.Bot && m.MessageReference != nil {
			answered[m.MessageReference.MessageID]++
		}
	}
	for id, n := range answered {
		if n != 1 {
			r.t.Errorf("message %s was answered %d times", id, n)
		}
	}
}

// quiet checks that nothing was logged as a fault.
func (r *running) quiet() {
	r.t.Helper()
	if log := r.log.String(); strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") {
		r.t.Errorf("what can't be helped is logged as a fault:\n%s", log)
	}
}

// mention asks in a channel.
func (r *running) mention(who *discordtest.Member, c *discordtest.Channel, text string) *discordtest.Message {
	return who.Says(c, r.BotUser().Mention()+" "+text)
}

// TestAnswersThatHang: a request or an answer that is stuck on its way costs a
// part of the time that there is, and not the reply; and nobody is answered twice
// when it was stuck on its way back.
func TestAnswersThatHang(t *testing.T) {
	t.Parallel()
	const long = time.Hour
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
	}{
		{"the request is lost", discordtest.Fault{Status: 504, Delay: long}},
		{"it is processed when the bot has given up", discordtest.Fault{Delay: long}},
		{"the answer is lost", discordtest.Fault{Status: 504, Delay: long, Processed: true}},
		{"the answer's body is slow", discordtest.Fault{Status: 200, Body: `{"id":"1"}`, SlowBody: long, Processed: true}},
		{"the body of a failure is slow", discordtest.Fault{Status: 500, HTML: "<html>oh</html>", SlowBody: long}},
		{"the connection is cut after the request", discordtest.Fault{Cut: true, Processed: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{AllowViolations: true}, newDesk(), func(_ *Config, p *pace) { p.drain = 6 * time.Second })
			c, ada := r.Channel("general"), r.Member("ada")
			r.WaitCommands("ask")
			r.Fail("POST", callbackRoute, 1, test.fault)
			slash := ada.Slash(c, "ask", question(whenBuilt))
			contains(t, slash.Reply().Text(), builtWhen)
			r.Fail("POST", messagesRoute, 1, test.fault)
			asked := r.mention(ada, c, whenBuilt)
			contains(t, r.Reply(asked).Text(), builtWhen)
			r.answers()
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			r.saidOnce(c)
			if got := slash.Now(); len(got.FollowUps) > 0 {
				t.Errorf("the command has %d further answers", len(got.FollowUps))
			}
		})
	}
}

// TestAnnouncementThatIsLost: when Discord took the announcement of a reply and
// its answer was lost, the member sees the bot thinking: the reply must go there.
func TestAnnouncementThatIsLost(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	release := slowly(desk)
	r := start(t, discordtest.Options{AllowViolations: true}, desk)
	r.WaitCommands("ask")
	r.Fail("POST", callbackRoute, 2, discordtest.Fault{Status: 500, Processed: true})
	i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
	r.WaitFaults()
	release()
	contains(t, i.Reply().Text(), builtWhen)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if got := i.Now(); i.Thinking() || len(got.FollowUps) > 0 {
		t.Errorf("still thinking: %v; further answers: %d", i.Thinking(), len(got.FollowUps))
	}
}

// TestEditsThatFail: the reply that was announced is put in its place as soon as
// that can be done, and stands there once.
func TestEditsThatFail(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		n     int
		fault discordtest.Fault
	}{
		{"for a while", 4, discordtest.Fault{Status: 500}},
		{"after they were done", 2, discordtest.Fault{Status: 502, Processed: true}},
		{"always, though they are done", -1, discordtest.Fault{Status: 502, Processed: true}},
		{"by hanging", 1, discordtest.Fault{Status: 504, Delay: time.Hour}},
		{"for a rate limit", 2, discordtest.Fault{Status: 429, RetryAfter: 50 * time.Millisecond}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			desk := newDesk()
			release := slowly(desk)
			r := start(t, discordtest.Options{AllowViolations: true}, desk)
			r.Fail("PATCH", originalRoute, test.n, test.fault)
			i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			ctx, cancel := contextFor(t)
			defer cancel()
			if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
				t.Fatal(err)
			}
			release()
			contains(t, i.Reply().Text(), builtWhen)
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			if got := i.Now(); len(got.FollowUps) > 0 {
				t.Errorf("%d answers more than one", len(got.FollowUps))
			}
		})
	}
}

// TestTooLateToEdit: what Discord says of an announced reply that is gone, or of
// an interaction that is too old, ends the matter.
func TestTooLateToEdit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		status, code int
	}{
		{"dismissed", http.StatusNotFound, codeUnknownMessage},
		{"of an unknown webhook", http.StatusNotFound, codeUnknownWebhook},
		{"expired", http.StatusUnauthorized, codeExpiredToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			desk := newDesk()
			release := slowly(desk)
			r := start(t, discordtest.Options{AllowViolations: true}, desk)
			before := r.Stats().Injected
			r.Fail("*", originalRoute, -1, discordtest.Fault{Status: test.status, Code: test.code})
			i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			ctx, cancel := contextFor(t)
			defer cancel()
			if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
				t.Fatal(err)
			}
			release()
			r.until("one try", func(s discordtest.Stats) bool { return s.Injected > before })
			r.answers()
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			if n := r.Stats().Injected - before; n != 1 || len(i.Now().FollowUps) > 0 {
				t.Errorf("%d tries and %d further answers, want one try", n, len(i.Now().FollowUps))
			}
			r.quiet()
		})
	}
}

// TestReplyThatDiscordRefuses: should a reply ever break a rule of Discord's, who
// asked is told that it failed, and under which reference the log says why.
func TestReplyThatDiscordRefuses(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk)
	c, ada := r.Channel("general"), r.Member("ada")
	r.WaitCommands("ask")
	told := func(what, text string) {
		t.Helper()
		m := referenced.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s: no reference in %q", what, text)
		}
		if log := r.log.String(); !strings.Contains(log, `msg="a reply was not sent"`) || strings.Count(log, "reference="+m[1]) != 2 {
			t.Errorf("%s: the log doesn't say why:\n%s", what, log)
		}
	}
	bad := discordtest.Fault{Status: 400, Code: 50035, Message: "Invalid Form Body"}
	r.Fail("POST", callbackRoute, 1, bad)
	told("at once", ada.Slash(c, "ask", question(whenBuilt)).Reply().Text())
	r.Fail("POST", messagesRoute, 1, bad)
	said := r.Reply(r.mention(ada, c, whenBuilt))
	told("a message", said.Text())
	release := slowly(desk)
	r.Fail("PATCH", originalRoute, 1, bad)
	late := ada.Slash(c, "ask", question(whenBuilt))
	ctx, cancel := contextFor(t)
	defer cancel()
	if _, err := late.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
		t.Fatal(err)
	}
	release()
	told("announced", late.Reply().Text())
	if n := len(late.Now().FollowUps); n > 0 {
		t.Errorf("%d answers more than one", n)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r.saidOnce(c)
}

// TestLimitOfAnHour: where Discord wants the bot to be silent for longer than a
// reply is worth, the reply is given up, what isn't limited goes on, and no secret
// of the request is logged, which is looked at when the bot has stopped.
func TestLimitOfAnHour(t *testing.T) {
	t.Parallel()
	for _, global := range []bool{false, true} {
		t.Run(map[bool]string{false: "of a route", true: "of everything"}[global], func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{}, newDesk())
			c, ada := r.Channel("general"), r.Member("ada")
			r.WaitCommands("ask")
			limit := discordtest.Fault{Status: 429, Global: global, RetryAfter: time.Hour}
			r.Fail("POST", callbackRoute, 1, limit)
			ada.Slash(c, "ask", question(whenBuilt))
			r.WaitFaults()
			r.Fail("POST", messagesRoute, 1, limit)
			r.mention(ada, c, whenBuilt)
			r.WaitFaults()
			contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			contains(t, r.log.String(), "a reply was not sent", "Rate limit exceeded on interactions/")
		})
	}
}

// TestTokenRevokedInREST: the gateway may not notice for hours what the first
// request after it is told.
func TestTokenRevokedInREST(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	r.answers()
	r.Fail("*", "/channels/{channel}/messages", -1, discordtest.Fault{Status: 401, Message: "401: Unauthorized"})
	r.Member("ada").DM(whenBuilt)
	err := r.runError()
	if !errors.Is(err, ErrToken) {
		t.Fatalf("Run = %v, want %v", err, ErrToken)
	}
	contains(t, err.Error(), "DISCORD_TOKEN", "Developer Portal")
}

// TestExpiredInteractionIsNoRevokedToken: Discord answers 401 to both.
func TestExpiredInteractionIsNoRevokedToken(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	r.WaitCommands("ask")
	r.Fail("POST", callbackRoute, 1, discordtest.Fault{Status: 401, Code: codeExpiredToken, Message: "Invalid Webhook Token"})
	r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
	r.WaitFaults()
	r.answers()
	r.quiet()
}

// TestForbiddenToSpeak: the member is told in private, once, and where even that
// is refused nothing is tried again.
func TestForbiddenToSpeak(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
	}{
		{"no permission", discordtest.Fault{Status: 403, Code: discordtest.CodeMissingPermissions}},
		{"no access", discordtest.Fault{Status: 403, Code: 50001}},
		{"a reply needs the history", discordtest.Fault{Status: 403, Code: 160002}},
		{"nobody says why", discordtest.Fault{Status: 403, HTML: "<html>no</html>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{}, newDesk())
			c, ada := r.Channel("general"), r.Member("ada")
			general := "/channels/" + c.ID + "/messages"
			r.Fail("POST", "/users/@me/channels", 1, discordtest.Fault{Status: 403, Code: codeCannotDM})
			r.Fail("POST", general, 1, test.fault)
			r.mention(r.Member("ben"), c, whenBuilt)
			r.WaitFaults()
			contains(t, r.Reply(r.mention(ada, c, whenBuilt)).Text(), builtWhen)
			r.Fail("POST", general, 2, test.fault)
			for range 2 {
				r.mention(ada, c, whenBuilt)
			}
			r.WaitFaults()
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			told := ada.DMChannel().Messages()
			if len(told) != 1 || !strings.Contains(told[0].Content, c.Mention()) {
				t.Errorf("ada was told %d times: %+v", len(told), told)
			}
		})
	}
}

// TestGoneMeanwhile: what a reply belongs to may have been deleted by the time
// that it is ready.
func TestGoneMeanwhile(t *testing.T) {
	t.Parallel()
	t.Run("the reply to a question that is edited", func(t *testing.T) {
		t.Parallel()
		r := start(t, discordtest.Options{}, newDesk())
		c, ada := r.Channel("general"), r.Member("ada")
		asked := r.mention(ada, c, whenBuilt)
		r.Member("mod", discordtest.WithPermissions(discordtest.ManageMessages)).Deletes(r.Reply(asked))
		before := r.Stats().Status[http.StatusNotFound]
		ada.Edits(asked, r.BotUser().Mention()+" What storm broke its lamp?")
		r.until("the edit is refused", func(s discordtest.Stats) bool { return s.Status[http.StatusNotFound] > before })
		r.answers()
		if n := len(c.Messages()); n != 1 {
			t.Errorf("%d messages are left, want the question alone", n)
		}
		r.quiet()
	})
	t.Run("the channel", func(t *testing.T) {
		t.Parallel()
		desk := newDesk()
		release := slowly(desk)
		r := start(t, discordtest.Options{}, desk)
		c, ada := r.Channel("general"), r.Member("ada")
		r.mention(ada, c, whenBuilt)
		r.until("the bot types", func(discordtest.Stats) bool { return c.TypingCount() > 0 })
		c.Delete()
		release()
		r.answers()
		r.quiet()
	})
}
