package discordtest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

func TestFaults(t *testing.T) {
	const messages = "/channels/{channel}/messages"
	for _, tt := range []struct {
		name  string
		fault discordtest.Fault
		check func(t *testing.T, a answer)
	}{
		{"500", discordtest.Fault{}, func(t *testing.T, a answer) {
			if a.status != 500 || !strings.Contains(a.body, "Internal Server Error") {
				t.Errorf("%d %s", a.status, a.body)
			}
		}},
		{"429 of the route", discordtest.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond}, func(t *testing.T, a answer) {
			if a.status != 429 || !strings.Contains(a.body, `"retry_after":1.5`) || !strings.Contains(a.body, `"global":false`) {
				t.Errorf("%d %s", a.status, a.body)
			}
			if a.header.Get("Retry-After") != "2" || a.header.Get("X-RateLimit-Remaining") != "0" ||
				a.header.Get("X-RateLimit-Reset-After") != "1.500" || a.header.Get("X-RateLimit-Scope") != "user" {
				t.Errorf("header: %v", a.header)
			}
		}},
		{"429 for everything", discordtest.Fault{Status: 429, RetryAfter: time.Second, Global: true}, func(t *testing.T, a answer) {
			if !strings.Contains(a.body, `"global":true`) || a.header.Get("X-RateLimit-Global") != "true" {
				t.Errorf("%v %s", a.header, a.body)
			}
		}},
		{"429 as HTML", discordtest.Fault{Status: 429, HTML: "<html>error 1015</html>"}, func(t *testing.T, a answer) {
			if a.status != 429 || a.body != "<html>error 1015</html>" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%d %v %s", a.status, a.header, a.body)
			}
		}},
		{"403", discordtest.Fault{Status: 403, Code: discordtest.CodeMissingPermissions, Message: "Missing Permissions"}, func(t *testing.T, a answer) {
			if a.status != 403 || a.code != discordtest.CodeMissingPermissions {
				t.Errorf("%d %s", a.status, a.body)
			}
		}},
		{"slow body", discordtest.Fault{Status: 502, Body: `{"half":1}`, SlowBody: time.Millisecond}, func(t *testing.T, a answer) {
			if a.status != 502 || a.body != `{"half":1}` {
				t.Errorf("%d %s", a.status, a.body)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{})
			path := "/channels/" + s.Channel("general").ID + "/messages"
			s.Fail("POST", messages, 2, tt.fault)
			send(t, s, "GET", path, "") // isn't meant
			for range 2 {
				tt.check(t, send(t, s, "POST", path, message(`"content":"x"`)))
			}
			s.WaitFaults()
			if n := len(s.Channel("general").Messages()); n != 0 {
				t.Errorf("%d messages came through", n)
			}
			if a := send(t, s, "POST", path, message(`"content":"x"`)); a.status != 200 {
				t.Errorf("after the faults: %d", a.status)
			}
			if st := s.Stats(); st.Injected != 2 || st.Invalid != 0 || st.Requests != 4 {
				t.Errorf("stats: %s", st)
			}
		})
	}
}

func TestProcessedFaultHappensAllTheSame(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	ask := s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", "who?"))
	path := "/interactions/" + ask.ID + "/" + ask.Token + "/callback"
	s.Fail("POST", "/interactions/{id}/{token}/callback", 1, discordtest.Fault{Status: 502, Processed: true})
	if a := send(t, s, "POST", path, response("4", message(`"content":"x"`))); a.status != 502 {
		t.Errorf("status %d", a.status)
	}
	if got := ask.Reply().Text(); got != "x" {
		t.Errorf("the member sees %q", got)
	}
	// Trying again is no violation: the bot could not know.
	if a := send(t, s, "POST", path, response("4", message(`"content":"x"`))); a.code != discordtest.CodeAlreadyAcknowledged {
		t.Errorf("again: %d %s", a.status, a.body)
	}
}

func TestEnforcedNonceSendsOnce(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	path := "/channels/" + s.Channel("general").ID + "/messages"
	for i, body := range []string{`"content":"x","nonce":"n"`, `"content":"x","nonce":"n","enforce_nonce":true`, `"content":"x","nonce":"o","enforce_nonce":true`, `"content":"x","nonce":"o"`} {
		if a := send(t, s, "POST", path, message(body)); a.status != 200 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
		if n, want := len(s.Channel("general").Messages()), []int{1, 1, 2, 3}[i]; n != want {
			t.Errorf("%d messages after %s, want %d", n, body, want)
		}
	}
}

func TestDelayAndCut(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	path := "/channels/" + s.Channel("general").ID + "/typing"
	s.Fail("*", "*", 1, discordtest.Fault{Delay: time.Millisecond})
	if a := send(t, s, "POST", path, ""); a.status != http.StatusNoContent {
		t.Errorf("after a delay: %d", a.status)
	}
	s.Fail("*", "*", 1, discordtest.Fault{Cut: true})
	if resp, err := http.Post(s.URL()+"/api/v10"+path, "", nil); err == nil {
		resp.Body.Close()
		t.Errorf("a cut request was answered with %d", resp.StatusCode)
	}
	s.Fail("*", "*", -1, discordtest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", s.URL()+"/api/v10"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		resp.Body.Close()
		t.Errorf("an endless request ended with %v", err)
	}
	s.Heal()
	if a := send(t, s, "POST", path, ""); a.status != http.StatusNoContent {
		t.Errorf("healed: %d", a.status)
	}
}

