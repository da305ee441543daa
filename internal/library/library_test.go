package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// Bleve starts workers with the process that nobody can stop.
func TestMain(m *testing.M) {
	if dir := os.Getenv(asVictim); dir != "" {
		fmt.Fprintln(os.Stderr, victim(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent())
}

// fakeEngine answers with the sentences of its corpus and fails when it is
// used after it was closed.
type fakeEngine struct {
	*summary.Summarizer
	corpus *article.Corpus
	users  atomic.Int32
	closed atomic.Bool
	hold   chan struct{} // a question about "hold" waits for it
	held   chan struct{} // and says here that it does
}

func (e *fakeEngine) Ask(_ context.Context, q answer.Question) (answer.Answer, error) {
	e.users.Add(1)
	defer e.users.Add(-1)
	switch q.Text {
	case "hold":
		e.held <- struct{}{}
		<-e.hold
	case "panic":
		panic("asked to")
	}
	if e.closed.Load() {
		return answer.Answer{}, errors.New("asked after close")
	}
	a := e.corpus.Articles[0]
	return answer.Answer{Answered: true, Revision: e.corpus.Revision, Passages: []answer.Result{{Passage: article.Passage{Article: a}}}}, nil
}

func (e *fakeEngine) Suggestions(context.Context, int) []string { return nil }

func (e *fakeEngine) Vouch(context.Context, string, string) (bool, error) { return false, nil }

func (e *fakeEngine) Close() error {
	if e.users.Load() != 0 || e.closed.Swap(true) {
		return errors.New("closed in use, or twice")
	}
	return nil
}

// world is a corpus folder that tests change, and the engines built of it.
type world struct {
	mu      sync.Mutex
	files   map[string]string
	engines []*fakeEngine
	hold    chan struct{}
	held    chan struct{}
	before  func(ctx context.Context) error // runs before each build
}

func newWorld(text string) *world {
	return &world{files: map[string]string{"a.md": text}, hold: make(chan struct{}), held: make(chan struct{})}
}

func (w *world) write(name, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text == "" {
		delete(w.files, name)
		return
	}
	w.files[name] = text
}

func (w *world) source() (fs.FS, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := fstest.MapFS{}
	for name, text := range w.files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m, nil
}

func (w *world) build(ctx context.Context, _ string, c *article.Corpus, _ engine) (engine, error) {
	w.mu.Lock()
	before := w.before
	w.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return nil, err
		}
	}
	e := &fakeEngine{Summarizer: summary.New(c), corpus: c, hold: w.hold, held: w.held}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engines = append(w.engines, e)
	return e, nil
}

// prune is tested with the real engines.
func (w *world) prune(func(server string) bool) error { return nil }

func (w *world) options() Options {
	now := time.Date(2025, 1, 31, 12, 0, 0, 0, time.UTC)
	var ticks atomic.Int64
	return Options{
		Source: w.source,
		Clock:  func() time.Time { return now.Add(time.Duration(ticks.Add(1)) * time.Second) },
		maker:  w,
	}
}

func (w *world) open(t *testing.T) *Library {
	t.Helper()
	l, err := Open(t.Context(), w.options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for i, e := range w.engines {
			if !e.closed.Load() {
				t.Errorf("engine %d was not closed", i)
			}
		}
	})
	return l
}

// now is the library's status without what changes by itself.
func now(t *testing.T, l *Library) Status { return bare(l.Status(t.Context())) }

func bare(s Status) Status {
	s.Memory = 0
	return s
}

func TestOpenRefusesABrokenCorpus(t *testing.T) {
	w := newWorld("---\nx: y\n---\nText.")
	_, err := Open(t.Context(), w.options())
	var problems article.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != "a.md" || problems[0].Line != 2 {
		t.Errorf("got %v", err)
	}
}

