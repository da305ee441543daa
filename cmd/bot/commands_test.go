package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

func TestCommandsAreJSON(t *testing.T) {
	got := runBot(t, "", "commands")
	var commands []struct {
		Name          string
		Localizations map[string]string `json:"name_localizations"`
	}
	if err := json.Unmarshal([]byte(got.out), &commands); err != nil || got.status != exitAnswered {
		t.Fatalf("status %d, %v", got.status, err)
	}
	names := map[string]bool{}
	for _, c := range commands {
		names[c.Name] = true
	}
	for _, want := range []string{"ask", "summary", "verify", "help", "corpus"} {
		if !names[want] {
			t.Errorf("no command %q in %v", want, names)
		}
	}
}

// TestCommandsSync: a dry run shows and writes nothing, a run writes, and then
// nothing differs.
func TestCommandsSync(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	inFolder(t, nil)
	set := map[string]string{"DISCORD_TOKEN": s.Token(), "DISCORD_API_URL": s.URL()}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"commands", "sync", "--dry-run"}, "create ask"},
		{[]string{"commands", "sync", "--dry-run"}, "create ask"},
		{[]string{"commands", "sync"}, "create ask"},
		{[]string{"commands", "sync"}, "nothing differs"},
	} {
		if got := runWith(t, set, "", step.args...); got.status != exitAnswered || !strings.Contains(got.out, step.want) {
			t.Errorf("%q: status %d, %q %q; want %q", step.args, got.status, got.out, got.stderr, step.want)
		}
	}
	if got := runWith(t, nil, "", "commands", "sync"); got.status != exitTrouble || !strings.Contains(got.stderr, "DISCORD_TOKEN") {
		t.Errorf("without a token: status %d, %q", got.status, got.stderr)
	}
}

func TestPreview(t *testing.T) {
	out := filepath.Join(t.TempDir(), "preview.html")
	if got := runBot(t, "", "preview", "--out", out, killed); got.status != exitAnswered || got.out != "" {
		t.Fatalf("status %d, %q %q", got.status, got.out, got.stderr)
	}
	page, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">23</strong> people", "Phone, light", "Confidence: high"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestPreviewWithoutQuestions(t *testing.T) {
	if got := runBot(t, "", "preview"); got.status != exitAnswered || !strings.Contains(got.out, "The article does not say.") {
		t.Errorf("without questions: status %d, %q", got.status, got.stderr)
	}
}