func TestLimits(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	path := "/channels/" + s.Channel("general").ID + "/typing"
	if a := send(t, s, "POST", path, ""); a.header.Get("X-RateLimit-Limit") != "1000000" {
		t.Errorf("without a limit: %v", a.header)
	}
	s.Limit("POST /channels/{channel}/typing", 2, time.Hour)
	for _, want := range []string{"1", "0"} {
		if a := send(t, s, "POST", path, ""); a.status != 204 || a.header.Get("X-RateLimit-Remaining") != want {
			t.Errorf("within the limit: %d %v", a.status, a.header)
		}
	}
	a := send(t, s, "POST", path, "")
	if a.status != 429 || a.header.Get("X-RateLimit-Scope") != "user" || !strings.Contains(a.body, `"global":false`) {
		t.Errorf("beyond the limit: %d %v %s", a.status, a.header, a.body)
	}
	s.LimitAll(1)
	if a := send(t, s, "GET", "/users/@me", ""); a.status != 200 {
		t.Errorf("within the global limit: %d", a.status)
	}
	ask := s.Member("alice").Slash(s.Channel("general"), "ask", discordtest.Opt("question", "who?"))
	if a := send(t, s, "POST", "/interactions/"+ask.ID+"/"+ask.Token+"/callback", response("5", "{}")); a.status != 204 {
		t.Errorf("an interaction counts to the global limit: %d", a.status)
	}
	if st := s.Stats(); st.Status[429] != 1 || st.Invalid != 0 {
		t.Errorf("stats: %s", st)
	}
}

func TestWrongToken(t *testing.T) {
	for _, tt := range []struct {
		dialect      discordtest.Dialect
		status, code int
	}{
		{discordtest.Dialect{}, 401, 0},
		{discordtest.OtherServer(), 400, discordtest.CodeInvalidToken},
	} {
		s := discordtest.New(t, discordtest.Options{Dialect: tt.dialect})
		for _, token := range []string{"", "Bot x", s.Token()} {
			req, err := http.NewRequest("GET", s.URL()+"/api/v10/users/@me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("token %q: %d, want %d", token, resp.StatusCode, tt.status)
			}
		}
	}
}

func TestOtherServer(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Dialect: discordtest.OtherServer()})
	a := send(t, s, "PUT", "/applications/"+s.AppID()+"/commands", "["+command("ask", "[]")+"]")
	if a.status != 200 || !strings.Contains(a.body, `"id":""`) {
		t.Errorf("bulk overwrite: %d %s", a.status, a.body)
	}
	if list := send(t, s, "GET", "/applications/"+s.AppID()+"/commands", ""); strings.Contains(list.body, `"id":""`) {
		t.Errorf("the list has no ids either: %s", list.body)
	}
	mod := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	r, _ := ready(t, s) // GUILD_CREATE comes a moment later
	r.until("GUILD_CREATE")
	ask := mod.Slash(s.Channel("general"), "ask")
	p := r.until("INTERACTION_CREATE")
	if got := string(p[len(p)-1].Data); !strings.Contains(got, `"permissions":"0"`) {
		t.Errorf("INTERACTION_CREATE: %s", got)
	}
	path := "/interactions/" + ask.ID + "/" + ask.Token + "/callback"
	if a := send(t, s, "POST", path, response("5", "{}")); a.status != http.StatusNotImplemented {
		t.Errorf("deferral: %d", a.status)
	}
	if a := send(t, s, "POST", path, response("4", message(`"content":"x"`))); a.status != 204 {
		t.Errorf("answer: %d", a.status)
	}
	if a := send(t, s, "PATCH", "/webhooks/"+s.AppID()+"/"+ask.Token+"/messages/@original", message(`"content":"y"`)); a.status != 404 {
		t.Errorf("edit: %d", a.status)
	}
	strict := discordtest.New(t, discordtest.Options{AllowViolations: true, Dialect: discordtest.Dialect{StrictBodies: true}})
	messages := "/channels/" + strict.Channel("general").ID + "/messages"
	if a := send(t, strict, "POST", messages, message(`"content":"x","embeds":null`)); a.status != 400 {
		t.Errorf("null to a strict server: %d", a.status)
	}
	if a := send(t, strict, "POST", messages, message(`"content":"x","sparkle":true`)); a.status != 400 {
		t.Errorf("an unknown field to a strict server: %d", a.status)
	}
	if a := send(t, strict, "POST", messages, message(`"content":"not null"`)); a.status != 200 {
		t.Errorf("no null to a strict server: %d %s", a.status, a.body)
	}
}
