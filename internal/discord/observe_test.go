package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/discordtest"
)

// counter is an Observer that keeps what it is told.
type counter struct {
	mu   sync.Mutex
	told map[string]int
}

func (c *counter) add(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == nil {
		c.told = make(map[string]int)
	}
	c.told[fmt.Sprintf(format, args...)]++
}

func (c *counter) count(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told[what]
}

func (c *counter) Request(kind, outcome string, _ time.Duration) { c.add("%s: %s", kind, outcome) }
func (c *counter) Question(outcome string, _ time.Duration)      { c.add("question: %s", outcome) }
func (c *counter) Answered(status int)                           { c.add("status %d", status) }
func (c *counter) Held(time.Duration)                            { c.add("held") }
func (c *counter) Connected(shard int, ready bool)               { c.add("shard %d connected: %t", shard, ready) }

func TestObserverIsToldWhatHappens(t *testing.T) {
	t.Parallel()
	desk, told := newDesk(), &counter{}
	r := start(t, discordtest.Options{}, desk, func(c *Config, _ *pace) { c.Observer = told })
	c, ada := r.Channel("general"), r.Member("ada")
	ada.Slash(c, "ask", question(whenBuilt)).Reply()
	r.Reply(ada.DM("What is the tariff of the lighthouse?"))
	ada.Slash(c, "ask", question("hello")).Reply()
	r.Reply(ada.DM(strings.Repeat("why ", answer.MaxQuestion/3)))
	ada.Slash(c, "help").Reply()
	r.Fail("POST", "/interactions/{id}/{token}/callback", 1, discordtest.Fault{Status: 429, RetryAfter: 50 * time.Millisecond})
	ada.Slash(c, "help").Reply()
	desk.set(func() {
		desk.onAsk = func(context.Context, answer.Question) (answer.Answer, error) { panic("kaboom") }
	})
	ada.Slash(c, "ask", question(whenBuilt)).Reply()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int{
		"/ask: answered": 1, "message: not said": 1, "/ask: not question": 1, "message: refused": 1, "/ask: failed": 1, "/help: done": 2,
		"question: answered": 1, "question: not said": 1, "question: not question": 1, "question: refused": 1, "question: failed": 1,
		"status 429": 1, "held": 1, "shard 0 connected: true": 1, "shard 0 connected: false": 3,
	} {
		if got := told.count(what); got != want {
			t.Errorf("told %d times of %q, want %d; all: %v", got, what, want, told.told)
		}
	}
	if told.count("status 204") < 4 {
		t.Errorf("Discord's answers are not counted: %v", told.told)
	}
}

// TestLogOfQuestions: one line each, which no question can forge another of, and
// nothing of what is asked unless that is wanted.
func TestLogOfQuestions(t *testing.T) {
	t.Parallel()
	const forged = "When was the lighthouse\ntime=2026-01-01 level=ERROR msg=forged \u2028\u202e\x1b[31m built?"
	for _, wanted := range []bool{false, true} {
		for _, asJSON := range []bool{false, true} {
			t.Run(fmt.Sprintf("wanted=%t json=%t", wanted, asJSON), func(t *testing.T) {
				var book logBook
				r := start(t, discordtest.Options{}, newDesk(), func(c *Config, _ *pace) {
					c.LogQuestions = wanted
					c.Logger = slog.New(slog.NewTextHandler(&book, nil))
					if asJSON {
						c.Logger = slog.New(slog.NewJSONHandler(&book, nil))
					}
				})
				ada := r.Member("ada")
				ada.Slash(r.Channel("general"), "ask", question(forged)).Reply()
				r.Reply(ada.DM(forged))
				if err := r.stop(); err != nil {
					t.Fatal(err)
				}
				questions := 0
				for line := range strings.Lines(book.String()) {
					if strings.HasPrefix(line, "time=2026-01-01 ") || strings.ContainsAny(line, "\u2028\u202e\x1b\r") && !asJSON {
						t.Errorf("a question forged a line, or hides one: %q", line)
					}
					if asJSON && !json.Valid([]byte(line)) {
						t.Errorf("a line is no JSON: %q", line)
					}
					if strings.Contains(line, "answered") {
						questions++
						for _, part := range []string{"reference", "took"} {
							contains(t, line, part)
						}
					}
				}
				if questions != 2 {
					t.Errorf("%d lines tell of 2 questions:\n%s", questions, book.String())
				}
				if got := strings.Contains(book.String(), "forged"); got != wanted {
					t.Errorf("what was asked is in the log: %t, wanted: %t\n%s", got, wanted, book.String())
				}
				if strings.Contains(book.String(), r.Token()) {
					t.Error("the token is in the log")
				}
			})
		}
	}
}