func TestReloadReport(t *testing.T) {
	w := newWorld("Text one. And two.\n\nThree.")
	w.write("b.md", "Text b.")
	w.write("c.md", "Text c.")
	l := w.open(t)
	before := now(t, l)
	if before.Articles != 3 || before.Paragraphs != 4 || before.Sentences != 5 || before.LoadedBy != "start" || before.Loading || before.LoadedAt.IsZero() || before.Revision != l.Corpus(t.Context()).Revision {
		t.Errorf("status %+v", before)
	}
	w.write("a.md", "Text one.")
	w.write("c.md", "")
	w.write("news/d.md", "Text d.")
	r, err := l.Reload(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	if r.Before != before || r.After != now(t, l) || r.Shared || r.Took != time.Second || r.After.LoadedBy != "ann" || r.After.Sentences != 3 || r.After.Revision == before.Revision {
		t.Errorf("report %+v", r)
	}
	if got := fmt.Sprint(r.Added, r.Changed, r.Removed); got != "[news/d] [a] [c]" {
		t.Errorf("differences %s", got)
	}
	if !w.engines[0].closed.Load() {
		t.Error("the old engine is open though nobody uses it")
	}
	s, err := l.Summarize(t.Context(), summary.Request{})
	if err != nil || s[0].Revision != r.After.Revision {
		t.Errorf("summary of %v, %v", s, err)
	}
}

func TestReloadOfTheSameCorpusBuildsNothing(t *testing.T) {
	w := newWorld("Text.")
	l := w.open(t)
	before := now(t, l)
	r, err := l.Reload(t.Context(), "ann")
	if err != nil || r.Before != before || r.After.Revision != before.Revision || r.After.LoadedBy != "ann" || len(r.Added)+len(r.Changed)+len(r.Removed) != 0 {
		t.Errorf("report %+v, %v", r, err)
	}
	if len(w.engines) != 1 || w.engines[0].closed.Load() {
		t.Errorf("%d engines; the first closed: %v", len(w.engines), w.engines[0].closed.Load())
	}
	if _, err := l.Ask(t.Context(), answer.Question{}); err != nil {
		t.Error(err)
	}
}

// A question that began on one revision holds its engine open; coming back to
// that revision meanwhile uses the same engine.
func TestReloadBackToARevisionInUse(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	asked := make(chan error)
	go func() {
		_, err := l.Ask(t.Context(), answer.Question{Text: "hold"})
		asked <- err
	}()
	<-w.held
	for _, text := range []string{"Text two.", "Text one.", "Text two."} {
		w.write("a.md", text)
		if _, err := l.Reload(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.engines) != 3 || w.engines[0].closed.Load() || !w.engines[1].closed.Load() {
		t.Errorf("%d engines", len(w.engines))
	}
	close(w.hold)
	if err := <-asked; err != nil {
		t.Error(err)
	}
	if !w.engines[0].closed.Load() {
		t.Error("the engine is open though its last question is answered")
	}
}

func TestFailedReloadKeepsAnswering(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	before := now(t, l)
	failures := map[string]func(){
		"a.md:2: unknown key":             func() { w.write("a.md", "---\nx: y\n---\nText.") },
		"holds a zero byte":               func() { w.write("a.md", "Text.\x00") },
		"the corpus has no article":       func() { w.write("a.md", "") },
		"no room":                         func() { w.before = func(context.Context) error { return errors.New("no room") } },
		"could not be built: out of luck": func() { w.before = func(context.Context) error { panic("out of luck") } },
	}
	for want, breakIt := range failures {
		w.write("a.md", "Text two.")
		breakIt()
		r, err := l.Reload(t.Context(), "ann")
		w.before = nil
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if r.Before != before || r.After != before || now(t, l) != before {
			t.Errorf("%s: report %+v, status %+v", want, r, l.Status(t.Context()))
		}
		a, err := l.Ask(t.Context(), answer.Question{})
		if err != nil || a.Revision != before.Revision {
			t.Errorf("%s: answer of %s, %v", want, a.Revision, err)
		}
	}
	w.write("a.md", "Text two.")
	if r, err := l.Reload(t.Context(), "ann"); err != nil || r.After.Revision == before.Revision {
		t.Errorf("mended: %+v, %v", r, err)
	}
}

func TestTwoReloadsShareOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("Text one.")
		l := w.open(t)
		goOn := make(chan struct{})
		w.before = func(context.Context) error { <-goOn; return nil }
		w.write("a.md", "Text two.")
		type result struct {
			r   Report
			err error
		}
		results := make(chan result, 2)
		go func() { r, err := l.Reload(t.Context(), "ann"); results <- result{r, err} }()
		synctest.Wait()
		if !l.Status(t.Context()).Loading {
			t.Error("the status doesn't say that a reload is under way")
		}
		ctx, giveUp := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { _, err := l.Reload(ctx, "cem"); gone <- err }()
		go func() { r, err := l.Reload(t.Context(), "bob"); results <- result{r, err} }()
		synctest.Wait()
		giveUp()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
		close(goOn)
		a, b := <-results, <-results
		if a.err != nil || b.err != nil || a.r.Shared == b.r.Shared {
			t.Errorf("got %+v and %+v", a, b)
		}
		a.r.Shared, b.r.Shared = false, false
		if fmt.Sprint(a.r) != fmt.Sprint(b.r) || a.r.After != now(t, l) || a.r.After.LoadedBy != "ann" || len(w.engines) != 2 {
			t.Errorf("got %+v and %+v, %d engines", a.r, b.r, len(w.engines))
		}
	})
}

