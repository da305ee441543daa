// Package eval measures answers against questions whose answering sentences
// are known: how well sentences are ranked, how well the confidence tells
// questions that are answered from those that are not, and how often an answer
// is given when it should be.
package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"verbatim/internal/article"
)

// Question is one line of a set: an article given as sentences, a question
// about it, and the indices of the sentences that answer it. No index means
// that the article does not say.
type Question struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Sentences []string `json:"sentences"`
	Question  string   `json:"question"`
	Gold      []int    `json:"gold"`
}

// maxLine bounds one line of a set, in bytes.
const maxLine = 16 << 20

// ReadFile is Read of a file. An error names it.
func ReadFile(path string) ([]Question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open set: %w", err)
	}
	defer f.Close()
	set, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return set, nil
}

// Read reads a set, a JSON object a line. Blank lines are passed over; an
// error names its line.
func Read(r io.Reader) ([]Question, error) {
	var set []Question
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<20), maxLine)
	for n := 1; s.Scan(); n++ {
		if len(strings.TrimSpace(s.Text())) == 0 {
			continue
		}
		var q Question
		if err := json.Unmarshal(s.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(q.Sentences) == 0 {
			return nil, fmt.Errorf("line %d: no sentences", n)
		}
		for _, g := range q.Gold {
			if g < 0 || g >= len(q.Sentences) {
				return nil, fmt.Errorf("line %d: gold sentence %d of %d", n, g, len(q.Sentences))
			}
		}
		set = append(set, q)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return nil, errors.New("no questions")
	}
	return set, nil
}

// Group is the questions of a set that share one article.
type Group struct {
	Article   *article.Article
	Questions []int // indices into the set
}

// maskedNumber is how newswire sets write a figure that was taken out. It is
// read as a figure, so that it is one to the analysis too.
var maskedNumber = strings.NewReplacer("<num>", "0")

// Groups gathers questions by article, in the order of their first questions,
// so that what an article costs is paid once.
func Groups(set []Question) []Group {
	var groups []Group
	at := map[string]int{}
	for i, q := range set {
		key := q.Title + "\x00" + strings.Join(q.Sentences, "\x00")
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key] = g
			sentences := make([]string, len(q.Sentences))
			for j, s := range q.Sentences {
				sentences[j] = maskedNumber.Replace(s)
			}
			groups = append(groups, Group{Article: article.FromSentences(q.ID, q.Title, sentences)})
		}
		groups[g].Questions = append(groups[g].Questions, i)
	}
	return groups
}

// Text is the question as it is asked.
func (q Question) Text() string { return maskedNumber.Replace(q.Question) }
