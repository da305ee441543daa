//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

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

// TestSameAnswerInEveryProcess: the same questions on the same revision have
// the same answers, whichever process is asked.
func TestSameAnswerInEveryProcess(t *testing.T) {
	const questions = "Who posted the video?\nWhen was the SDF established?\nWhere is the US zone?\nHow many people were killed at the church?\n" +
		"How long did the offensive take?\nHow old is Al Shara?\nHow much did it cost?\nHow far is Damascus?\nHow often did they meet?\n" +
		"How did HTS seize power?\nWhy could attacks rise?\nWhich country joined the coalition?\nWhat is HTS?\nWhat age is the president?\n" +
		"damascas bombing kiled\nSDF\nDid Mr Al Shara reject demands?\nhello\n"
	took := regexp.MustCompile(`"took_us":\d+`)
	var first string
	for range 6 {
		cmd := process(t, "CORPUS_DIR="+shipped(t))
		cmd.Args = append(cmd.Args, "ask", "--json", "-")
		cmd.Stdin = strings.NewReader(questions)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		got := took.ReplaceAllString(string(out), "")
		if first == "" {
			first = got
		}
		a, b := strings.Split(first, "\n"), strings.Split(got, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("one process answers\n%s\nand another\n%s", a[i], b[i])
			}
		}
		if len(a) != len(b) {
			t.Fatalf("%d lines and %d", len(a), len(b))
		}
	}
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

// startled sends the process SIGHUP at the first thing that is written to it.
type startled struct {
	syncBuffer
	once sync.Once
	send func()
}

func (s *startled) Write(p []byte) (int, error) {
	s.once.Do(s.send)
	return s.syncBuffer.Write(p)
}

// reader reads by a function.
type reader func() (int, error)

func (r reader) Read([]byte) (int, error) { return r() }

// TestHangupWhileLoading: what says that the articles may have changed doesn't end
// a program that is about to read them, and isn't lost on it.
func TestHangupWhileLoading(t *testing.T) {
	arrived := make(chan os.Signal, 3)
	signal.Notify(arrived, syscall.SIGHUP) // else it ends the tests where the program doesn't take it
	defer signal.Stop(arrived)
	out := &startled{send: func() {
		for range cap(arrived) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Error(err)
			}
			<-arrived
		}
	}}
	in := reader(func() (int, error) { // the program lives for as long as it has none
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			if strings.Contains(out.String(), "msg=reloaded") {
				return 0, io.EOF
			}
		}
		return 0, errors.New("it was not reloaded")
	})
	status := run(t.Context(), []string{}, env(map[string]string{"CORPUS_DIR": shelf(t), "LOG_LEVEL": "info"}), in, out, out)
	if n := strings.Count(out.String(), "msg=reloaded"); status != exitAnswered || n != 1 {
		t.Errorf("status %d, reloaded %d times:\n%s", status, n, out.String())
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
