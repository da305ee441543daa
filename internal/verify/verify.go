// Package verify finds out whether a quotation stands in an article: as it is,
// but for its punctuation, with differences, stitched together from several
// places, or not at all.
package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"verbatim/internal/article"
)

// MaxQuote is the length of the longest quotation that anyone may have checked, in
// characters. To keep to it is the caller's, who can say how long it is.
const MaxQuote = 2000

// Verdict is what was found.
type Verdict string

// The verdicts.
const (
	Exact    Verdict = "exact"     // byte for byte
	Same     Verdict = "same"      // word for word; case, spaces or punctuation differ
	Differs  Verdict = "differs"   // one place says nearly this; Edits shows how
	Stitched Verdict = "stitched"  // its parts stand in the articles, but not together, or not in this order
	Absent   Verdict = "absent"    // no place says this
	TooShort Verdict = "too short" // too few words to say anything
)

// Place is where something stands: Article.Text[Start:End], in one paragraph.
type Place struct {
	Article    *article.Article
	Start, End int
}

// Text is what stands there, byte for byte.
func (p Place) Text() string { return p.Article.Text[p.Start:p.End] }

// Passage is the passage of whole sentences that the place stands in, and the
// part of it that the place is. A place outside all sentences, such as a heading,
// has none, and ok is false.
func (p Place) Passage() (passage article.Passage, part article.Span, ok bool) {
	first, last := -1, -1
	for i, s := range p.Article.Sentences {
		if s.End > p.Start && s.Start < p.End {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return article.Passage{}, article.Span{}, false
	}
	passage = article.Passage{Article: p.Article, First: first, Last: last}
	return passage, article.Span{Start: max(p.Start, passage.Start()), End: min(p.End, passage.End())}, true
}

// Edit is a stretch of the comparison of a quotation with the article.
type Edit struct {
	Kind EditKind
	Text string // of the quotation for Common and Added, of the article for Missing
}

// EditKind says on which side an Edit stands.
type EditKind uint8

// The kinds of edit.
const (
	Common  EditKind = iota // both have it
	Added                   // the quotation has it, the article hasn't
	Missing                 // the article has it, the quotation hasn't
)

// Result is the finding about one quotation.
type Result struct {
	Verdict Verdict
	Places  []Place // where it stands, in the quotation's order, one a paragraph that it runs over; the nearest for Absent, if any
	Edits   []Edit  // for Differs
	Marked  bool    // for Stitched: all is of one article, in its order, and the quotation marks where it leaves out
}

// The bounds between the verdicts, in words and in shares of the quotation's
// words. They were set on the cases of the package's tests, which are what
// misquotations look like: a word changed, a clause left out, two sentences run
// together.
const (
	minWords    = 2    // fewer prove nothing, unless exact
	minRun      = 3    // the shortest stretch that counts as found in a place, and the shortest part beside an omission
	nearShare   = 0.6  // of its words in one place: it differs from that place
	coverShare  = 0.85 // of its words in stretches of several places: it is stitched
	nearestOnly = 0.25 // of its words in one place: worth showing, no more
)

// Checker checks quotations against one corpus. It is made once a revision and
// may be used from any number of goroutines.
type Checker struct {
	texts []text
}

// New prepares a corpus, which takes a second for some ten thousands of sentences.
// The error is ctx's, when that ends first.
func New(ctx context.Context, c *article.Corpus) (*Checker, error) {
	k := &Checker{}
	for _, a := range c.Articles {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("prepare revision %s for checking quotations: %w", c.Revision, err)
		}
		k.texts = append(k.texts, newText(a))
	}
	return k, nil
}

// Check judges one quotation. Quotation marks around it are no part of it. The
// error is ctx's, when that ends first: a quotation of nothing but common words
// has much to be compared with.
func (k *Checker) Check(ctx context.Context, quote string) (Result, error) {
	s := &search{Checker: k, end: ctx.Err}
	res := s.check(quote)
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("check a quotation: %w", err)
	}
	return res, nil
}

// search is the judging of one quotation. Its findings mean nothing once its
// context has ended.
type search struct {
	*Checker
	end   func() error // of the context
	steps int
	over  bool
}

// ended reports whether the context has, which it asks once in so many steps.
func (s *search) ended() bool {
	const often = 1 << 10 // steps; a thousand comparisons of a word take some microseconds
	if s.steps++; s.steps%often == 0 && !s.over {
		s.over = s.end() != nil
	}
	return s.over
}