// TestLogCantBeForged: whatever else members, files and the gateway name is no new
// line either, at the most talkative level.
func TestLogCantBeForged(t *testing.T) {
	t.Parallel()
	const forged = "\ntime=2026-01-01 level=ERROR msg=forged\r\u2028\u202e\x1b[31m"
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler {
			return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		"JSON": func(w io.Writer) slog.Handler {
			return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var book logBook
			s, _, _ := newShelved(t, func(c *Config, _ *pace) { c.Logger = slog.New(handler(&book)) })
			mia := s.Member("mia"+forged, discordtest.WithPermissions(discordtest.ManageGuild))
			s.corpus(mia, "reload")
			s.corpus(mia, "add", upload("a"+forged+".md", "\xff"))
			s.corpus(mia, "rollback", discordtest.Opt("revision", forged))
			s.Fail("POST", callbackRoute, 1, discordtest.Fault{Status: 403, HTML: "<p>" + forged})
			mia.Slash(s.general, "help")
			s.WaitFaults()
			s.Gateway().Dispatch("MESSAGE_CREATE"+forged, map[string]any{"id": 5})
			s.Gateway().Dispatch("MESSAGE_CREATE", map[string]any{"id": "5", "channel_id": map[string]any{forged: 1}})
			s.Fail("GET", "/gateway", 1, discordtest.Fault{Status: 500, Body: forged})
			s.Gateway().Close(4000, forged)
			s.Gateway().WaitResumed(1)
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(book.String(), "forged") {
				t.Error("nothing of it is logged: the test shows nothing")
			}
			for line := range strings.Lines(book.String()) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "time=2026-01-01 ") || !strings.HasPrefix(line, "time=") && !strings.HasPrefix(line, "{") {
					t.Errorf("a line is forged: %q", line)
				}
				if strings.ContainsAny(line, "\x1b\r") || name == "text" && strings.ContainsAny(line, "\u2028\u202e") || name == "JSON" && !json.Valid([]byte(line)) {
					t.Errorf("a line hides something: %q", line)
				}
			}
		})
	}
}

// TestErrorsOfRequestsAreDiscreet: an interaction's token is as good as the
// right to answer in the bot's name, and stands in addresses.
func TestErrorsOfRequestsAreDiscreet(t *testing.T) {
	const secret = "aW50ZXJhY3Rpb24tdG9rZW4"
	target, err := newEndpoint("")
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClient("hush-hush", target, slog.New(slog.DiscardHandler), func() {})
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]roundTrip{
		"no connection": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
		"a long page": func(r *http.Request) (*http.Response, error) {
			return &http.Response{Status: "403 Forbidden", StatusCode: 403, Header: http.Header{}, Request: r,
				Body: io.NopCloser(bytes.NewReader(bytes.Repeat([]byte("<p>no</p>\n"), 1000)))}, nil
		},
		"an answer that repeats the request": func(r *http.Request) (*http.Response, error) {
			body := "<p>no " + r.URL.String() + " for " + r.Header.Get("Authorization") + "</p>"
			return &http.Response{Status: "403 Forbidden", StatusCode: 403, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(body))}, nil
		},
		"a rate limit": func(r *http.Request) (*http.Response, error) {
			return &http.Response{Status: "429 Too Many Requests", StatusCode: 429, Header: http.Header{}, Request: r,
				Body: io.NopCloser(strings.NewReader(`{"retry_after":0.001}`))}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			target.http = answer
			for _, path := range []string{"interactions/123/" + secret + "/callback", "webhooks/123/" + secret + "/messages/@original"} {
				err := c.answer(t.Context(), http.MethodPost, path, nil, 0)
				if err == nil {
					t.Fatal("no error")
				}
				if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "hush") || len(err.Error()) > 2*maxShown {
					t.Errorf("the error tells too much: %v", err)
				}
			}
		})
	}
}
