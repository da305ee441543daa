// Package answer turns a question into passages of the corpus, or into the
// finding that the articles do not say. It declares the searcher it needs and
// knows nothing of the engine behind it.
//
// A question flows through five steps, a file each: candidates, features,
// ranking, decision, span.
package answer

import (
	"time"

	"verbatim/internal/article"
)

// Question is what someone asks.
type Question struct {
	Text     string
	Articles []string // IDs of the articles to look in; none means all
	Passages int      // at most so many passages, 1 to 5; 0 means DefaultPassages
	Previous *Turn    // the turn that this one may follow; nil for none
	Explain  bool     // fill in Result.Parts and Answer.Odds
}

// MaxQuestion is the length of the longest question that anyone may ask, in
// characters: five times what the longest of the evaluation sets needs. The worst
// that one question can cost is bounded by it. To keep to it is the caller's, who
// can say how long it is.
const MaxQuestion = 1000

// FollowUpTime is how long a question waits for one that follows it.
const FollowUpTime = 15 * time.Minute

// DefaultPassages is how many passages an answer holds unless asked otherwise.
const DefaultPassages = 3

// Turn is what a follow-up needs of the turn before it. It is a value: to keep
// it, for FollowUpTime, is the caller's.
type Turn struct {
	Question string            // its Answer.Asked
	Articles []string          // the articles it was asked of
	Passages []article.Passage // what it quoted, best first
	Revision article.Revision  // under which; passages of another than the answerer's are passed over
}

// Answer is the outcome of a question. Every text in it that poses as the
// article's is a Passage or a Span of one.
type Answer struct {
	Question   string
	Answered   bool
	Confidence float64 // 0 to 1: the calibrated chance that the first passage answers; below answerThreshold when not answered
	Band       Band
	Passages   []Result     // best first; empty when not answered
	Span       article.Span // the answer inside Passages[0], in its article's bytes; empty when unsure
	Nearest    []Result     // when not answered, up to three passages that come nearest
	Revision   article.Revision

	Reason      Reason        // why it was declined; Answers when answered
	Searched    int           // sentences that were looked through
	Missing     []string      // the question's content words that occur in no sentence, as typed
	DidYouMean  string        // the question with misspellings mended; empty when there are none
	About       string        // what a follow-up was understood to be about; empty otherwise
	Asked       string        // the question in full: as typed, but for a follow-up as it was understood, to be asked by itself
	Suggestions []string      // up to two questions that the articles do answer, when declined
	Odds        []Part        // when asked to explain, what the log-odds of Confidence are made of: they add up to them
	Took        time.Duration // from question to answer
}

// Result is one passage with its score.
type Result struct {
	Passage article.Passage
	Score   float64 // of the ranking model; comparable within one answer only
	Parts   []Part  // when asked to explain, what the score is made of: they add up to it
}

// Part is what one thing added to a score or to the log-odds of a confidence.
type Part struct {
	Name  string  // of a feature or a rule; levelPart, introductionPart and calibrationPart are neither
	Value float64 // of the feature; 1 for what is added in every case
	Share float64 // what it added
}

// Band is the confidence in words.
type Band string

// The bands; their bounds are in decide.go.
const (
	High   Band = "high"
	Medium Band = "medium"
	Low    Band = "low"
	None   Band = "none" // declined
)

// Reason says why a question was declined.
type Reason string

// The reasons.
const (
	Answers     Reason = ""             // it was answered
	Absent      Reason = "absent"       // its topic does not occur
	NotSaid     Reason = "not said"     // its topic occurs, the thing asked does not
	NotQuestion Reason = "not question" // a greeting, thanks, noise, a command to the bot
	Refused     Reason = "refused"      // it was not read: empty, or too long; an Answerer refuses none
)
