package discord

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/discordtest"
	"verbatim/internal/library"
	"verbatim/internal/summary"
)

// newArticle makes an article of paragraphs, each of sentences.
func newArticle(id, title, url string, paragraphs ...[]string) *article.Article {
	a := &article.Article{ID: id, Path: id + ".md", Title: title, URL: url}
	for n, sentences := range paragraphs {
		if n > 0 {
			a.Text += "\n\n"
		}
		p := article.Paragraph{Start: len(a.Text), Number: n + 1, Heading: -1, First: len(a.Sentences), Count: len(sentences)}
		for i, s := range sentences {
			if i > 0 {
				a.Text += " "
			}
			start := len(a.Text)
			a.Text += s
			a.Sentences = append(a.Sentences, article.Sentence{Start: start, End: len(a.Text), Paragraph: n, Number: i + 1})
		}
		p.End = len(a.Text)
		a.Paragraphs = append(a.Paragraphs, p)
	}
	return a
}

// lighthouse is the article that most tests ask about.
func lighthouse() *article.Article {
	return newArticle("lighthouse", "The lighthouse of Carrick", "https://news.example/carrick",
		[]string{"The lighthouse of Carrick was built in 1874 by Ada Quinn.", "It stands 31 metres above the *old* harbour."},
		[]string{"A storm broke its lamp in 1902.", "“We saw nothing,” the keeper said, “until morning.”", "Nobody was hurt."},
		[]string{"The lamp burns oil, and was lit again in 1903.", "Visitors may climb its 112 steps on Sundays."},
	)
}

// fakeDesk answers from its corpus by the words that a sentence shares with the
// question. Its hooks, when set, come first.
type fakeDesk struct {
	mu       sync.Mutex
	corpus   *article.Corpus
	asked    []answer.Question
	reloads  []string
	onAsk    func(context.Context, answer.Question) (answer.Answer, error)
	onReload func() (library.Report, error)
	loading  bool
	guide    *summary.Summarizer
	guides   article.Revision // of guide
}

func newDesk(articles ...*article.Article) *fakeDesk {
	if len(articles) == 0 {
		articles = append(articles, lighthouse())
	}
	return &fakeDesk{corpus: article.NewCorpus(articles)}
}

func terms(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		if len(w) > 3 && !slices.Contains([]string{"what", "when", "where", "that", "with", "does", "about"}, w) {
			out = append(out, w)
		}
	}
	return out
}

func (d *fakeDesk) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	d.mu.Lock()
	d.asked = append(d.asked, q)
	hook, corpus := d.onAsk, d.corpus
	d.mu.Unlock()
	if hook != nil {
		return hook(ctx, q)
	}
	a := answer.Answer{Question: q.Text, Asked: q.Text, Revision: corpus.Revision, Searched: corpus.Sentences()}
	if q.Text == "hello" {
		a.Reason = answer.NotQuestion
		return a, nil
	}
	asked := terms(q.Text)
	if q.Previous != nil && len(asked) == 0 {
		a.About, a.Asked = "lighthouse", q.Text+" lighthouse"
		asked = append(asked, terms(q.Previous.Question)...)
	}
	type scored struct {
		p article.Passage
		n int
	}
	var found []scored
	for _, art := range corpus.Articles {
		if len(q.Articles) > 0 && !slices.Contains(q.Articles, art.ID) {
			continue
		}
		for i := range art.Sentences {
			n := 0
			for _, w := range asked {
				if slices.Contains(terms(art.SentenceText(i)), w) {
					n++
				}
			}
			if n > 0 {
				found = append(found, scored{article.Passage{Article: art, First: i, Last: i}, n})
			}
		}
	}
	slices.SortStableFunc(found, func(x, y scored) int { return y.n - x.n })
	var results []answer.Result
	limit := q.Passages
	if limit == 0 {
		limit = answer.DefaultPassages
	}
	for _, f := range found[:min(len(found), limit)] {
		results = append(results, answer.Result{Passage: f.p, Score: float64(f.n)})
	}
	if len(found) == 0 || found[0].n < 2 {
		a.Reason, a.Nearest = answer.NotSaid, results
		for _, w := range asked {
			if !strings.Contains(strings.ToLower(corpus.Articles[0].Text), w) {
				a.Missing = append(a.Missing, w)
			}
		}
		a.Suggestions = []string{"When was the lighthouse built?", "Who broke the lamp?"}
		return a, nil
	}
	a.Answered, a.Band, a.Confidence, a.Passages = true, answer.High, 0.9, results
	p := results[0].Passage
	if k := strings.Index(p.Text(), "1874"); k >= 0 {
		a.Span = article.Span{Start: p.Start() + k, End: p.Start() + k + 4}
	}
	return a, nil
}

// look is the summarizer itself: there is nothing to be gained by a false one.
func (d *fakeDesk) look() *summary.Summarizer {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.guide == nil || d.guides != d.corpus.Revision {
		d.guide, d.guides = summary.New(d.corpus), d.corpus.Revision
	}
	return d.guide
}

