//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"verbatim/internal/discordtest"
)

// process runs the bot as a process of its own, with nothing of this one's
// environment but what is set.
func process(t *testing.T, settings ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Dir = t.TempDir()
	cmd.Env = append(settings, asBot+"=1")
	return cmd
}

func TestSignalsInDiscord(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{})
			dir := shelf(t)
			cmd := process(t, "DISCORD_TOKEN="+s.Token(), "DISCORD_API_URL="+s.URL(), "CORPUS_DIR="+dir)
			var stderr syncBuffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.WaitReady()
			alice, general := s.Member("alice"), s.Channel("general")
			if got := alice.Slash(general, "ask", discordtest.Opt("question", "When did the bridge at Ashby open?")).Reply().Text(); !strings.Contains(got, "4 May") {
				t.Errorf("answer before the signal:\n%s", got)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v ends the bot with %v:\n%s", sig, err, stderr.String())
			}
			s.WaitDisconnected()
		})
	}
}

// TestSignalsInTheTerminal: SIGHUP reads the articles again, and SIGTERM ends
// the program though it waits for a line.
func TestSignalsInTheTerminal(t *testing.T) {
	dir := shelf(t)
	cmd := process(t, "CORPUS_DIR="+dir, "LOG_LEVEL=info")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers, log := bufio.NewScanner(stdout), bufio.NewScanner(stderr)
	until := func(lines *bufio.Scanner, want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("no line with %q before the end: %v", want, lines.Err())
	}
	ask := func(question, want string) {
		t.Helper()
		if _, err := io.WriteString(stdin, question+"\n"); err != nil {
			t.Fatal(err)
		}
		until(answers, want)
	}
	ask("When did the bridge at Ashby open?", "4 May")
	put(t, dir, "bridge.md", strings.ReplaceAll(bridgeArticle, "4 May", "5 May"))
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until(log, "msg=reloaded")
	ask("When did the bridge at Ashby open?", "5 May")
	put(t, dir, "bridge.md", "---\nnonsense: yes\n---\nIt never opened.\n")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until(log, "bridge.md:2")
	ask("When did the bridge at Ashby open?", "5 May")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(answers, "Confidence") // the rest of the last answer
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM ends the bot with %v", err)
	}
}
