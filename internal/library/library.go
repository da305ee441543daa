// Package library owns the corpus that is being served. It loads and validates
// articles, builds the index and the answerer beside those that answer, and
// swaps them in one step; every question is served from one revision, whole.
package library

import (
	"time"

	"verbatim/internal/article"
)

// Status describes the corpus that answers now.
type Status struct {
	Revision   article.Revision
	Articles   int
	Paragraphs int
	Sentences  int
	LoadedAt   time.Time
	LoadedBy   string // who asked for it: "start", or the name given to Reload
	Loading    bool   // a reload is under way
}

// Report says what a reload did.
type Report struct {
	Before, After           Status
	Added, Changed, Removed []string // IDs of articles
	Took                    time.Duration
	Shared                  bool // another's reload was under way and this is its result
}
