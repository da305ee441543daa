package main

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// TestHealth drives the program and looks at it as an operator's machines do.
func TestHealth(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	dir := shelf(t)
	b := start(t, s, "CORPUS_DIR", dir, "HTTP_ADDR", "0", "LOG_LEVEL", "info")
	client := &http.Client{}
	defer client.CloseIdleConnections()
	address := regexp.MustCompile(`address=(127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(b.stderr.String())
	if address == nil {
		t.Fatalf("the log doesn't name an address of this machine:\n%s", b.stderr.String())
	}
	get := func(path string) (int, string) {
		t.Helper()
		resp, err := client.Get("http://" + address[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	mod, general := s.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild)), s.Channel("general")
	for _, q := range []string{"Who built the bridge at Ashby?", "Who sank the ferry at Dover?"} {
		mod.Slash(general, "ask", discordtest.Opt("question", q)).Reply()
	}
	mod.Slash(general, "corpus reload").Reply()
	put(t, dir, "bridge.md", "\xff\xfe")
	mod.Slash(general, "corpus reload").Reply()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/debug/pprof/": 404, "/": 404} {
		if status, body := get(path); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, body, want)
		}
	}
	_, metrics := get("/metrics")
	for _, line := range []string{
		`verbatim_questions_total{outcome="answered"} 1`, `verbatim_questions_total{outcome="absent"} 1`,
		`verbatim_requests_total{outcome="done",request="/corpus reload"} 2`,
		`verbatim_reloads_total{outcome="done"} 1`, `verbatim_reloads_total{outcome="failed"} 1`,
		`verbatim_corpus_articles 1`, `verbatim_gateway_connected{shard="0"} 1`,
	} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("%s is missing in:\n%s", line, metrics)
		}
	}
	if strings.Contains(metrics, "Ashby") || strings.Contains(metrics, s.Token()) {
		t.Error("what was asked, or the token, is among the metrics")
	}
	b.stop()
	if _, err := client.Get("http://" + address[1] + "/healthz"); err == nil {
		t.Error("health checks are answered after the end")
	}
}

// TestHealthAddressTaken: what can't be watched as was asked isn't started.
func TestHealthAddressTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := runWith(t, map[string]string{"DISCORD_TOKEN": "x", "CORPUS_DIR": shelf(t), "HTTP_ADDR": l.Addr().String(), "DISCORD_API_URL": "http://127.0.0.1:1"}, "")
	if got.status != exitTrouble || !strings.Contains(got.stderr, l.Addr().String()) {
		t.Errorf("status %d: %s", got.status, got.stderr)
	}
}

// TestQuestionsStayOutOfTheLog, at every level, unless they are wanted there.
func TestQuestionsStayOutOfTheLog(t *testing.T) {
	for _, wanted := range []string{"0", "1"} {
		s := discordtest.New(t, discordtest.Options{})
		b := start(t, s, "CORPUS_DIR", shelf(t), "LOG_LEVEL", "debug", "LOG_QUESTIONS", wanted)
		alice := s.Member("alice")
		s.Reply(alice.DM("Who built the bridge at Ashby in Zanzibar?"))
		alice.Slash(s.Channel("general"), "ask", discordtest.Opt("question", "Who built Zanzibar?")).Reply()
		b.stop()
		log := b.stderr.String()
		if got := strings.Count(log, "Zanzibar"); wanted == "0" && got != 0 || wanted == "1" && got != 2 {
			t.Errorf("LOG_QUESTIONS=%s: what was asked is in the log %d times:\n%s", wanted, got, log)
		}
		if got := strings.Count(log, "msg=request"); got != 2 {
			t.Errorf("%d lines for 2 questions:\n%s", got, log)
		}
	}
}
