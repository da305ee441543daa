package library

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/store"
)

// scope is what one server is served, or everyone who has nothing of their
// own. All of it is guarded by Library.mu.
type scope struct {
	server  string            // "" for the base
	ready   bool              // current is what it should be, and not only a stand-in
	current *generation       // nil in the base until it is opened
	status  Status            // of current
	past    []past            // the oldest first, no revision twice, without current
	base    [sha256.Size]byte // Digest of the operator's articles in it
	running *job              // under way; nil for none
	used    uint64
	waiting int   // how many wait for current to be what it should be
	back    *past // what that is, if it was put back before; nil for what is kept
}

// past is a corpus that answered before.
type past struct {
	corpus *article.Corpus
	status Status
}

// maxPast is how many revisions are remembered. Articles that didn't change
// between them are kept once.
const maxPast = 10

// job is a change of a scope under way. Its result may be read once done is
// closed.
type job struct {
	done   chan struct{}
	reload bool // of the kind that others join
	report Report
	err    error
}

// peek is the scope that a server sees now, without opening any; it needs mu.
func (l *Library) peek(server string) *scope {
	if s := l.scopes[server]; s != nil {
		return s
	}
	return l.base
}

// apart reports whether a server without a scope needs one, as it is served
// something else than the base; it needs mu.
func (l *Library) apart(server string) bool {
	if _, ok := l.aside[server]; ok {
		return true
	}
	return server != "" && l.options.Shelf != nil && l.options.Shelf.HasArticles(server)
}

// hasOwn reports whether a server has a scope, or needs one.
func (l *Library) hasOwn(server string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.scopes[server] != nil || l.apart(server)
}

// make is the scope of a server, made where there is none. Until it is ready it
// stands on the base's generation. It needs mu; whoever called it then releases
// what it evicts. A scope without a change under way may be evicted as soon as mu
// is free.
func (l *Library) make(server string) (s *scope, evicted []*generation) {
	if s := l.scopes[server]; s != nil {
		return s, nil
	}
	if l.closed {
		return l.base, nil // whatever is asked of it is refused
	}
	evicted = l.evict(l.options.Servers - 1)
	b := l.base
	b.current.users++
	l.tick++
	s = &scope{server: server, current: b.current, status: b.status, past: slices.Clone(b.past), base: b.current.corpus.Digest, used: l.tick, ready: !l.apart(server)}
	if p, ok := l.aside[server]; ok {
		s.back = &p
		delete(l.aside, server)
	}
	l.scopes[server] = s
	return s, evicted
}

// evict takes scopes away until there are at most so many, those that were used
// longest ago first. What was put back in one is set aside for its next; a scope
// that is being changed, or waited for, stays. It needs mu; whoever called it
// then releases what it evicts.
func (l *Library) evict(most int) (evicted []*generation) {
	for len(l.scopes) > most {
		var oldest *scope
		for _, s := range l.scopes {
			if s.running == nil && s.waiting == 0 && (oldest == nil || s.used < oldest.used) {
				oldest = s
			}
		}
		if oldest == nil {
			break
		}
		if oldest.status.RolledBack && oldest.ready {
			oldest.back = &past{oldest.current.corpus, oldest.status}
		}
		if oldest.back != nil {
			l.aside[oldest.server] = *oldest.back
		}
		delete(l.scopes, oldest.server)
		evicted = append(evicted, oldest.current)
	}
	return evicted
}

// acquire takes what a server is served into use, to be released after. A
// server's own corpus that isn't open is opened first.
func (l *Library) acquire(ctx context.Context, server string) (*generation, error) {
	for {
		g, s, opens, err := l.take(server)
		if g != nil || err != nil {
			return g, err
		}
		err = opens.wait(ctx)
		l.mu.Lock()
		s.waiting--
		l.mu.Unlock()
		if err != nil {
			return nil, fmt.Errorf("open the articles of server %s: %w", server, err)
		}
	}
}

// take takes what a server is served into use. Where its own corpus isn't open it
// returns the scope, counted as waited for, and the job that opens it.
func (l *Library) take(server string) (g *generation, s *scope, opens *job, err error) {
	var evicted []*generation
	defer func() {
		for _, e := range evicted {
			l.release(e)
		}
	}()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, nil, ErrClosed
	}
	s = l.peek(server)
	if s == l.base && l.apart(server) {
		s, evicted = l.make(server)
	}
	if !s.ready {
		if s.running == nil {
			l.begin(s, false, func(ctx context.Context) (Report, error) { return l.openOwn(ctx, s) })
		}
		s.waiting++
		return nil, s, s.running, nil
	}
	l.tick++
	s.used = l.tick
	s.current.users++
	evicted = append(evicted, l.evict(l.options.Servers)...) // what there was no room for before
	return s.current, nil, nil, nil
}

