package library

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"verbatim/internal/article"
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
