package health

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// monitor is one that has no article until told.
func monitor(profile bool) (*Monitor, *Corpus) {
	corpus := &Corpus{}
	return New(Options{Corpus: func() Corpus { return *corpus }, Version: "v1", Profile: profile, Logger: slog.New(slog.DiscardHandler)}), corpus
}

func get(m *Monitor, path string) (int, string) {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReady(t *testing.T) {
	m, corpus := monitor(false)
	for _, step := range []struct {
		name, says string
		do         func()
		status     int
	}{
		{"at the start", "not connected to Discord's gateway; no article is loaded", func() {}, 503},
		{"loaded", "not connected", func() { corpus.Articles = 1 }, 503},
		{"connected", "ready", func() { m.Connected(0, true) }, 200},
		{"without articles", "no article", func() { corpus.Articles = 0 }, 503},
		{"disconnected", "not connected", func() { corpus.Articles = 1; m.Connected(0, false) }, 503},
		{"one of two", "gateway: shard 1", func() { m.Connected(1, false); m.Connected(0, true) }, 503},
		{"both", "ready", func() { m.Connected(1, true) }, 200},
	} {
		step.do()
		if status, body := get(m, "/readyz"); status != step.status || !strings.Contains(body, step.says) {
			t.Errorf("%s: %d %q, want %d %q", step.name, status, body, step.status, step.says)
		}
		if status, _ := get(m, "/healthz"); status != 200 {
			t.Errorf("%s: the process is not alive: %d", step.name, status)
		}
	}
}

func TestMetrics(t *testing.T) {
	m, corpus := monitor(false)
	*corpus = Corpus{Revision: "0123456789ab", Articles: 2, Sentences: 26, LoadedAt: time.Unix(1_700_000_000, 0)}
	m.Question("answered", 2*time.Millisecond)
	m.Question("answered", 3*time.Second)
	m.Question("not said", time.Millisecond)
	m.Request("/ask", "answered", 2*time.Millisecond)
	m.Answered(204)
	m.Answered(0)
	m.Held(1500 * time.Millisecond)
	m.Held(-time.Second)
	m.Connected(0, true)
	m.Connected(0, false)
	m.Connected(0, true)
	m.Reload(time.Second, nil)
	m.Reload(time.Second, errors.New("broken"))
	status, body := get(m, "/metrics")
	if status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	for _, line := range []string{
		`verbatim_questions_total{outcome="answered"} 2`,
		`verbatim_questions_total{outcome="not said"} 1`,
		`verbatim_question_seconds_bucket{le="0.0025"} 2`,
		`verbatim_question_seconds_count 3`,
		`verbatim_requests_total{outcome="answered",request="/ask"} 1`,
		`verbatim_reloads_total{outcome="done"} 1`,
		`verbatim_reloads_total{outcome="failed"} 1`,
		`verbatim_corpus_info{revision="0123456789ab"} 1`,
		`verbatim_corpus_articles 2`,
		`verbatim_corpus_sentences 26`,
		`verbatim_corpus_loaded_timestamp_seconds 1.7e+09`,
		`verbatim_gateway_connected{shard="0"} 1`,
		`verbatim_gateway_connections_total 2`,
		`verbatim_rest_answers_total{status="204"} 1`,
		`verbatim_rest_answers_total{status="none"} 1`,
		`verbatim_ratelimit_waits_total 2`,
		`verbatim_ratelimit_wait_seconds_total 1.5`,
		`verbatim_build_info{version="v1"} 1`,
	} {
		if !strings.Contains(body, "\n"+line+"\n") {
			t.Errorf("%s is missing in:\n%s", line, body)
		}
	}
	if !strings.Contains(body, "\ngo_goroutines ") {
		t.Error("the runtime is not shown")
	}
	if problems, err := testutil.GatherAndLint(m.register()); err != nil || len(problems) > 0 {
		t.Errorf("the names and types are not what Prometheus advises: %v, %v", problems, err)
	}
	*corpus = Corpus{Revision: "ba9876543210"}
	if _, body := get(m, "/metrics"); strings.Contains(body, "0123456789ab") {
		t.Error("a revision that is gone is still shown")
	}
}

func TestProfileOnlyWhenAsked(t *testing.T) {
	for _, asked := range []bool{false, true} {
		m, _ := monitor(asked)
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline"} {
			if status, _ := get(m, path); (status == 200) != asked {
				t.Errorf("asked for: %t, %s: %d", asked, path, status)
			}
		}
	}
	m, _ := monitor(false)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/healthz", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered with %d", w.Code)
	}
}

func TestAddress(t *testing.T) {
	for address, want := range map[string]string{
		"8080": "127.0.0.1 8080", ":8080": "127.0.0.1 8080", "0.0.0.0:80": "0.0.0.0 80", "[::1]:9": "::1 9", "localhost:1": "localhost 1", "0": "127.0.0.1 0",
	} {
		if host, port, err := Address(address); err != nil || host+" "+port != want {
			t.Errorf("%q is %s %s, %v; want %s", address, host, port, err, want)
		}
	}
	for _, address := range []string{"", ":", "http", "http://x:1", "65536", "-1", "a:b:c", "::1"} {
		if host, port, err := Address(address); err == nil {
			t.Errorf("%q is taken as %s %s", address, host, port)
		}
	}
}

// TestServe: it answers until it is told to end, lets go of everything then, and
// a second one at the same address is an error.
func TestServe(t *testing.T) {
	m, _ := monitor(true)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l, err := Listen(ctx, "0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(ctx, l.Addr().String()); err == nil {
		t.Error("one address is listened at twice")
	}
	done := make(chan error, 1)
	go func() { done <- m.Serve(ctx, l) }()
	client := &http.Client{}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil || string(body) != "ok\n" {
		t.Errorf("%q, %v", body, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := client.Get("http://" + l.Addr().String() + "/healthz"); err == nil {
		t.Error("it answers after its end")
	}
}
