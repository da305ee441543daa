// Package summary picks the sentences of an article that stand for the whole:
// unchanged, in the article's order, each with its citation.
package summary

import (
	"verbatim/internal/article"
)

// Length says how long a summary is.
type Length string

// The lengths: 2 to 3 sentences, 4 to 6, and up to a quarter of the article.
const (
	Short  Length = "short"
	Medium Length = "medium"
	Long   Length = "long"
)

// Request asks for a summary.
type Request struct {
	Article   string // ID; "" means the only article, or every article when there are several
	Length    Length // "" means Medium
	Sentences int    // exactly so many at most, in place of Length; 0 means by Length
	Focus     string // a topic; "" means the whole
}

// Summary is the outcome for one article.
type Summary struct {
	Article   *article.Article
	Revision  article.Revision
	Sentences []article.Passage // in the article's order, one sentence each
	TooShort  bool              // the article is short enough to read; Sentences then holds all of it
	Unmatched bool              // nothing in the article is about the focus; Sentences then holds the whole's summary
	ReadTime  int               // seconds to read the article
	SaveTime  int               // seconds saved by reading the summary
}