func (k *search) check(quote string) Result {
	quote = strip(quote)
	words := split(quote)
	if len(words) > 0 {
		for _, t := range k.texts {
			if at := t.exact(quote, words); at >= 0 {
				i, _ := slices.BinarySearchFunc(t.words, at, func(w word, at int) int { return w.start - at })
				places := t.places(i, i+len(words))
				// The marks around its words are the quotation's too.
				first, last := &places[0], &places[len(places)-1]
				first.Start = max(at, t.bounds(i).Start)
				last.End = min(at+len(quote), t.bounds(i+len(words)-1).End)
				return Result{Verdict: Exact, Places: places}
			}
		}
	}
	if len(words) < minWords {
		return Result{Verdict: TooShort}
	}
	if res, ok := k.same(quote, words); ok {
		return res
	}
	if parts := elided(quote); len(parts) > 1 {
		short := func(part []word) bool { return len(part) < minRun }
		if !slices.ContainsFunc(parts, short) {
			if places, inOrder := k.each(parts); places != nil {
				return Result{Verdict: Stitched, Places: places, Marked: inOrder}
			}
		} else if !slices.ContainsFunc(parts, func(part []word) bool { return !short(part) }) {
			return Result{Verdict: TooShort}
		}
	}
	return k.compare(quote, words)
}

// same finds the quotation word for word. Where its quotation marks stand
// between other words than the article's, others are made to say it: then it
// differs.
func (k *search) same(quote string, words []word) (Result, bool) {
	differs := Result{}
	for _, t := range k.texts {
		for from := 0; ; {
			at := k.find(t, words, from)
			if at < 0 {
				break
			}
			places := t.places(at, at+len(words))
			stored := t.article.Text[t.words[at].start:t.words[at+len(words)-1].end]
			if sameSpeakers(quote, stored, len(places) > 1) {
				return Result{Verdict: Same, Places: places}, true
			}
			if differs.Verdict == "" {
				differs = Result{Verdict: Differs, Places: places, Edits: editsOf(quote, stored, splitMarked)}
			}
			from = at + 1
		}
	}
	return differs, differs.Verdict != ""
}

// sameSpeakers reports whether a quotation leaves the words of an article to
// whoever says them there. It may leave its quotation marks out, but not where
// one speech ends and another begins, nor across paragraphs, nor set others.
func sameSpeakers(quote, stored string, across bool) bool {
	mine, theirs := marks(quote), marks(stored)
	if slices.Equal(mine, theirs) {
		return true
	}
	return !across && slices.Max(mine) == 0 && slices.Max(theirs) < 2
}

// marks counts the quotation marks before each word but the first.
func marks(text string) []int {
	counts := []int{0}
	for _, w := range splitMarked(text) {
		if w.key == `"` {
			counts[len(counts)-1]++
		} else {
			counts = append(counts, 0)
		}
	}
	return append([]int{0}, counts[1:len(counts)-1]...)
}

