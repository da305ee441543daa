package discord

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/discordtest"
)

// slowly makes the desk answer as usual, but only when the test lets it.
func slowly(desk *fakeDesk) (release func()) {
	gate := make(chan struct{})
	desk.set(func() {
		desk.onAsk = func(ctx context.Context, q answer.Question) (answer.Answer, error) {
			select {
			case <-gate:
			case <-ctx.Done():
				return answer.Answer{}, ctx.Err()
			}
			return newDesk().Ask(ctx, q)
		}
	})
	return func() { close(gate) }
}

func question(text string) discordtest.Arg { return discordtest.Opt("question", text) }

const whenBuilt = "When was the lighthouse built?"

func TestPanicCostsOneReply(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	r := start(t, discordtest.Options{}, desk)
	desk.set(func() {
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) { panic("kaboom") }
	})
	c, ada := r.Channel("general"), r.Member("ada")
	for _, got := range []discordtest.Reply{ada.Slash(c, "ask", question(whenBuilt)).Reply(), {Message: r.Reply(ada.DM(whenBuilt))}} {
		contains(t, got.Text(), "Something went wrong on my side.", "(Reference ")
		if strings.Contains(got.Text(), "kaboom") {
			t.Error("internals reach a channel")
		}
		ref := got.Text()[strings.Index(got.Text(), "(Reference ")+len("(Reference ") : strings.LastIndex(got.Text(), ")")]
		contains(t, r.log.String(), "reference="+ref)
	}
	contains(t, r.log.String(), "kaboom", "fault_test.go")
	desk.set(func() { desk.onAsk = nil })
	r.answers()
}

func TestErrorIsPrivate(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) {
		return answer.Answer{}, errors.New("secret path /etc")
	}
	r := start(t, discordtest.Options{}, desk)
	got := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt)).Reply()
	contains(t, got.Text(), "Something went wrong on my side.")
	if !got.Ephemeral() || strings.Contains(got.Text(), "/etc") {
		t.Errorf("the error is shown to all, or too much of it: %s", got.Text())
	}
}

func TestSlowAnswerIsAnnounced(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{false, true} {
		desk := newDesk()
		release := slowly(desk)
		r := start(t, discordtest.Options{}, desk)
		i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt), discordtest.Opt("private", private))
		ctx, cancel := contextFor(t)
		defer cancel()
		announced, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred })
		if err != nil {
			t.Fatal(err)
		}
		if announced.Type != discordtest.ResponseDeferred {
			t.Errorf("the first response is of type %d", announced.Type)
		}
		release()
		got := i.Reply()
		contains(t, got.Text(), builtWhen)
		if got.Ephemeral() != private {
			t.Errorf("private: %v, asked for %v", got.Ephemeral(), private)
		}
	}
}

func TestSlowMessageShowsTyping(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	release := slowly(desk)
	r := start(t, discordtest.Options{}, desk)
	c := r.Channel("general")
	msg := r.Member("ada").Says(c, r.BotUser().Mention()+" "+whenBuilt)
	r.until("the bot types", func(discordtest.Stats) bool { return c.TypingCount() > 0 })
	release()
	contains(t, r.Reply(msg).Text(), builtWhen)
}

func TestTooSlowIsGivenUp(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	release := slowly(desk)
	defer release()
	r := start(t, discordtest.Options{}, desk, func(_ *Config, p *pace) { p.answer = 400 * time.Millisecond })
	c, ada := r.Channel("general"), r.Member("ada")
	contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), "That took too long.")
	contains(t, r.Reply(ada.DM(whenBuilt)).Text(), "That took too long.")
}

func TestRESTFaults(t *testing.T) {
	t.Parallel()
	const callback, messages = "/interactions/{id}/{token}/callback", "/channels/{channel}/messages"
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
		n     int
	}{
		{"rate limit", discordtest.Fault{Status: 429, RetryAfter: 50 * time.Millisecond}, 2},
		{"global rate limit", discordtest.Fault{Status: 429, Global: true, RetryAfter: 50 * time.Millisecond}, 1},
		{"rate limit as HTML", discordtest.Fault{Status: 429, HTML: "<html>no</html>", RetryAfter: 50 * time.Millisecond}, 1},
		{"internal error", discordtest.Fault{Status: 500}, 1},
		{"bad gateway", discordtest.Fault{Status: 502}, 1},
		{"bad gateway as HTML", discordtest.Fault{Status: 502, HTML: "<html>no</html>"}, 1},
		{"unavailable", discordtest.Fault{Status: 503}, 1},
		{"processed, but the answer was lost", discordtest.Fault{Status: 502, Processed: true}, 1},
		{"connection cut", discordtest.Fault{Cut: true}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			// A bot that was told of a failure that was none can't know that its second try is one too many.
			r := start(t, discordtest.Options{AllowViolations: test.fault.Processed}, newDesk())
			c, ada := r.Channel("general"), r.Member("ada")
			r.WaitCommands("ask")
			r.Fail("POST", callback, test.n, test.fault)
			contains(t, ada.Slash(c, "ask", question(whenBuilt)).Reply().Text(), builtWhen)
			r.Fail("POST", messages, test.n, test.fault)
			contains(t, r.Reply(ada.Says(c, r.BotUser().Mention()+" "+whenBuilt)).Text(), builtWhen)
			r.WaitFaults()
			if err := r.stop(); err != nil { // a try that is one too many would have been made by now
				t.Fatal(err)
			}
			r.saidOnce(c)
		})
	}
}

