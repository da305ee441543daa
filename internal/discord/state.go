package discord

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// action is what a button does.
type action uint8

// The actions. Their numbers stand in messages that may be years old: they are
// never given another meaning.
const (
	actContext   action = 1 // show a passage in its place
	actPage      action = 2 // turn a page of that
	actMore      action = 3 // show the passages that were left out
	actShare     action = 4 // make a private answer public
	actHelpful   action = 5
	actUnhelpful action = 6
)

// state is what a button remembers: all that is needed to do what it says, also
// after a restart. It refers to articles and sentences by their place in the
// corpus of a revision, so that it is void under another.
type state struct {
	Action   action
	Revision article.Revision
	Owner    string // who alone may press it; "" for everyone
	Band     answer.Band
	Span     article.Span // in the first passage, counted from its start
	Page     int
	Passages []stretch
}

// stretch is a passage: which article of the corpus, which of its sentences.
type stretch struct{ Article, First, Last int }

// stateVersion is what a custom_id begins with. Whatever its bytes mean next
// gets another.
const stateVersion = "v1."

// maxStretches bounds the passages in a state, as an answer does.
const maxStretches = 8

var errState = errors.New("the button's state can't be read")

// bands are the bands by their number in a state.
func bands() []answer.Band {
	return []answer.Band{answer.None, answer.Low, answer.Medium, answer.High}
}

// encode writes a state as a custom_id. It is an error when that is too long.
func (st state) encode() (string, error) {
	revision, err := hex.DecodeString(string(st.Revision))
	if err != nil || len(revision) != 6 {
		return "", fmt.Errorf("encode a button: the revision is %q", st.Revision)
	}
	owner := uint64(0)
	if st.Owner != "" {
		if owner, err = strconv.ParseUint(st.Owner, 10, 64); err != nil {
			return "", fmt.Errorf("encode a button: the owner is %q", st.Owner)
		}
	}
	band := 0
	for i, b := range bands() {
		if b == st.Band {
			band = i
		}
	}
	raw := append([]byte{byte(st.Action), byte(band)}, revision...)
	for _, n := range []uint64{owner, uint64(st.Span.Start), uint64(st.Span.End), uint64(st.Page), uint64(len(st.Passages))} {
		raw = binary.AppendUvarint(raw, n)
	}
	for _, p := range st.Passages {
		for _, n := range []int{p.Article, p.First, p.Last - p.First} {
			raw = binary.AppendUvarint(raw, uint64(n))
		}
	}
	id := stateVersion + base64.RawURLEncoding.EncodeToString(raw)
	if len(id) > maxState {
		return "", fmt.Errorf("encode a button: %d characters are too many", len(id))
	}
	return id, nil
}

// decodeState reads a custom_id. What it returns is well formed, but nothing
// says that it was ever given out: whether it may be done is for the handler to
// check.
func decodeState(id string) (state, error) {
	if len(id) > maxState || len(id) < len(stateVersion) || id[:len(stateVersion)] != stateVersion {
		return state{}, errState
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id[len(stateVersion):])
	if err != nil || len(raw) < 8 {
		return state{}, errState
	}
	st := state{Action: action(raw[0]), Revision: article.Revision(hex.EncodeToString(raw[2:8]))}
	if int(raw[1]) >= len(bands()) {
		return state{}, errState
	}
	st.Band = bands()[raw[1]]
	rest := raw[8:]
	var bad bool
	next := func() uint64 {
		n, size := binary.Uvarint(rest)
		if size <= 0 || len(rest) < size {
			bad = true
			return 0
		}
		rest = rest[size:]
		return n
	}
	number := func() int {
		n := next()
		if n > 1<<31-1 {
			bad = true
			return 0
		}
		return int(n)
	}
	if owner := next(); owner != 0 {
		st.Owner = strconv.FormatUint(owner, 10)
	}
	st.Span = article.Span{Start: number(), End: number()}
	st.Page = number()
	count := number()
	if bad || count > maxStretches {
		return state{}, errState
	}
	for range count {
		p := stretch{Article: number(), First: number()}
		p.Last = p.First + number()
		st.Passages = append(st.Passages, p)
	}
	if bad || len(rest) > 0 {
		return state{}, errState
	}
	return st, nil
}

// button makes a button of a state; ok is false when the state doesn't fit, and
// the button is better left out.
func button(label string, st state) (Button, bool) {
	id, err := st.encode()
	return Button{Label: label, State: id}, err == nil
}

// stretchOf finds a passage in the corpus.
func stretchOf(c *article.Corpus, p article.Passage) (stretch, bool) {
	for i, a := range c.Articles {
		if a == p.Article {
			return stretch{i, p.First, p.Last}, true
		}
	}
	return stretch{}, false
}

// passage is the stretch as a passage of the corpus; ok is false when there is
// no such.
func (x stretch) passage(c *article.Corpus) (article.Passage, bool) {
	if x.Article < 0 || x.Article >= len(c.Articles) {
		return article.Passage{}, false
	}
	p := article.Passage{Article: c.Articles[x.Article], First: x.First, Last: x.Last}
	if sound(p) != nil || p.Article.Sentences[p.First].Paragraph != p.Article.Sentences[p.Last].Paragraph {
		return article.Passage{}, false
	}
	return p, true
}
