package discord

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRequestsElsewhereAreRefused: the token goes to the one server that speaks
// the API, whatever that answers.
func TestRequestsElsewhereAreRefused(t *testing.T) {
	var reached atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer elsewhere.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/api/v9/users/@me", http.StatusTemporaryRedirect)
	}))
	defer api.Close()
	target, err := newEndpoint(api.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer target.closeIdle()
	for _, address := range []string{elsewhere.URL + "/api/v9/users/@me", "https://evil.example/api/v9/users/@me", "http://discord.com/api/v9/users/@me",
		"https://discord.com.evil.example/api/v9/users/@me", "https://discord.com/login", "https://discord.com/api/v9"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := target.RoundTrip(r); err == nil {
			resp.Body.Close()
			t.Errorf("a request to %s was sent", address)
		}
	}
	c, err := newClient("hush-hush", target, slog.New(slog.DiscardHandler), func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.limited(t.Context(), http.MethodGet, "users/@me", nil, false); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("the redirection is followed: %v", err)
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}