func (d *fakeDesk) Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error) {
	return d.look().Summarize(ctx, r)
}

func (d *fakeDesk) About(ctx context.Context, id string) ([]summary.About, error) {
	return d.look().About(ctx, id)
}

func (d *fakeDesk) Facts(ctx context.Context, id string) ([]summary.Facts, error) {
	return d.look().Facts(ctx, id)
}

func (d *fakeDesk) Timeline(ctx context.Context, id string) ([]summary.Timeline, error) {
	return d.look().Timeline(ctx, id)
}

func (d *fakeDesk) People(ctx context.Context, id string) ([]summary.ArticleNames, error) {
	return d.look().People(ctx, id)
}

func (d *fakeDesk) Mentions(ctx context.Context, id, term string) ([]summary.Mentions, error) {
	return d.look().Mentions(ctx, id, term)
}

func (d *fakeDesk) Ready() bool { return true }

func (d *fakeDesk) Corpus(context.Context) *article.Corpus {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.corpus
}

func (d *fakeDesk) Reload(ctx context.Context, by string) (library.Report, error) {
	d.mu.Lock()
	d.reloads = append(d.reloads, by)
	hook := d.onReload
	d.mu.Unlock()
	if hook != nil {
		return hook()
	}
	return library.Report{Before: d.Status(ctx), After: d.Status(ctx), Took: 3 * time.Millisecond}, nil
}

func (d *fakeDesk) Status(ctx context.Context) library.Status {
	c := d.Corpus(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	return library.Status{Revision: c.Revision, Articles: len(c.Articles), Paragraphs: c.Paragraphs(), Sentences: c.Sentences(),
		LoadedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), LoadedBy: "start", Loading: d.loading}
}

// set changes the desk while it is in use.
func (d *fakeDesk) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// quick is a pace for tests: nothing of the bot's is waited for longer than the
// machine needs.
func quick() pace {
	p := defaultPace()
	p.deferral, p.invalid, p.firstWait, p.longestWait, p.presence, p.steady = 150*time.Millisecond, 20*time.Millisecond, 10*time.Millisecond, 50*time.Millisecond, 20*time.Millisecond, 50*time.Millisecond
	p.guard = guardTimes{hello: 2 * time.Second, ready: 2 * time.Second, grace: 2 * time.Second} // more than a busy machine takes
	p.open, p.apart = 3*time.Second, 0
	return p
}

// running is a bot that runs against a test server.
type running struct {
	*discordtest.Server
	t     *testing.T
	bot   *Bot
	desk  *fakeDesk
	log   *logBook
	stop  func() error // cancels, and returns Run's error
	ended func() error // waits for Run to end by itself
}

// logBook keeps what the bot logs.
type logBook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a bot until the test ends and waits until it is connected.
func start(t *testing.T, opts discordtest.Options, desk *fakeDesk, change ...func(*Config, *pace)) *running {
	t.Helper()
	s := newServer(t, opts)
	r := launch(t, s, desk, change...)
	r.WaitReady()
	return r
}

// newServer starts a server whose count goes into the total.
func newServer(t *testing.T, opts discordtest.Options) *discordtest.Server {
	t.Helper()
	opts.OnClose = func(s discordtest.Stats) {
		if opts.AllowViolations {
			return
		}
		total.Lock()
		defer total.Unlock()
		total.Add(s)
	}
	return discordtest.New(t, opts)
}

// launch runs a bot against a server and doesn't wait.
func launch(t *testing.T, s *discordtest.Server, desk *fakeDesk, change ...func(*Config, *pace)) *running {
	t.Helper()
	book := &logBook{}
	config := Config{Token: s.Token(), APIURL: s.URL(), Desk: desk,
		Logger: slog.New(slog.NewTextHandler(io.MultiWriter(book), &slog.HandlerOptions{Level: slog.LevelDebug}))}
	p := quick()
	for _, c := range change {
		c(&config, &p)
	}
	bot, err := newBot(config, p)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var once sync.Once
	var result error
	go func() {
		defer close(done)
		if err := bot.Run(ctx); err != nil {
			result = err
		}
	}()
	r := &running{Server: s, t: t, bot: bot, desk: desk, log: book}
	r.stop = func() error {
		once.Do(func() {
			cancel()
			select {
			case <-done:
			case <-time.After(30 * time.Second):
				t.Error("the bot doesn't stop")
			}
		})
		return result
	}
	r.ended = func() error {
		<-done
		return result
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		for _, secret := range s.Secrets() {
			if strings.Contains(book.String(), secret) {
				t.Errorf("%q is in the log", secret)
			}
		}
		if t.Failed() {
			t.Logf("the bot's log:\n%s", book)
		}
	})
	return r
}

func brokenReload() (library.Report, error) {
	return library.Report{}, fmt.Errorf("load the corpus: %w", article.Problems{{File: "a.md", Line: 3, Reason: "title is **missing**"}, {File: "b.md", Reason: "not UTF-8"}})
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func contextFor(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(context.Background(), 10*time.Second)
}
