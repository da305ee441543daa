package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// answerJSON is one line of `bot ask --json`. The names of the fields and their
// order are what other programs rely on.
type answerJSON struct {
	Question   string        `json:"question"`
	Answered   bool          `json:"answered"`
	Confidence float64       `json:"confidence"`
	Band       answer.Band   `json:"band"`
	Reason     string        `json:"reason"`
	Answer     string        `json:"answer"`
	Passages   []passageJSON `json:"passages"`
	Nearest    []passageJSON `json:"nearest"`
	Revision   string        `json:"revision"`
	TookUS     int64         `json:"took_us"`
}

// passageJSON is a quoted passage: text is the article's bytes from start to
// end.
type passageJSON struct {
	Text      string  `json:"text"`
	Article   string  `json:"article"`
	Title     string  `json:"title"`
	Paragraph int     `json:"paragraph"`
	Sentence  int     `json:"sentence"`
	Start     int     `json:"start"`
	End       int     `json:"end"`
	URL       string  `json:"url"`
	Score     float64 `json:"score"`
}

// newAnswerJSON puts an answer into its line. question is as it was read, for
// the reader of the line to match.
func newAnswerJSON(question string, a answer.Answer) answerJSON {
	out := answerJSON{
		Question:   question,
		Answered:   a.Answered,
		Confidence: a.Confidence,
		Band:       a.Band,
		Reason:     outcomeOf(a),
		Passages:   newPassagesJSON(a.Passages),
		Nearest:    newPassagesJSON(a.Nearest),
		Revision:   string(a.Revision),
		TookUS:     a.Took.Microseconds(),
	}
	if a.Answered && len(a.Passages) > 0 && !a.Span.Empty() {
		out.Answer = a.Passages[0].Passage.Article.Text[a.Span.Start:a.Span.End]
	}
	return out
}

// The words for what came of a question, as in the metrics, besides those of
// package answer.
const (
	outcomeAnswered = "answered"
	outcomeFailed   = "failed"
)

// outcomeOf is what came of a question, in the words of the metrics.
func outcomeOf(a answer.Answer) string {
	if a.Answered {
		return outcomeAnswered
	}
	return string(a.Reason)
}

func newPassagesJSON(results []answer.Result) []passageJSON {
	out := make([]passageJSON, 0, len(results))
	for _, r := range results {
		c := r.Passage.Citation()
		out = append(out, passageJSON{
			Text:      r.Passage.Text(),
			Article:   c.Article,
			Title:     c.Title,
			Paragraph: c.Paragraph,
			Sentence:  c.Sentence,
			Start:     r.Passage.Start(),
			End:       r.Passage.End(),
			URL:       c.URL,
			Score:     r.Score,
		})
	}
	return out
}

// summaryJSON is one line of `bot summary --json`, an article each.
type summaryJSON struct {
	Article     string         `json:"article"`
	Revision    string         `json:"revision"`
	Sentences   []sentenceJSON `json:"sentences"`
	Title       string         `json:"title"`
	URL         string         `json:"url"`
	TooShort    bool           `json:"too_short"`
	Unmatched   bool           `json:"unmatched"`
	ReadSeconds int            `json:"read_seconds"`
	SaveSeconds int            `json:"saved_seconds"`
}

type sentenceJSON struct {
	Text      string `json:"text"`
	Paragraph int    `json:"paragraph"`
	Sentence  int    `json:"sentence"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
}

func newSummaryJSON(s summary.Summary) summaryJSON {
	out := summaryJSON{
		Article:     s.Article.ID,
		Revision:    string(s.Revision),
		Sentences:   make([]sentenceJSON, 0, len(s.Sentences)),
		Title:       s.Article.Title,
		URL:         s.Article.URL,
		TooShort:    s.TooShort,
		Unmatched:   s.Unmatched,
		ReadSeconds: s.ReadTime,
		SaveSeconds: s.SaveTime,
	}
	for _, p := range s.Sentences {
		out.Sentences = append(out.Sentences, newSentenceJSON(p))
	}
	return out
}

func newSentenceJSON(p article.Passage) sentenceJSON {
	c := p.Citation()
	return sentenceJSON{Text: p.Text(), Paragraph: c.Paragraph, Sentence: c.Sentence, Start: p.Start(), End: p.End()}
}

// writeLine writes v as one line of JSON in a single write, so that a reader
// at the other end of a pipe has it at once and whole.
func writeLine(out io.Writer, v any) error {
	// <, > and & stay as they are: this quotes articles and goes into no page.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	if _, err := out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