func TestReloadOutlivesItsCaller(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	building, goOn := make(chan struct{}), make(chan struct{})
	w.before = func(ctx context.Context) error {
		close(building)
		<-goOn
		return ctx.Err()
	}
	w.write("a.md", "Text two.")
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { _, err := l.Reload(ctx, "ann"); gone <- err }()
	<-building
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	w.mu.Lock()
	w.before = nil
	w.mu.Unlock()
	close(goOn)
	// Joins what is under way or finds it done.
	if r, err := l.Reload(t.Context(), "bob"); err != nil || len(w.engines) != 2 || r.After.Revision != l.Corpus(t.Context()).Revision {
		t.Errorf("got %+v, %v, %d engines", r, err, len(w.engines))
	}
}

func TestReloadUnderQuestions(t *testing.T) {
	const askers, reloads, questions = 8, 100, 10_000
	w := newWorld("Text 0.")
	l := w.open(t)
	var wg sync.WaitGroup
	var asked atomic.Int64
	for range askers {
		wg.Go(func() {
			for asked.Add(1) <= questions {
				a, err := l.Ask(t.Context(), answer.Question{})
				if err != nil {
					t.Errorf("a question was lost: %v", err)
					return
				}
				c := article.NewCorpus([]*article.Article{a.Passages[0].Passage.Article})
				if c.Revision != a.Revision {
					t.Errorf("revision %s quotes revision %s", a.Revision, c.Revision)
				}
			}
		})
	}
	for i := range reloads {
		w.write("a.md", fmt.Sprintf("Text %d.", i+1))
		if i%10 == 5 {
			w.write("a.md", "\xff")
		}
		r, err := l.Reload(t.Context(), "ann")
		if (err != nil) != (i%10 == 5) || r.After != now(t, l) {
			t.Errorf("reload %d: %+v, %v", i, r, err)
		}
	}
	wg.Wait()
}

// The digits of a revision that readers see are few enough to be met on purpose
// by whoever may write one article of a corpus.
func TestCorporaOfOneRevisionAreNotOne(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	mine := article.NewCorpus([]*article.Article{article.FromSentences("a", "", []string{"Text two."})})
	mine.Revision = l.Corpus(t.Context()).Revision
	g, err := l.generationOf(t.Context(), "1", mine)
	if err != nil {
		t.Fatal(err)
	}
	again, err := l.generationOf(t.Context(), "2", mine)
	if err != nil {
		t.Fatal(err)
	}
	if g.corpus != mine || again != g || len(w.engines) != 2 {
		t.Errorf("of %q is answered from %q; %d engines", mine.Articles[0].Text, g.corpus.Articles[0].Text, len(w.engines))
	}
	l.release(again)
	l.release(g)
}

func TestPanickingQuestionFreesItsRevision(t *testing.T) {
	w := newWorld("Text one.")
	l := w.open(t)
	func() {
		defer func() { _ = recover() }()
		_, _ = l.Ask(t.Context(), answer.Question{Text: "panic"})
	}()
	w.write("a.md", "Text two.")
	if _, err := l.Reload(t.Context(), "ann"); err != nil || !w.engines[0].closed.Load() {
		t.Errorf("error %v, old engine closed: %v", err, w.engines[0].closed.Load())
	}
}
