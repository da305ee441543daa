package library

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/store"
)

// Check is what came of asking a server's golden questions of what answers in
// it.
type Check struct {
	Server   string
	Revision article.Revision
	By       string    // who had the articles read again, as in Status.LoadedBy
	ByIn     string    // as in Status.LoadedIn
	At       time.Time // when the last was asked
	Goldens  int       // that were asked
	Drifts   []Drift   // those that are answered differently now
}

// maxTold bounds the checks that wait for whoever takes them from Drifts.
const maxTold = 256

// checks is the checking of golden questions, guarded by Library.mu. After a
// reload of the operator's articles every server's are asked in one goroutine,
// a server after another, in the order of their IDs. A server whose own corpus
// isn't open is due when it is opened.
type checks struct {
	running bool
	stop    context.CancelFunc // ends it
	all     bool               // every server that has any is due
	due     []string           // servers
	since   bool               // there was a reload since the start
	asking  map[string]int     // reloads under way of servers, which check themselves
	last    map[string]Check   // by server
	told    chan Check
}

func newChecks() checks {
	return checks{stop: func() {}, asking: map[string]int{}, last: map[string]Check{}, told: make(chan Check, maxTold)}
}

// Drifts are the checks in the background that found golden questions answered
// differently, once for each reload and server. Those that nobody takes are
// dropped when there are many; the server's log has them all the same.
func (l *Library) Drifts() <-chan Check { return l.checks.told }

// Checked is what came of the last check of the server's golden questions; ok
// is false when there was none since the start, or when it was of other
// articles than those that answer now.
func (v View) Checked(ctx context.Context) (c Check, ok bool) {
	v.opened(ctx)
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	c = v.l.checks.last[v.server]
	return c, c.Revision != "" && c.Revision == v.l.peek(v.server).status.Revision
}

// reloaded has every server's golden questions asked; it needs mu.
func (l *Library) reloaded() {
	l.checks.all, l.checks.since = true, true
	l.checkSoon()
}

// openedOwn has a server's golden questions asked whose own corpus was opened, if
// that may be another than it was before; it needs mu.
func (l *Library) openedOwn(server string) {
	if l.checks.since {
		l.checks.due = append(l.checks.due, server)
		l.checkSoon()
	}
}

// checkSoon starts the goroutine that checks, if there is none; it needs mu.
func (l *Library) checkSoon() {
	if l.closed || l.checks.running || l.options.Shelf == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	l.checks.running, l.checks.stop = true, stop
	l.jobs.Add(1)
	go l.checkDue(ctx)
}

// checkDue checks what is due, until nothing is.
func (l *Library) checkDue(ctx context.Context) {
	defer l.jobs.Done()
	for {
		l.mu.Lock()
		k := &l.checks
		if l.closed || !k.all && len(k.due) == 0 {
			k.running = false
			k.stop()
			l.mu.Unlock()
			return
		}
		all, server := k.all, ""
		if k.all = false; !all {
			server, k.due = k.due[0], k.due[1:]
		}
		l.mu.Unlock()
		if !all {
			l.checkServer(ctx, server)
			continue
		}
		servers, err := l.options.Shelf.GoldenServers()
		if err != nil {
			l.options.Logger.Error("golden questions can't be asked", "error", err)
		}
		if serves := l.options.Serves; serves != nil {
			servers = slices.DeleteFunc(servers, func(server string) bool { return !serves(server) })
		}
		l.mu.Lock()
		k.due = servers
		l.mu.Unlock()
	}
}

// checkServer asks a server's golden questions and tells when some are answered
// differently. A fault in one server's costs the others nothing.
func (l *Library) checkServer(ctx context.Context, server string) {
	defer func() {
		if v := recover(); v != nil {
			l.options.Logger.Error("golden questions panicked", "server", server, "value", v, "stack", string(debug.Stack()))
		}
	}()
	g, c := l.toCheck(ctx, server)
	if g == nil {
		return
	}
	defer l.release(g)
	err := l.askGoldens(ctx, g, &c, func(took time.Duration) error { return l.rest(ctx, took) })
	if err != nil || c.Goldens == 0 {
		if err != nil && ctx.Err() == nil && err != errSuperseded {
			l.options.Logger.Error("golden questions were not asked", "server", server, "error", err)
		}
		return
	}
	l.mu.Lock()
	l.checks.last[server] = c
	l.mu.Unlock()
	if len(c.Drifts) == 0 {
		return
	}
	by := c.By
	if c.ByIn != "" && c.ByIn != server {
		by = ByElsewhere
	}
	l.For(server).recordDrifts(c, by)
	select {
	case l.checks.told <- c:
	default:
		l.options.Logger.Warn("nobody was told that golden questions are answered differently", "server", server)
	}
}

