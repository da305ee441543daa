package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode"

	"verbatim/internal/lang"
)

// engine is one way to find the sentences that answer.
type engine struct {
	name    string
	trimmed bool // asks without the question's stop words
	measure func(context.Context, task) (result, error)
}

// result is what an engine did of a task.
type result struct {
	build time.Duration   // from the sentences to an index that can be asked
	bytes int64           // what the index takes
	found []found         // one a question
	times []time.Duration // of single questions, rounds of each
}

// found is what an engine has for one question.
type found struct {
	ranking    []int // sentences of the task, best first; may lack those that share nothing with the question
	answered   bool  // whether it has an answer; of a search engine, any hit
	confidence float64
}

// opened is an engine in this process with a task's sentences.
type opened struct {
	ask   func(ctx context.Context, question string) error          // what is timed
	find  func(ctx context.Context, question string) (found, error) // what is measured
	bytes func() (int64, error)                                     // nil: what the heap has grown by
	close func() error
}

// timed measures an engine of this process. It asks every question once before
// it times any.
func timed(open func(context.Context, task) (opened, error)) func(context.Context, task) (result, error) {
	return func(ctx context.Context, t task) (r result, err error) {
		before := heap()
		start := time.Now()
		o, err := open(ctx, t)
		if err != nil {
			return result{}, fmt.Errorf("build: %w", err)
		}
		defer func() { err = errors.Join(err, o.close()) }()
		r.build = time.Since(start)
		for _, q := range t.questions {
			f, err := o.find(ctx, q)
			if err != nil {
				return result{}, fmt.Errorf("find %q: %w", q, err)
			}
			r.found = append(r.found, f)
			if err := o.ask(ctx, q); err != nil {
				return result{}, fmt.Errorf("ask %q: %w", q, err)
			}
		}
		for range t.rounds {
			for _, q := range t.questions {
				start := time.Now()
				if err := o.ask(ctx, q); err != nil {
					return result{}, fmt.Errorf("ask %q: %w", q, err)
				}
				r.times = append(r.times, time.Since(start))
			}
		}
		// At the end, when what is done in the background after a build is over.
		if o.bytes == nil {
			r.bytes = heap() - before
		} else if r.bytes, err = o.bytes(); err != nil {
			return result{}, fmt.Errorf("size: %w", err)
		}
		return r, nil
	}
}

// heap is how many bytes are in use on Go's heap, after collecting what is not;
// twice, as what has a finalizer goes the second time.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// words cuts a question at whatever is neither letter, digit nor mark, as
// FTS5's unicode61 does.
func words(question string) []string {
	return strings.FieldsFunc(question, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// content is the words of a question that are no stop words by Verbatim's list;
// all of them when there is no other.
func content(question string) []string {
	all, english := words(question), lang.For("en")
	var kept []string
	for _, w := range all {
		if !english.IsStop(strings.ToLower(w)) {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}
