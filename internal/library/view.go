package library

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime/metrics"
	"slices"
	"strings"
	"unicode"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/store"
)

// View is the library as one server sees it: the operator's articles and those
// that the server added, and never those of another. Without a server, or in
// one that added nothing, these are the operator's alone.
type View struct {
	l      *Library
	server string
}

// Ask answers a question from the current revision; see answer.Answerer.
func (v View) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	g, err := v.l.acquire(ctx, v.server)
	if err != nil {
		return answer.Answer{}, err
	}
	defer v.l.release(g)
	return g.engine.Ask(ctx, q)
}

// Suggestions are at most n questions that the current revision answers, the
// best first; none once the library is closed.
func (v View) Suggestions(ctx context.Context, n int) []string {
	g, err := v.l.acquire(ctx, v.server)
	if err != nil {
		return nil
	}
	defer v.l.release(g)
	return g.engine.Suggestions(ctx, n)
}

// Corpus is the corpus that answers now, or that answered last once the
// library is closed. It stays valid whatever is loaded after. For a server
// whose own corpus isn't open, it waits until it is; when it can't be, or not
// before ctx ends, these are the operator's articles. So do Status, History, At
// and Checked.
func (v View) Corpus(ctx context.Context) *article.Corpus {
	l := v.l
	g, err := l.acquire(ctx, v.server)
	if err == nil {
		defer l.release(g)
		return g.corpus
	}
	if ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		l.options.Logger.Error("a server's own articles can't be served", "server", v.server, "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.scopes[v.server]; s != nil && s.ready {
		return s.current.corpus
	}
	return l.base.current.corpus
}

// Ready reports whether nothing that is asked of the view has to wait for the
// server's own corpus to be opened. Where it isn't open, that begins.
func (v View) Ready() bool {
	g, s, _, err := v.l.take(v.server)
	if err != nil {
		return false
	}
	if g != nil {
		v.l.release(g)
		return true
	}
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	s.waiting--
	return false
}

// Status describes the corpus that answers now.
func (v View) Status(ctx context.Context) Status {
	v.opened(ctx)
	memory := held()
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	s := v.l.peek(v.server)
	st := s.status
	st.Loading, st.Memory = s.running != nil || v.l.base.running != nil, memory
	if base := v.l.base.running; base != nil {
		st.Reloading, st.Progress = base.reload, v.l.progress.get()
	}
	return st
}

// opened waits until a server's own corpus is open, if it has one, so that what
// is told of it isn't told of the operator's articles alone. Corpus says why
// when it can't be.
func (v View) opened(ctx context.Context) {
	if v.server != "" {
		v.Corpus(ctx)
	}
}

// held is the memory that the program has from the system.
func held() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// History lists what answered lately: first what answers now, then, the newest
// first, what can be rolled back to.
func (v View) History(ctx context.Context) []Status {
	v.opened(ctx)
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	s := v.l.peek(v.server)
	out := []Status{s.status}
	for _, p := range slices.Backward(s.past) {
		out = append(out, p.status)
	}
	return out
}

// At is the corpus of a revision of the History, nil when it isn't there.
func (v View) At(ctx context.Context, r article.Revision) *article.Corpus {
	v.opened(ctx)
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	s := v.l.peek(v.server)
	if s.current.corpus.Revision == r {
		return s.current.corpus
	}
	for _, p := range s.past {
		if p.corpus.Revision == r {
			return p.corpus
		}
	}
	return nil
}

// Reload reads the operator's articles again, for by, and when they are in
// order serves them in place of the current ones, to everyone; a server that
// was rolled back is up to date after its own reload. Questions go on all the
// while. One that comes while another is under way gets that one's result,
// marked as Shared. The end of ctx ends the waiting and not the reload, for
// which others may wait. Then it is written into the server's log and the
// server's golden questions are asked; those of other servers are in the
// background, see Drifts.
//
// On an error, which may be article.Problems, the current corpus goes on
// answering and the report says so in Before and After.
func (v View) Reload(ctx context.Context, by string) (Report, error) {
	l, start := v.l, v.l.options.Clock
	defer l.asking(v.server)()
	before, err := l.acquire(ctx, v.server)
	if err != nil {
		return Report{}, err
	}
	was := before.corpus
	l.release(before)
	old, begun := v.bare(), start()
	report, shared, err := l.do(ctx, "", true, func(ctx context.Context, _ *scope) (Report, error) { return l.load(ctx, actor{by, v.server}) })
	reread := err == nil
	if reread {
		if l.hasOwn(v.server) {
			_, _, err = l.do(ctx, v.server, false, func(ctx context.Context, s *scope) (Report, error) { return l.rebuild(ctx, s, actor{by, v.server}) })
			report = Report{}
			if now, gone := l.acquire(ctx, v.server); gone == nil {
				report.Added, report.Changed, report.Removed = differences(was, now.corpus)
				l.release(now)
			}
			report.Before, report.After, report.Took = old, v.bare(), start().Sub(begun)
		}
	}
	report.Shared, report.Reread = shared, reread
	if err != nil {
		if ctx.Err() == nil {
			report.Before, report.After = v.bare(), v.bare()
		}
		return report, fmt.Errorf("reload: %w", err)
	}
	v.record(store.Entry{By: by, Action: store.Reloaded, Detail: string(report.After.Revision)})
	return v.check(ctx, report, by), nil
}