func TestFinalErrorsAreFinal(t *testing.T) {
	t.Parallel()
	for _, code := range []int{10062, 40060} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			r := start(t, discordtest.Options{AllowViolations: true}, newDesk())
			r.WaitCommands("ask")
			before := r.Stats().Injected
			r.Fail("POST", "/interactions/{id}/{token}/callback", 5, discordtest.Fault{Status: 400, Code: code})
			r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			r.until("one try", func(s discordtest.Stats) bool { return s.Injected > before })
			r.Heal()
			r.answers()
			if n := r.Stats().Injected - before; n != 1 {
				t.Errorf("the bot tried %d times, want once", n)
			}
			if strings.Contains(r.log.String(), "level=WARN") {
				t.Error("what can't be helped is logged as a fault")
			}
		})
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	release := slowly(desk)
	r := start(t, discordtest.Options{}, desk)
	r.bot.flight.mu.Lock()
	r.bot.flight.room = 1
	r.bot.flight.mu.Unlock()
	c, ada := r.Channel("general"), r.Member("ada")
	waiting := ada.Slash(c, "ask", question(whenBuilt))
	refused := ada.Slash(c, "ask", question(whenBuilt)).Reply()
	contains(t, refused.Text(), "Too many questions at once.")
	if !refused.Ephemeral() {
		t.Error("the refusal is shown to all")
	}
	contains(t, r.Reply(ada.DM(whenBuilt)).Text(), "Too many questions at once.")
	if choices := ada.Autocomplete(c, "ask", "question", "lamp").Reply().Choices; len(choices) != 0 {
		t.Errorf("autocomplete offers %v", choices)
	}
	release()
	contains(t, waiting.Reply().Text(), builtWhen)
}

// TestStopFinishesWhatRuns: a question that was asked before the bot is told to
// stop is answered; one asked after isn't.
func TestStopFinishesWhatRuns(t *testing.T) {
	t.Parallel()
	desk := newDesk()
	release := slowly(desk)
	r := start(t, discordtest.Options{}, desk)
	c, ada := r.Channel("general"), r.Member("ada")
	i := ada.Slash(c, "ask", question(whenBuilt))
	ctx, cancel := contextFor(t)
	defer cancel()
	if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	r.WaitDisconnected()
	release()
	contains(t, i.Reply().Text(), builtWhen)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestForgedButtons(t *testing.T) {
	t.Parallel()
	r := start(t, discordtest.Options{}, newDesk())
	c, ada := r.Channel("general"), r.Member("ada")
	msg := ada.Slash(c, "ask", question(whenBuilt)).Reply().Message
	corpus := r.desk.Corpus(t.Context())
	forged := []string{"x", "v1.", "v1.AAAA", "v2.abcdefghijk", strings.Repeat("v", 100)}
	for _, st := range []state{
		{Action: actShare, Revision: corpus.Revision, Passages: []stretch{{0, 0, 0}}},
		{Action: actShare, Revision: corpus.Revision, Owner: "12345", Passages: []stretch{{0, 0, 0}}},
		{Action: actContext, Revision: corpus.Revision, Passages: []stretch{{7, 0, 0}}},
		{Action: actContext, Revision: corpus.Revision, Passages: []stretch{{0, 900, 901}}},
		{Action: actContext, Revision: corpus.Revision, Passages: []stretch{{0, 0, 6}}},
		{Action: actPage, Revision: corpus.Revision, Page: 99, Passages: []stretch{{0, 0, 0}}},
		{Action: actMore, Revision: corpus.Revision},
		{Action: 99, Revision: corpus.Revision, Passages: []stretch{{0, 0, 0}}},
	} {
		id, err := st.encode()
		if err != nil {
			t.Fatal(err)
		}
		forged = append(forged, id)
	}
	for _, id := range forged {
		got := ada.Forges(msg, id).Reply()
		if !got.Ephemeral() || !strings.Contains(got.Text(), "utton") {
			t.Errorf("%q: %q", id, got.Text())
		}
	}
}