// each finds every part word for word, in order in one article, or else
// wherever it stands; nil when one isn't there.
func (k *search) each(parts [][]word) (places []Place, inOrder bool) {
	for _, t := range k.texts {
		places, from := []Place(nil), 0
		for _, part := range parts {
			at := k.find(t, part, from)
			if at < 0 {
				places = nil
				break
			}
			from = at + len(part)
			places = append(places, t.places(at, from)...)
		}
		if places != nil {
			return places, true
		}
	}
	for _, part := range parts {
		found := false
		for _, t := range k.texts {
			if at := k.find(t, part, 0); at >= 0 {
				places, found = append(places, t.places(at, at+len(part))...), true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return places, false
}

// compare judges a quotation that stands nowhere word for word: first by the
// place that has most of it, then by the stretches that make it up.
func (k *search) compare(quote string, words []word) Result {
	place, share := k.nearest(words)
	runs := k.cover(words)
	covered := 0
	for _, r := range runs {
		covered += r.count
	}
	if apart(runs) && float64(covered) >= coverShare*float64(len(words)) && share < coverShare {
		res := Result{Verdict: Stitched}
		for _, r := range runs {
			for _, p := range k.texts[r.text].places(r.at, r.at+r.count) {
				if !slices.Contains(res.Places, p) {
					res.Places = append(res.Places, p)
				}
			}
		}
		return res
	}
	switch {
	case share >= nearShare:
		return Result{Verdict: Differs, Places: []Place{place}, Edits: edits(quote, place.Text())}
	case share >= nearestOnly:
		return Result{Verdict: Absent, Places: []Place{place}}
	}
	return Result{Verdict: Absent}
}

// run is a stretch of the quotation's words that stands in a text.
type run struct {
	from, count int // in the quotation's words
	text, at    int // in the corpus: which text, which of its words
}

// cover finds, from the beginning of the quotation to its end, the longest
// stretches that stand somewhere.
func (k *search) cover(words []word) []run {
	var runs []run
	for i := 0; i < len(words); {
		best := run{from: i}
		for n, t := range k.texts {
			for _, at := range t.where[words[i].key] {
				if k.ended() {
					return runs
				}
				count := 0
				for i+count < len(words) && at+count < len(t.words) && t.words[at+count].key == words[i+count].key {
					count++
				}
				if count > best.count {
					best = run{from: i, count: count, text: n, at: at}
				}
			}
		}
		if best.count < minRun {
			i++
			continue
		}
		runs = append(runs, best)
		i += best.count
	}
	return runs
}

// apart reports whether the stretches come from places that don't belong
// together: another article, an earlier place, or one with a good deal between.
func apart(runs []run) bool {
	const between = 12 // words; a clause that was left out is shorter
	for i := 1; i < len(runs); i++ {
		a, b := runs[i-1], runs[i]
		gap := b.at - (a.at + a.count)
		if a.text != b.text || gap < 0 || gap > between {
			return true
		}
	}
	return false
}

// nearest finds the sentences that share most words with the quotation, in its
// order, and which share of its words that is.
func (k *search) nearest(words []word) (Place, float64) {
	var place Place
	best := 0.0
	for _, c := range k.candidates(words) {
		if k.end() != nil {
			return place, best
		}
		t, i := k.texts[c.text], c.sentence
		// A quotation may run over the end of a sentence.
		for last := i; last < min(i+3, len(t.article.Sentences)); last++ {
			if t.article.Sentences[last].Paragraph != t.article.Sentences[i].Paragraph {
				break
			}
			s := Place{t.article, t.article.Sentences[i].Start, t.article.Sentences[last].End}
			if share := common(words, split(s.Text())); share > best+0.01 {
				place, best = s, share
			}
		}
	}
	return place, best
}

// common is the share of the words of a that b has in the same order, less a
// little for what b has besides.
func common(a, b []word) float64 {
	same, extra := 0, 0
	for _, d := range diff(keys(a), keys(b)) {
		switch n := strings.Count(d.Text, "\n"); d.Type {
		case diffmatchpatch.DiffEqual:
			same += n
		case diffmatchpatch.DiffInsert:
			extra += n
		}
	}
	return float64(same)/float64(len(a)) - 0.002*float64(extra)
}

// diff compares lists of words.
func diff(a, b []string) []diffmatchpatch.Diff {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same question gets the same answer
	x, y, lines := d.DiffLinesToRunes(strings.Join(a, "\n")+"\n", strings.Join(b, "\n")+"\n")
	return d.DiffCharsToLines(d.DiffMainRunes(x, y, false), lines)
}

// edits shows how the quotation differs from the article, in the words of each.
func edits(quote, stored string) []Edit { return editsOf(quote, stored, split) }

func editsOf(quote, stored string, split func(string) []word) []Edit {
	mine, theirs := split(quote), split(stored)
	var out []Edit
	i, j := 0, 0
	add := func(kind EditKind, text string) {
		if k := len(out); k > 0 && out[k-1].Kind == kind {
			out[k-1].Text += " " + text
			return
		}
		out = append(out, Edit{kind, text})
	}
	// What the article has before and after is no difference: a quotation may be
	// part of a sentence. It may not be part of a number.
	var from, to int
	all := diff(keys(mine), keys(theirs))
	if d := all[0]; d.Type == diffmatchpatch.DiffInsert {
		for from = strings.Count(d.Text, "\n"); from > 0 && from < len(theirs) && theirs[from].glued; {
			from--
		}
	}
	to = len(theirs)
	if d := all[len(all)-1]; d.Type == diffmatchpatch.DiffInsert {
		for to -= strings.Count(d.Text, "\n"); to < len(theirs) && theirs[to].glued; {
			to++
		}
	}
	for _, d := range all {
		n := strings.Count(d.Text, "\n")
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			add(Common, joined(quote, mine[i:i+n]))
			i, j = i+n, j+n
		case diffmatchpatch.DiffDelete:
			add(Added, joined(quote, mine[i:i+n]))
			i += n
		case diffmatchpatch.DiffInsert:
			if a, b := max(j, from), min(j+n, to); a < b {
				add(Missing, joined(stored, theirs[a:b]))
			}
			j += n
		}
	}
	return out
}

// joined is the stretch of text from the first of the words to the last.
func joined(text string, words []word) string {
	return text[words[0].start:words[len(words)-1].end]
}
