package library

import (
	"context"
	"fmt"
	"runtime/debug"
)

// job is a change of a scope under way. It goes on when its caller gives up, as
// others may be waiting for its result, and ends at Close. The result may be read
// once done is closed.
type job struct {
	done   chan struct{}
	stop   context.CancelFunc
	reload bool // of the kind that others join
	report Report
	err    error
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
	ctx, stop := context.WithCancel(context.Background())
	j := &job{done: make(chan struct{}), stop: stop, reload: reload}
	s.running = j
	l.jobs.Add(1)
	go l.run(ctx, s, j, work)
	return j
}

// stop ends the job of a scope, if there is one; it needs mu.
func (s *scope) stop() {
	if s.running != nil {
		s.running.stop()
	}
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
func (l *Library) run(ctx context.Context, s *scope, j *job, work func(context.Context) (Report, error)) {
	defer l.jobs.Done()
	defer j.stop()
	j.report, j.err = l.guarded(ctx, s, work)
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
func (l *Library) guarded(ctx context.Context, s *scope, work func(context.Context) (Report, error)) (report Report, err error) {
	defer func() {
		if v := recover(); v != nil {
			l.options.Logger.Error("a change of the articles panicked", "value", v, "stack", string(debug.Stack()))
			report, err = Report{}, fmt.Errorf("the corpus could not be built: %v", v)
		}
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			err = ErrClosed
		}
		l.mu.Lock()
		report.Before, report.After = s.status, s.status
		l.mu.Unlock()
	}()
	return work(ctx)
}