// toCheck takes what a server is served into use, once it is up to date; nil
// when there is nothing to check.
func (l *Library) toCheck(ctx context.Context, server string) (*generation, Check) {
	for {
		l.mu.Lock()
		s := l.peek(server)
		wait := s.running
		switch {
		case l.closed, l.checks.asking[server] > 0:
			wait = nil
		case s == l.base && l.apart(server):
			wait = nil // its own corpus isn't open: it is due when it is
		case s != l.base && wait != nil:
		case !s.ready, s.status.RolledBack, l.checks.last[server].Revision == s.status.Revision:
			wait = nil
		default:
			g := s.current
			g.users++
			l.mu.Unlock()
			return g, Check{Server: server, Revision: g.corpus.Revision, By: s.status.LoadedBy, ByIn: s.status.LoadedIn}
		}
		l.mu.Unlock()
		if wait == nil {
			return nil, Check{}
		}
		select {
		case <-wait.done:
		case <-ctx.Done():
		}
	}
}

// errSuperseded ends a check when the articles were reloaded meanwhile.
var errSuperseded = fmt.Errorf("the articles were reloaded meanwhile")

// rest pauses after a question for as long as it took, so that checking takes
// half of one processor at most from those who ask.
func (l *Library) rest(ctx context.Context, took time.Duration) error {
	l.mu.Lock()
	again := l.checks.all
	l.mu.Unlock()
	if again {
		return errSuperseded
	}
	pause := time.NewTimer(took)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// askGoldens asks the golden questions of the check's server, and adds what came
// of it. rest is called after each.
func (l *Library) askGoldens(ctx context.Context, g *generation, c *Check, rest func(took time.Duration) error) error {
	goldens, err := l.options.Shelf.Goldens(c.Server)
	if err != nil {
		return err
	}
	for _, golden := range goldens {
		start := time.Now() // what it takes of the processor, not what the clock of the articles says
		a, err := g.engine.Ask(ctx, answer.Question{Text: golden.Question, Articles: golden.Articles})
		if err != nil {
			return fmt.Errorf("ask golden question %q: %w", golden.Question, err)
		}
		c.Goldens++
		d := Drift{Golden: golden}
		if a.Answered && len(a.Passages) > 0 {
			p := a.Passages[0].Passage
			d.Now, d.Article = p.Text(), p.Article.ID
		}
		if d.Now != golden.Quote || d.Article != golden.Article {
			c.Drifts = append(c.Drifts, d)
		}
		if err := rest(time.Since(start)); err != nil {
			return err
		}
	}
	c.At = l.options.Clock()
	return nil
}

// check asks the server's golden questions at once, for whoever waits after a
// change by someone, and adds to the report what came of it.
func (v View) check(ctx context.Context, report Report, by string) Report {
	if v.l.options.Shelf == nil || v.server == "" {
		return report
	}
	c, err := v.checkNow(ctx)
	if err != nil {
		if !errors.Is(err, ErrClosed) {
			v.l.options.Logger.Error("golden questions were not asked", "server", v.server, "error", err)
		}
		report.Unchecked = true
		return report
	}
	report.Goldens, report.Drifts = c.Goldens, slices.Clone(c.Drifts)
	if len(c.Drifts) > 0 {
		v.recordDrifts(c, by)
	}
	return report
}

// checkNow asks the server's golden questions. A panic on the way is an error,
// for what was changed before stands.
func (v View) checkNow(ctx context.Context) (c Check, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	l := v.l
	g, err := l.acquire(ctx, v.server)
	if err != nil {
		return Check{}, err
	}
	defer l.release(g)
	st := v.bare()
	c = Check{Server: v.server, Revision: g.corpus.Revision, By: st.LoadedBy, ByIn: st.LoadedIn}
	if err := l.askGoldens(ctx, g, &c, func(time.Duration) error { return nil }); err != nil {
		return Check{}, err
	}
	l.mu.Lock()
	l.checks.last[v.server] = c
	l.mu.Unlock()
	return c, nil
}

// recordDrifts writes into the server's log that golden questions are answered
// differently after a change by someone.
func (v View) recordDrifts(c Check, by string) {
	v.record(store.Entry{By: by, Action: store.Drifted, Detail: fmt.Sprintf("%d/%d", len(c.Drifts), c.Goldens)})
}

// record writes what was done into the server's log, if it has one. It is done,
// whether or not it can be written.
func (v View) record(e store.Entry) {
	if v.l.options.Shelf == nil || v.server == "" {
		return
	}
	if err := v.l.options.Shelf.Record(v.server, e); err != nil {
		v.l.options.Logger.Error("what was done is not in the server's log", "server", v.server, "action", e.Action, "error", err)
	}
}

// asking notes that a server checks its golden questions itself after a reload
// under way, until done is called. If it didn't, they are asked then.
func (l *Library) asking(server string) (done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.checks.asking[server]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.checks.asking[server]--; l.checks.asking[server] > 0 {
			return
		}
		delete(l.checks.asking, server)
		if server != "" && l.checks.since {
			l.checks.due = append(l.checks.due, server)
			l.checkSoon()
		}
	}
}
