package library

import (
	"log/slog"
	"sync"
)

// Stage is what a reload does.
type Stage string

// The stages of a reload, in order.
const (
	Reading   Stage = "read"    // articles
	Indexing  Stage = "index"   // sentences
	Analysing Stage = "analyse" // sentences
)

// Progress is how far a reload of the operator's articles has come. The zero
// value is that of none.
type Progress struct {
	Stage    Stage
	Done, Of int
}

// progress keeps the Progress and tells the log of it, a line each some hundred
// milliseconds. It is safe for concurrent use.
type progress struct {
	logger *slog.Logger
	mu     sync.Mutex
	now    Progress
	logged int // Done of the last line
}

// step is how much of a stage is done between two lines of the log.
func (s Stage) step() int {
	if s == Reading {
		return progressStep
	}
	return 20_000
}

// tell notes how far a stage has come.
func (p *progress) tell(stage Stage, done, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.Stage != stage || done < p.logged {
		p.logged = 0
	}
	p.now = Progress{stage, done, of}
	if done-p.logged >= stage.step() {
		p.logged = done
		what := map[Stage]string{Reading: "reading articles", Indexing: "indexing sentences", Analysing: "analysing sentences"}[stage]
		p.logger.Info(what, "done", done, "of", of)
	}
}

// end notes that nothing is under way.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.logged = Progress{}, 0
}

func (p *progress) get() Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}