// bare is the status without what changes from one moment to the next.
func (v View) bare() Status {
	v.l.mu.Lock()
	defer v.l.mu.Unlock()
	return v.l.peek(v.server).status
}

// Rollback serves the server, in place of what answers, one of the revisions
// of its History, until the next reload or change, or a restart, and writes that
// into the server's log. The error may be ErrRevision.
func (v View) Rollback(ctx context.Context, r article.Revision, by string) (Report, error) {
	report, _, err := v.l.do(ctx, v.server, false, func(ctx context.Context, s *scope) (Report, error) {
		return v.l.rollback(ctx, s, r, actor{by, v.server})
	})
	if err != nil {
		return report, fmt.Errorf("roll back to %q: %w", r, err)
	}
	v.record(store.Entry{By: by, Action: store.RolledBack, Detail: string(r)})
	return v.check(ctx, report, by), nil
}

// MaxFileBytes is the size of the largest file that is added.
const MaxFileBytes = corpus.DefaultFileBytes

// Preview parses a file as Add would. The error may be article.Problems.
func (v View) Preview(a store.Article) (*article.Article, error) {
	found, problems := parseOwn(a)
	if len(problems) > 0 {
		return nil, problems
	}
	return found, nil
}

// Add keeps an article for the server, in place of one of that file name, and
// serves it. What is built is built first; once Add has returned without an
// error, the article survives whatever happens. The error may be
// article.Problems or store.ErrFull.
func (v View) Add(ctx context.Context, a store.Article) (Report, error) {
	if v.server == "" || v.l.options.Shelf == nil {
		return Report{}, errors.New("add an article: there is no server to add it to")
	}
	report, _, err := v.l.do(ctx, v.server, false, func(ctx context.Context, s *scope) (Report, error) { return v.l.add(ctx, s, a) })
	if err != nil {
		return report, fmt.Errorf("add article %q: %w", a.Name, err)
	}
	return v.check(ctx, report, a.By), nil
}

// Remove forgets an article that the server added, by its file name. The error
// may be store.ErrNotFound.
func (v View) Remove(ctx context.Context, name, by string) (Report, error) {
	if v.server == "" || v.l.options.Shelf == nil {
		return Report{}, fmt.Errorf("remove article %q: %w", name, store.ErrNotFound)
	}
	report, _, err := v.l.do(ctx, v.server, false, func(ctx context.Context, s *scope) (Report, error) { return v.l.remove(ctx, s, name, by) })
	if err != nil {
		return report, fmt.Errorf("remove article %q: %w", name, err)
	}
	return v.check(ctx, report, by), nil
}

// ownPrefix begins the ID of an article that a server added. No article of the
// operator's has a colon in its ID, so the two never clash.
const ownPrefix = "added:"

// IsOwn reports whether an ID is that of an article that a server added.
func IsOwn(id string) bool { return strings.HasPrefix(id, ownPrefix) }

// Label is an ID as readers are shown it: that of an added article is its
// file's name, without the extension.
func Label(id string) string { return strings.TrimPrefix(id, ownPrefix) }

// OwnID is the ID of an article that a server added, by its file name.
func OwnID(name string) string { return ownPrefix + stemOf(name) }

// FileName makes a name that an article may be added under of whatever a
// member's file is called, without folders and with nothing in it but letters,
// digits and hyphens before its extension.
func FileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case ".htm":
		ext = ".html"
	case ".markdown":
		ext = ".md"
	}
	words := strings.FieldsFunc(strings.ToLower(strings.TrimSuffix(name, path.Ext(name))), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	stem := strings.Join(words, "-")
	for len(stem) > maxStem {
		r := []rune(stem)
		stem = string(r[:len(r)-1])
	}
	if stem == "" {
		stem = "article"
	}
	if len(ext) > 10 || ext == "." {
		ext = ""
	}
	return stem + ext
}

// TitleName is FileName for an article that has a title and no file. What would
// part folders in a path parts words in a title.
func TitleName(title, ext string) string {
	return FileName(strings.NewReplacer("/", " ", `\`, " ").Replace(title) + ext)
}

// maxStem keeps an ID within what Discord takes as a choice.
const maxStem = 60
