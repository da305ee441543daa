package discord

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// limitedClient is a client of a server that answers everything with the headers
// that the test gives to a path.
func limitedClient(t *testing.T, headers func(path string) map[string]string) (c *client, sent func(part string) int) {
	t.Helper()
	target, err := newEndpoint("")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	requests := map[string]int{}
	target.http = roundTrip(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		requests[r.URL.Path]++
		h := http.Header{}
		for k, v := range headers(r.URL.Path) {
			h.Set(k, v)
		}
		return &http.Response{Status: "200 OK", StatusCode: 200, Header: h, Request: r, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	})
	if c, err = newClient("hush-hush", target, slog.New(slog.DiscardHandler), func() {}); err != nil {
		t.Fatal(err)
	}
	return c, func(part string) (n int) {
		mu.Lock()
		defer mu.Unlock()
		for path, k := range requests {
			if strings.Contains(path, part) {
				n += k
			}
		}
		return n
	}
}

// TestLimitsAreBounded: ten thousand interactions and as many messages, each in a
// channel of its own, leave nothing behind but limits that are being waited for.
func TestLimitsAreBounded(t *testing.T) {
	const busy, all = 7, 10_000
	c, sent := limitedClient(t, func(path string) map[string]string {
		if strings.HasPrefix(path, "/api/v9/channels/busy") {
			return map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "3600"}
		}
		return map[string]string{"X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "3600"}
	})
	post := func(path string) error { return c.do(t.Context(), http.MethodPost, path, nil, nil) }
	for i := range busy {
		if err := post(fmt.Sprintf("channels/busy%d/messages", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range all {
		if err := c.answer(t.Context(), http.MethodPost, fmt.Sprintf("interactions/%d/token%d/callback", i, i), nil, 0); err != nil {
			t.Fatal(err)
		}
		if err := post(fmt.Sprintf("channels/%d/messages", i)); err != nil {
			t.Fatal(err)
		}
		if n := len(c.limits.byRoute); n > maxRoutes {
			t.Fatalf("%d limits are kept after %d interactions", n, i)
		}
	}
	short, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range busy {
		if err := c.do(short, http.MethodPost, fmt.Sprintf("channels/busy%d/messages", i), nil, nil); err == nil {
			t.Errorf("the wait for channel %d is forgotten", i)
		}
	}
	if n := sent("busy"); n != busy {
		t.Errorf("%d requests were sent where one each is allowed", n)
	}
	if n := sent(""); n != busy+2*all {
		t.Errorf("%d requests were sent", n)
	}
}

// TestWaitsAreNeverForgotten: not even where there are more of them than are kept
// otherwise; they are looked through ever more rarely then.
func TestWaitsAreNeverForgotten(t *testing.T) {
	const all = 3 * maxRoutes
	c, sent := limitedClient(t, func(string) map[string]string {
		return map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "3600"}
	})
	told := 0
	c.held = func(time.Duration) { told++ }
	short, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range 2 {
		for i := range all {
			_ = c.do(short, http.MethodPost, fmt.Sprintf("channels/%d/messages", i), nil, nil) // the second has no time
		}
	}
	if n := sent(""); n != all || c.limits.sweepAt != 4*maxRoutes {
		t.Errorf("%d requests were sent where %d are allowed; the next look is at %d", n, all, c.limits.sweepAt)
	}
	if told > 0 {
		t.Errorf("%d waits are told, and there was none", told)
	}
}

// TestLimitOfEverything: it holds back every route, and not interactions, to which
// Discord doesn't apply it.
func TestLimitOfEverything(t *testing.T) {
	c, sent := limitedClient(t, func(path string) map[string]string {
		if strings.Contains(path, "first") {
			return map[string]string{"X-RateLimit-Global": "true", "X-RateLimit-Reset-After": "3600"}
		}
		return nil
	})
	short, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.do(short, http.MethodPost, "channels/first/messages", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.do(short, http.MethodPost, "channels/second/messages", nil, nil); err == nil || sent("second") != 0 {
		t.Errorf("another route goes on: %v", err)
	}
	if err := c.answer(short, http.MethodPost, "interactions/1/token/callback", nil, 0); err != nil {
		t.Errorf("an interaction waits: %v", err)
	}
}

// TestLimitsAreShared: requests of one route go one after another, from however
// many goroutines, and those of others beside them.
func TestLimitsAreShared(t *testing.T) {
	c, sent := limitedClient(t, func(string) map[string]string { return map[string]string{"X-RateLimit-Remaining": "5"} })
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if err := c.do(t.Context(), http.MethodPost, fmt.Sprintf("channels/%d/messages", i%4), nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	if wg.Wait(); sent("") != 40 || len(c.limits.byRoute) != 4 {
		t.Errorf("%d requests, %d limits", sent(""), len(c.limits.byRoute))
	}
	for route, l := range c.limits.byRoute {
		if l.users != 0 {
			t.Errorf("%s has %d users", route, l.users)
		}
	}
}
