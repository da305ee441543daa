//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

// rate is how many questions a second TestLoad offers.
func rate(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VERBATIM_LOAD_RATE")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("VERBATIM_LOAD_RATE=%q", text)
	}
	return n
}

// TestLoad offers questions at a steady rate, whether or not the bot keeps up,
// waits for the reply to each, and looks whether it is one to that question. The
// bot runs as it does unless told otherwise, log and all, but for the limits on
// members and places, which are there to refuse what this does.
func TestLoad(t *testing.T) {
	length, perSecond := loadTime(t), rate(t)
	s := discordtest.New(t, discordtest.Options{NoDescription: true, Retain: 10 * perSecond})
	cmd := program(t, s, "CORPUS_DIR="+shipped(t), "LIMIT_MEMBER=0", "LIMIT_CHANNEL=0", "LIMIT_SERVER=0", "HTTP_ADDR=0", "HTTP_PPROF=true")
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
	questions := questions(t)
	random := rand.New(rand.NewPCG(1, 2))
	l := &load{took: make([]time.Duration, 0, 1<<17)}
	ctx, cancel := context.WithTimeout(t.Context(), length+time.Minute)
	defer cancel()
	mention := s.BotUser().Mention() + " "
	ask := func(n, messages int) { // so many of ten in messages
		q, m, c := questions[random.IntN(len(questions))], members[n%len(members)], channels[n%len(channels)]
		if random.IntN(10) < messages {
			said := m.Says(c, mention+q)
			l.expect(q, false, func() (string, error) {
				reply, err := s.WaitReply(ctx, said)
				if err != nil {
					return "", err
				}
				return reply.Text(), nil
			})
			return
		}
		i := m.Slash(c, "ask", discordtest.Opt("question", q))
		l.expect(q, true, func() (string, error) {
			reply, err := i.Wait(ctx)
			return reply.Text(), err
		})
	}
	// First what the bot remembers up to a number reaches it: messages that may be
	// edited, answers that may become golden, turns that a question may follow.
	goroutines := 0
	for n := range 6000 {
		ask(n, 10)
		if n == 0 {
			l.wait.Wait()
			goroutines = routines(t, cmd)
		}
		time.Sleep(time.Second / time.Duration(perSecond))
	}
	l.wait.Wait()
	l.took = l.took[:0]
	before := cpu(t, cmd)

	watch := watchMemory(t, cmd)
	begin := time.Now()
	total := int(length.Seconds() * float64(perSecond))
	for n := range total {
		if d := time.Until(begin.Add(time.Duration(n) * time.Second / time.Duration(perSecond))); d > 0 {
			time.Sleep(d)
		}
		ask(n, 1)
	}
	offered := time.Since(begin)
	l.wait.Wait()
	answered := time.Since(begin)
	quarters := watch(offered)
	early, late := quarters[1], quarters[3]
	_, most := memory(t, cmd)
	s.CloseIdle()
	after := routines(t, cmd)
	for deadline := time.Now().Add(10 * time.Second); after > goroutines+2 && time.Now().Before(deadline); after = routines(t, cmd) {
		s.CloseIdle() // those that were busy just now, and after 5 s those that were never used
		time.Sleep(100 * time.Millisecond)
	}
	used := cpu(t, cmd) - before
	end(t, cmd)

	slices.Sort(l.took)
	if len(l.took) == 0 {
		t.Fatal("nothing was answered")
	}
	at := func(p float64) time.Duration {
		return l.took[min(len(l.took)-1, int(p*float64(len(l.took))))].Round(10 * time.Microsecond)
	}
	t.Logf("offered %d (%d different) in %v, %.0f a second; answered %.0f a second; p50 %v, p90 %v, p99 %v, longest %v; %d lost, %d told that there is no room; %.2f ms of a processor each; memory at most %.0f MB; goroutines %d before and %d after",
		total, len(questions), offered.Round(time.Millisecond), float64(total)/offered.Seconds(), float64(len(l.took))/answered.Seconds(),
		at(.5), at(.9), at(.99), l.took[len(l.took)-1].Round(time.Millisecond), l.lost, l.busy, used.Seconds()*1000/float64(total), most, goroutines, after)
	t.Logf("memory (RSS) at most in each quarter:\n| offered | first quarter | second | third | last |\n|---|---|---|---|---|\n| %.0f a second, %.0f s | %.0f MB | %.0f MB | %.0f MB | %.0f MB |",
		float64(total)/offered.Seconds(), offered.Seconds(), quarters[0], quarters[1], quarters[2], quarters[3])
	log := logOf(t, cmd)
	if l.lost > 0 {
		t.Errorf("%d of %d questions were never answered; the bot's log begins with\n%s", l.lost, total, log[:min(len(log), 4000)])
	}
	if l.busy > 0 {
		t.Errorf("%d of %d were told that there is no room", l.busy, total)
	}
	for _, wrong := range l.wrong {
		t.Error(wrong)
	}
	// A tenth is what the collector's and the scavenger's timing make of it.
	if late > 1.1*early {
		t.Errorf("memory grows: %.0f MB in the second quarter, %.0f MB in the last", early, late)
	}
	// Two belong to the connection over which they are counted.
	if after > goroutines+2 {
		t.Errorf("goroutines are left behind: %d before, %d after", goroutines, after)
	}
	if warnings := strings.Count(log, "level=WARN") - strings.Count(log, "DATA_DIR is not set"); warnings > 0 || strings.Contains(log, "level=ERROR") {
		t.Errorf("the bot's log has warnings or errors: %s", firstLines(log, "level=WARN", "level=ERROR"))
	}
}

