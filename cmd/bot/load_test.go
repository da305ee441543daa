//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// loadTime is how long the load tests last. They measure the machine as much as
// the program, so that they run only when asked for.
func loadTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("VERBATIM_LOAD")
	if text == "" {
		t.Skip("VERBATIM_LOAD is not set: VERBATIM_LOAD=1m go test ./cmd/bot -run Load -v -timeout 30m")
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// asked are questions of every kind: with and without an answer, misspelled, no
// question at all.
var asked = []string{
	killed, "Who posted the video?", "When was the SDF established?", "Where is the US zone?", "How long did the offensive take?",
	"How old is Al Shara?", "What did the mayor of Damascus say about tariffs?", "How did HTS seize power?", "Why could attacks rise?",
	"Which country joined the coalition?", "What is HTS?", "damascas bombing kiled", "SDF", "hello", "How much do bananas cost in Peru?",
	"Did Mr Al Shara reject demands of the extremists that came to Damascus with him after the fall of the Assad regime?",
}

// program builds the bot and runs it against the server as a process of its own.
func program(t *testing.T, s *discordtest.Server, settings ...string) *exec.Cmd {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "bot")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", exe, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Dir = t.TempDir()
	cmd.Env = append(settings, "DISCORD_TOKEN="+s.Token(), "DISCORD_API_URL="+s.URL(), "LIMIT_CHANNEL=0", "LIMIT_SERVER=0")
	cmd.Stderr = &syncBuffer{}
	return cmd
}

// memory is what the process holds in memory now, and held at most, in MB.
func memory(t *testing.T, cmd *exec.Cmd) (now, most float64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			now = kb / 1000
		case "VmHWM:":
			most = kb / 1000
		}
	}
	return now, most
}

func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the bot ended badly: %v\n%s", err, cmd.Stderr)
	}
}

// TestLoadStart measures from the start of the process to the first answer, and
// the memory that it takes, with the shipped article.
func TestLoadStart(t *testing.T) {
	loadTime(t)
	for _, data := range []string{"in memory", "from an empty folder", "from a filled one"} {
		dir := t.TempDir()
		runs := 3
		var took []time.Duration
		var now, most float64
		for run := range runs {
			s := discordtest.New(t, discordtest.Options{NoDescription: true})
			settings := []string{"CORPUS_DIR=" + shipped(t), "LOG_LEVEL=warn"}
			switch data {
			case "from an empty folder":
				settings = append(settings, "DATA_DIR="+filepath.Join(dir, strconv.Itoa(run)))
			case "from a filled one":
				settings = append(settings, "DATA_DIR="+dir)
			}
			cmd := program(t, s, settings...)
			alice := s.Member("alice")
			begin := time.Now()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.WaitReady()
			if got := s.Reply(alice.DM(killed)).Text(); !strings.Contains(got, killedQuote) {
				t.Errorf("the first answer: %s", got)
			}
			took = append(took, time.Since(begin))
			now, most = memory(t, cmd)
			end(t, cmd)
		}
		slices.Sort(took)
		t.Logf("index %s: first answer after %v (median of %d), memory then %.0f MB, at most %.0f MB", data, took[runs/2].Round(time.Millisecond), runs, now, most)
		if took[runs/2] > time.Second {
			t.Errorf("index %s: the first answer came after %v", data, took[runs/2])
		}
		if most > 100 {
			t.Errorf("index %s: %.0f MB of memory", data, most)
		}
	}
}

// TestLoad offers questions at a steady rate, whether or not the bot keeps up,
// and waits for the reply to each.
func TestLoad(t *testing.T) {
	length := loadTime(t)
	perSecond := 1000
	if text := os.Getenv("VERBATIM_LOAD_RATE"); text != "" {
		var err error
		if perSecond, err = strconv.Atoi(text); err != nil || perSecond < 1 {
			t.Fatalf("VERBATIM_LOAD_RATE=%q", text)
		}
	}
	s := discordtest.New(t, discordtest.Options{NoDescription: true, Retain: 10 * perSecond})
	cmd := program(t, s, "CORPUS_DIR="+shipped(t), "LOG_LEVEL=warn", "LIMIT_MEMBER=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.WaitReady()
	s.WaitCommands("ask")
	var members []*discordtest.Member
	var channels []*discordtest.Channel
	for i := range 500 {
		members = append(members, s.Member(fmt.Sprint("member ", i)))
	}
	for i := range 50 {
		channels = append(channels, s.Channel(fmt.Sprint("channel-", i)))
	}

	var mu sync.Mutex
	var took []time.Duration
	var lost, busy int
	var wait sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), length+time.Minute)
	defer cancel()
	ask := func(n int) {
		i := members[n%len(members)].Slash(channels[n%len(channels)], "ask", discordtest.Opt("question", asked[n%len(asked)]))
		begin := time.Now()
		wait.Go(func() {
			reply, err := i.Wait(ctx)
			d := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				lost++
			case strings.Contains(reply.Text(), "Too many questions at once"):
				busy++
			default:
				took = append(took, d)
			}
		})
	}
	var early float64
	begin := time.Now()
	total := int(length.Seconds() * float64(perSecond))
	for n := range total {
		if d := time.Until(begin.Add(time.Duration(n) * time.Second / time.Duration(perSecond))); d > 0 {
			time.Sleep(d)
		}
		if n == total/4 {
			early, _ = memory(t, cmd)
		}
		ask(n)
	}
	offered := time.Since(begin)
	wait.Wait()
	answered := time.Since(begin)
	late, most := memory(t, cmd)
	end(t, cmd)

	slices.Sort(took)
	if len(took) == 0 {
		t.Fatal("nothing was answered")
	}
	at := func(p float64) time.Duration {
		return took[min(len(took)-1, int(p*float64(len(took))))].Round(10 * time.Microsecond)
	}
	t.Logf("offered %d in %v (%.0f a second), answered %.0f a second; p50 %v, p90 %v, p99 %v, longest %v; %d lost, %d told that there is no room; memory %.0f MB after a quarter, %.0f MB at the end, %.0f MB at most",
		total, offered.Round(time.Millisecond), float64(total)/offered.Seconds(), float64(len(took))/answered.Seconds(),
		at(.5), at(.9), at(.99), took[len(took)-1].Round(time.Millisecond), lost, busy, early, late, most)
	if lost > 0 {
		log := cmd.Stderr.(*syncBuffer).String()
		t.Errorf("%d of %d questions were never answered; the bot's log begins with\n%s", lost, total, log[:min(len(log), 4000)])
	}
	if late > 1.25*early+20 { // the collector lets the heap double before it looks
		t.Errorf("memory grows: %.0f MB after a quarter, %.0f MB at the end", early, late)
	}
}
