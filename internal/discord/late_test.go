package discord

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"verbatim/internal/discordtest"
)

// TestAnswersAreTriedToTheEnd: while Discord would still take an interaction's
// first answer, it is sent again after whatever passes, with time between.
func TestAnswersAreTriedToTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
	}{
		"500": {500, ""}, "502": {502, ""}, "no answer": {0, ""}, "429 of 50 ms": {429, `{"retry_after":0.05}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target, err := newEndpoint("")
				if err != nil {
					t.Fatal(err)
				}
				waited := time.Duration(0)
				c, err := newClient("t", target, slog.New(slog.DiscardHandler), func() {})
				if err != nil {
					t.Fatal(err)
				}
				c.held = func(d time.Duration) { waited += d }
				begin := time.Now()
				var tries []time.Duration
				target.http = roundTrip(func(r *http.Request) (*http.Response, error) {
					tries = append(tries, time.Since(begin))
					if test.status == 0 {
						return nil, errors.New("connection reset")
					}
					return &http.Response{Status: fmt.Sprint(test.status), StatusCode: test.status, Header: http.Header{}, Request: r,
						Body: io.NopCloser(bytes.NewReader([]byte(test.body)))}, nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), defaultPace().first)
				defer cancel()
				if err := c.answer(ctx, http.MethodPost, "interactions/1/x/callback", nil, endless); err == nil {
					t.Fatal("no error")
				}
				last := tries[len(tries)-1]
				if last < 2500*time.Millisecond || len(tries) > 60 {
					t.Errorf("%d tries, the last after %v of %v", len(tries), last, defaultPace().first)
				}
				if test.status == 429 != (waited > 0) || waited > time.Since(begin) {
					t.Errorf("%v of %v are told as waits for a rate limit", waited, time.Since(begin))
				}
			})
		})
	}
}

// TestWaitsThatDontHappenArentTold: a limit longer than a request is worth isn't
// waited for.
func TestWaitsThatDontHappenArentTold(t *testing.T) {
	t.Parallel()
	told := &counter{}
	r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) { c.Observer = told })
	r.WaitCommands("ask")
	c, ada := r.Channel("general"), r.Member("ada")
	limit := discordtest.Fault{Status: 429, RetryAfter: time.Hour}
	r.Fail("POST", callbackRoute, 1, limit)
	ada.Slash(c, "ask", question(whenBuilt))
	r.Fail("POST", messagesRoute, 1, limit)
	r.mention(ada, c, whenBuilt)
	r.WaitFaults()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if n := told.count("held"); n > 0 {
		t.Errorf("told of %d waits, and there was none", n)
	}
}

// TestLateEdits: an announced reply is put in its place however long Discord
// fails, while its token lives, and other members are answered meanwhile.
func TestLateEdits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		n     int
		fault discordtest.Fault
	}{
		{"failing again and again", 12, discordtest.Fault{Status: 500}},
		{"a limit longer than what is worth waiting for at once", 1, discordtest.Fault{Status: 429, RetryAfter: time.Second}},
		{"without an answer", 2, discordtest.Fault{Cut: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			desk := newDesk()
			release := slowly(desk)
			r := start(t, discordtest.Options{AllowViolations: true}, desk, func(_ *Config, p *pace) {
				p.drain, p.late.first, p.late.limit = 200*time.Millisecond, 20*time.Millisecond, 40*time.Millisecond
			})
			r.Fail("PATCH", originalRoute, test.n, test.fault)
			i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			deferred(t, i)
			release()
			contains(t, i.Reply().Text(), builtWhen)
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			if got := i.Now(); i.Thinking() || len(got.FollowUps) > 0 {
				t.Errorf("still thinking: %v; further answers: %d", i.Thinking(), len(got.FollowUps))
			}
		})
	}
}

// TestLateEditsEnd: with the token's life, with the bot, and where there is no
// room for more of them; that is logged.
func TestLateEditsEnd(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*pace){
		"with the token": func(p *pace) { p.late.token = time.Second },
		"with the bot":   func(p *pace) { p.late.first = time.Hour },
		"without room":   func(p *pace) { p.late.most = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk := newDesk()
			release := slowly(desk)
			r := start(t, discordtest.Options{AllowViolations: true}, desk, func(_ *Config, p *pace) {
				p.drain, p.late.first, p.late.limit = 200*time.Millisecond, 20*time.Millisecond, 40*time.Millisecond
				change(p)
			})
			r.Fail("PATCH", originalRoute, -1, discordtest.Fault{Status: 500})
			i := r.Member("ada").Slash(r.Channel("general"), "ask", question(whenBuilt))
			deferred(t, i)
			release()
			if name == "with the bot" {
				r.logs("a reply is late")
				r.stopsWithin(5 * time.Second)
			}
			r.logs("a reply was not sent")
		})
	}
}

// deferred waits until a reply was announced.
func deferred(t *testing.T, i *discordtest.Interaction) {
	t.Helper()
	ctx, cancel := contextFor(t)
	defer cancel()
	if _, err := i.WaitUntil(ctx, func(r discordtest.Reply) bool { return r.Type == discordtest.ResponseDeferred }); err != nil {
		t.Fatal(err)
	}
}