// load counts what becomes of questions.
type load struct {
	wait sync.WaitGroup

	mu         sync.Mutex
	took       []time.Duration
	lost, busy int
	wrong      []string // a few replies that weren't to their question
}

// expect waits for the reply to a question beside others.
func (l *load) expect(question string, echoes bool, reply func() (string, error)) {
	begin := time.Now()
	l.wait.Go(func() {
		text, err := reply()
		d := time.Since(begin)
		l.mu.Lock()
		defer l.mu.Unlock()
		switch {
		case err != nil:
			l.lost++
		case strings.Contains(text, "Too many questions at once"):
			l.busy++
		case echoes && !strings.Contains(seen(text), "Asked: "+question), !strings.Contains(text, "evision") && !strings.Contains(text, "Please ask me a question"):
			if len(l.wrong) < 5 {
				l.wrong = append(l.wrong, fmt.Sprintf("%q was answered with\n%s", question, text))
			}
		default:
			l.took = append(l.took, d)
		}
	})
}

// watchMemory looks at what the process holds, until the function that it
// returns is called. That tells the most in each quarter of a time that began with
// the watch, in MB.
func watchMemory(t *testing.T, cmd *exec.Cmd) func(length time.Duration) [4]float64 {
	t.Helper()
	type look struct {
		at  time.Duration
		has float64
	}
	var looks []look
	begin := time.Now()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				now, _ := memory(t, cmd)
				looks = append(looks, look{time.Since(begin), now})
			}
		}
	}()
	return func(length time.Duration) (most [4]float64) {
		close(stop)
		<-stopped
		for _, l := range looks {
			if k := int(4 * l.at / length); k < len(most) {
				most[k] = max(most[k], l.has)
			}
		}
		return most
	}
}

// routines are how many goroutines the process has, as its metrics tell.
func routines(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	address := regexp.MustCompile(`address=([^ ]+)`).FindStringSubmatch(logOf(t, cmd))
	if address == nil {
		t.Fatalf("no address of the metrics in the log:\n%s", logOf(t, cmd))
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Get("http://" + address[1] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the metrics don't tell of goroutines")
	return 0
}

// cpu is the time of processors that the process has used.
func cpu(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var ticks int
	for _, f := range fields[11:13] { // utime and stime, a hundred a second
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// firstLines are the first few lines of a log that have one of the marks.
func firstLines(log string, marks ...string) string {
	var out []string
	scan := bufio.NewScanner(strings.NewReader(log))
	for scan.Scan() && len(out) < 5 {
		if slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(scan.Text(), m) }) {
			out = append(out, scan.Text())
		}
	}
	return strings.Join(out, "\n")
}
