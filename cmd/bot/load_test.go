//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// program builds the bot, to run it against the server as a process of its own.
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
	cmd.Env = append(settings, "DISCORD_TOKEN="+s.Token(), "DISCORD_API_URL="+s.URL())
	log, err := os.Create(filepath.Join(cmd.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	cmd.Stderr = log
	return cmd
}

// logOf is what the bot has written into its log.
func logOf(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	text, err := os.ReadFile(cmd.Stderr.(*os.File).Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
		t.Errorf("the bot ended badly: %v\n%s", err, logOf(t, cmd))
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
			settings := []string{"CORPUS_DIR=" + shipped(t)}
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