func (j *job) wait(ctx context.Context) error {
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin starts a job; it needs mu, and that none runs.
func (l *Library) begin(s *scope, reload bool, work func(context.Context) (Report, error)) *job {
	j := &job{done: make(chan struct{}), reload: reload}
	s.running = j
	l.jobs.Add(1)
	go l.run(s, j, work)
	return j
}

// do changes the scope of a server, or the base: one change at a time, the next
// after the last. With share, a change of that kind that is under way is waited
// for and its result taken. work is given the scope, which stays the server's
// while it is changed.
func (l *Library) do(ctx context.Context, server string, share bool, work func(context.Context, *scope) (Report, error)) (report Report, shared bool, err error) {
	for {
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			return Report{}, false, ErrClosed
		}
		s, evicted := l.base, []*generation(nil)
		if server != "" {
			s, evicted = l.make(server)
		}
		j := s.running
		mine := j == nil
		if mine {
			j = l.begin(s, share, func(ctx context.Context) (Report, error) { return work(ctx, s) })
		}
		l.mu.Unlock()
		for _, e := range evicted {
			l.release(e)
		}
		shared = !mine && share && j.reload
		select {
		case <-j.done:
		case <-ctx.Done():
			return Report{}, shared, fmt.Errorf("wait for a change of the articles: %w", ctx.Err())
		}
		if mine || shared {
			return j.report, shared, j.err
		}
	}
}

// run does a job to its end and gives the result to all who wait.
func (l *Library) run(s *scope, j *job, work func(context.Context) (Report, error)) {
	defer l.jobs.Done()
	j.report, j.err = l.guarded(s, work)
	l.mu.Lock()
	s.running = nil
	if j.err == nil {
		l.follow()
		if s == l.base && j.reload {
			l.reloaded()
		}
	}
	l.mu.Unlock()
	close(j.done)
}

// follow has the servers' own corpora built anew that stand on a base which is
// no longer served; it needs mu. They go on answering meanwhile.
func (l *Library) follow() {
	if l.closed {
		return
	}
	for _, s := range l.scopes {
		if s.ready && s.running == nil && !s.status.RolledBack && s.base != l.base.current.corpus.Digest {
			by := actor{l.base.status.LoadedBy, l.base.status.LoadedIn}
			l.begin(s, false, func(ctx context.Context) (Report, error) {
				report, err := l.rebuild(ctx, s, by)
				if err != nil && ctx.Err() == nil { // nobody waits for it
					l.options.Logger.Error("a server's own articles don't follow the operator's; the old ones go on answering", "server", s.server, "error", err)
				}
				return report, err
			})
		}
	}
}

// guarded does the work of a job and turns a panic on the way into an error:
// it would end the program, while what answers is not touched by it.
func (l *Library) guarded(s *scope, work func(context.Context) (Report, error)) (report Report, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.options.Logger.Error("a change of the articles panicked", "value", v, "stack", string(debug.Stack()))
			report, err = Report{}, fmt.Errorf("the corpus could not be built: %v", v)
		}
		if err == nil {
			return
		}
		if l.life.Err() != nil {
			err = ErrClosed
		}
		l.mu.Lock()
		report.Before, report.After = s.status, s.status
		l.mu.Unlock()
	}()
	return work(l.life)
}

// openOwn makes the corpus of a server whose own wasn't open.
func (l *Library) openOwn(ctx context.Context, s *scope) (Report, error) {
	l.mu.Lock()
	back := s.back
	l.mu.Unlock()
	if back != nil {
		return l.putBack(ctx, s, back.corpus, back.status)
	}
	report, err := l.rebuild(ctx, s, actor{name: ByStart})
	if err == nil {
		l.mu.Lock()
		l.openedOwn(s.server)
		l.mu.Unlock()
	}
	return report, err
}

// rebuild makes a server's corpus of the base and of what the server added.
func (l *Library) rebuild(ctx context.Context, s *scope, by actor) (Report, error) {
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	return l.compose(ctx, s, files, by, 0, nil)
}

func (o Options) files(server string) ([]store.Article, error) {
	if o.Shelf == nil {
		return nil, nil
	}
	return o.Shelf.Articles(server)
}

// maxOwnSentences bounds what a server's own articles cost beside their size: as
// much as sixteen megabytes of ordinary text have.
const maxOwnSentences = 100_000

// add adds an article to a server.
func (l *Library) add(ctx context.Context, s *scope, a store.Article) (Report, error) {
	if _, problems := parseOwn(a); len(problems) > 0 {
		return Report{}, problems
	}
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	// a.md and a.txt would have one ID; the newer takes the place of the older.
	stem := stemOf(a.Name)
	var clash string
	files = slices.DeleteFunc(files, func(f store.Article) bool {
		if stemOf(f.Name) != stem {
			return false
		}
		if f.Name != a.Name {
			clash = f.Name
		}
		return true
	})
	if clash != "" {
		return Report{}, article.Problems{{File: a.Name, Reason: fmt.Sprintf("there is an article of that name already, %s; please remove it first, or name this one otherwise", clash)}}
	}
	return l.compose(ctx, s, append(files, a), actor{a.By, s.server}, maxOwnSentences, func() error { return l.options.Shelf.PutArticle(s.server, a) })
}

func stemOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// remove removes an article that a server added.
func (l *Library) remove(ctx context.Context, s *scope, name, by string) (Report, error) {
	files, err := l.options.files(s.server)
	if err != nil {
		return Report{}, err
	}
	left := slices.DeleteFunc(slices.Clone(files), func(f store.Article) bool { return f.Name == name })
	if len(left) == len(files) {
		return Report{}, store.ErrNotFound
	}
	return l.compose(ctx, s, left, actor{by, s.server}, 0, func() error { return l.options.Shelf.RemoveArticle(s.server, name, by) })
}

// compose builds a server's corpus, commits what changed when all went well,
// and serves it. Between the two the program may end: what was committed is
// then loaded at the next start, and nobody was told yet. Of more sentences of
// the server's own than most it makes nothing; 0 is no limit.
func (l *Library) compose(ctx context.Context, s *scope, files []store.Article, by actor, most int, commit func() error) (Report, error) {
	start := l.options.Clock()
	l.mu.Lock()
	base := l.base.current.corpus
	known := map[string]*article.Article{}
	for _, a := range s.current.corpus.Articles {
		known[a.ID] = a
	}
	l.mu.Unlock()
	articles := slices.Clone(base.Articles)
	own, sentences := 0, 0
	for _, f := range files {
		a, problems := parseOwn(f)
		if len(problems) > 0 {
			// It could be read when it was added: the rules have changed since.
			l.options.Logger.Error("an added article can't be read any more", "server", s.server, "problems", problems)
			continue
		}
		if old := known[a.ID]; old != nil && old.Digest() == a.Digest() {
			a = old // one copy is enough
		}
		articles = append(articles, a)
		own++
		sentences += len(a.Sentences)
	}
	if most > 0 && sentences > most {
		return Report{}, article.Problems{{File: files[len(files)-1].Name, Reason: fmt.Sprintf("with it, the server's own articles would have %d sentences; at most %d are served", sentences, most)}}
	}
	c := article.NewCorpus(articles)
	g, err := l.generationOf(ctx, s.server, c)
	if err != nil {
		return Report{}, err
	}
	if commit != nil {
		if err := commit(); err != nil {
			l.release(g)
			return Report{}, err
		}
	}
	now := l.options.Clock()
	st := describe(c)
	st.Own, st.LoadedAt, st.LoadedBy, st.LoadedIn = own, now, by.name, by.server
	report, err := l.swap(s, g, st, base.Digest)
	report.Took = now.Sub(start)
	return report, err
}

// parseOwn parses an article that a server added.
func parseOwn(f store.Article) (*article.Article, article.Problems) {
	if int64(len(f.Data)) > corpus.DefaultFileBytes {
		return nil, article.Problems{{File: f.Name, Reason: fmt.Sprintf("the file has %d bytes; an article has at most %d", len(f.Data), corpus.DefaultFileBytes)}}
	}
	a, problems := corpus.Parse(f.Name, f.Data)
	if len(problems) > 0 {
		return nil, problems
	}
	a.ID = ownPrefix + a.ID
	return a, nil
}

// rollback puts one of the scope's past corpora back.
func (l *Library) rollback(ctx context.Context, s *scope, r article.Revision, by actor) (Report, error) {
	start := l.options.Clock()
	l.mu.Lock()
	i := slices.IndexFunc(s.past, func(p past) bool { return p.corpus.Revision == r })
	var p past
	if i >= 0 {
		p = s.past[i]
	}
	l.mu.Unlock()
	if i < 0 {
		return Report{}, ErrRevision
	}
	st := p.status
	st.LoadedAt, st.LoadedBy, st.LoadedIn, st.RolledBack = start, by.name, by.server, true
	report, err := l.putBack(ctx, s, p.corpus, st)
	report.Took = l.options.Clock().Sub(start)
	return report, err
}

// putBack serves a corpus that answered before.
func (l *Library) putBack(ctx context.Context, s *scope, c *article.Corpus, st Status) (Report, error) {
	g, err := l.generationOf(ctx, s.server, c)
	if err != nil {
		return Report{}, err
	}
	l.mu.Lock()
	base := s.base
	l.mu.Unlock()
	return l.swap(s, g, st, base)
}

// remember adds what answered before to what is remembered, and drops what
// answers now.
func remember(list []past, before past, now article.Revision) []past {
	out := slices.DeleteFunc(slices.Clone(list), func(p past) bool {
		return p.corpus.Revision == before.corpus.Revision || p.corpus.Revision == now
	})
	if before.corpus.Revision != now {
		out = append(out, before)
	}
	return out[max(0, len(out)-maxPast):]
}
