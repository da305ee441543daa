package discord

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// viewKind is what a view shows.
type viewKind uint8

// The kinds of view. Their numbers stand in messages that may be years old: they
// are never given another meaning.
const (
	viewSummary  viewKind = 1
	viewAbout    viewKind = 2
	viewFacts    viewKind = 3
	viewTimeline viewKind = 4
	viewPeople   viewKind = 5
	viewMentions viewKind = 6
)

// view is one look at the articles: all that is needed to lay it out again when
// a button under it is pressed, also after a restart. It refers to the article
// by its place in the corpus of a revision, so that it is void under another.
type view struct {
	Kind     viewKind
	Revision article.Revision
	Owner    string // whose message a button changes; others get one of their own
	Article  int    // its place in the corpus, from 1; 0 for all
	Here     bool   // not all, but those that the channel asks about
	Length   summary.Length
	Page     int
	Topic    string // the focus of a summary, or the term that is mentioned
}

// viewVersion is what the custom_id of a view begins with. Whatever its bytes
// mean next gets another.
const viewVersion = "g1."

// MaxTopic is the length of the longest focus, and of the longest term to look
// for, in UTF-16 code units: what is left of a custom_id beside the rest of a
// view.
const MaxTopic = 60

// hereBit is set beside the length in a custom_id for view.Here.
const hereBit = 0x80

func lengths() []summary.Length {
	return []summary.Length{summary.Short, summary.Medium, summary.Long}
}

// encode writes a view as a custom_id: its numbers, and its topic as it is. It
// is an error when that is too long.
func (v view) encode() (string, error) {
	revision, err := hex.DecodeString(string(v.Revision))
	if err != nil || len(revision) != 6 {
		return "", fmt.Errorf("encode a view: the revision is %q", v.Revision)
	}
	owner, err := strconv.ParseUint(v.Owner, 10, 64)
	if err != nil {
		return "", fmt.Errorf("encode a view: the owner is %q", v.Owner)
	}
	raw := append([]byte{byte(v.Kind), byte(max(0, slices.Index(lengths(), v.Length)))}, revision...)
	if v.Here {
		raw[1] |= hereBit
	}
	for _, n := range []uint64{owner, uint64(v.Article), uint64(v.Page)} {
		raw = binary.AppendUvarint(raw, n)
	}
	id := viewVersion + base64.RawURLEncoding.EncodeToString(raw) + "." + v.Topic
	if units(id) > maxState {
		return "", fmt.Errorf("encode a view: %d characters are too many", units(id))
	}
	return id, nil
}

// decodeView reads a custom_id. What it returns is well formed, but nothing says
// that it was ever given out.
func decodeView(id string) (view, error) {
	rest, ok := strings.CutPrefix(id, viewVersion)
	numbers, topic, also := strings.Cut(rest, ".")
	if !ok || !also || units(id) > maxState || topic != plain(topic) {
		return view{}, errState
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(numbers)
	if err != nil || len(raw) < 8 || int(raw[1]&^hereBit) >= len(lengths()) {
		return view{}, errState
	}
	v := view{Kind: viewKind(raw[0]), Here: raw[1]&hereBit != 0, Length: lengths()[raw[1]&^hereBit], Revision: article.Revision(hex.EncodeToString(raw[2:8])), Topic: topic}
	raw = raw[8:]
	var values [3]uint64
	for i := range values {
		n, size := binary.Uvarint(raw)
		if size <= 0 || i > 0 && n > 1<<31-1 {
			return view{}, errState
		}
		values[i], raw = n, raw[size:]
	}
	if len(raw) > 0 || v.Kind < viewSummary || v.Kind > viewMentions {
		return view{}, errState
	}
	v.Owner, v.Article, v.Page = strconv.FormatUint(values[0], 10), int(values[1]), int(values[2])
	return v, nil
}
