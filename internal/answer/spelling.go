package answer

import (
	"math/bits"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"verbatim/internal/lang"
)

// leastMisspelled is the least length in letters of a word that is taken for a
// misspelled one: shorter ones are near too many others.
// mostMisspelled is the greatest, as the cost grows with the square.
const (
	leastMisspelled = 4
	mostMisspelled  = 30
)

// A word of the general vocabulary is taken as it is, unless it is long, rare
// and one edit from a word of the corpus that is much more frequent:
// "minster", where the article has "minister".
const (
	leastRareMisspelled = 6
	rareRow             = 6000
	muchMoreFrequent    = 4
)

// meant returns the corpus's word that a word which the corpus does not
// hold is meant to be, -1 when there is none: up to one edit away, two from
// six letters on, beginning with the same letter; the nearest, then the most
// frequent, then the first in alphabetical order.
func (a *analysis) meant(t lang.Token) int32 {
	n := utf8.RuneCountInString(t.Norm)
	if t.Number || t.Stop || n < leastMisspelled || n > mostMisspelled || t.Row >= 0 && (t.Row < rareRow || n < leastRareMisspelled) {
		return -1
	}
	limit := 1
	if n >= 6 && t.Row < 0 {
		limit = 2
	}
	best := int32(-1)
	nearest := limit + 1
	typed := lettersOf(t.Norm)
	for length := max(len(t.Norm)-limit, leastMisspelled-1); length <= len(t.Norm)+limit; length++ {
		for _, s := range a.spelt[spelling{t.Norm[0], length}] {
			w := &a.words[s.word]
			if typed.edits(s.letters) > min(limit, nearest) || t.Row >= 0 && (w.row < 0 || int(w.row)*muchMoreFrequent > t.Row) {
				continue
			}
			d := levenshtein.ComputeDistance(t.Norm, w.norm)
			if d > nearest || d > limit {
				continue
			}
			if best >= 0 && d == nearest {
				b := &a.words[best]
				if a.df[w.stem] < a.df[b.stem] || a.df[w.stem] == a.df[b.stem] && w.norm >= b.norm {
					continue
				}
			}
			best, nearest = s.word, d
		}
	}
	return best
}

// spelling is what a word and those that it may be a misspelling of have in
// common, up to their lengths.
type spelling struct {
	first  byte
	length int // in bytes
}

// spelt holds the words that a misspelled one may be meant to be.
type spelt map[spelling][]lettered

type lettered struct {
	word    int32
	letters letters
}

func (s spelt) add(id int32, w *word) {
	if !w.stop && len(w.norm) >= leastMisspelled-1 {
		k := spelling{w.norm[0], len(w.norm)}
		s[k] = append(s[k], lettered{id, lettersOf(w.norm)})
	}
}

// letters is the set of a word's letters, each by a bit that it may share.
type letters uint64

func lettersOf(word string) (l letters) {
	for _, r := range word {
		l |= 1 << (r & 63)
	}
	return l
}

// edits is how many edits two words of these letters are apart at least: one
// edit takes away one letter, brings one, or does both.
func (l letters) edits(m letters) int { return (bits.OnesCount64(uint64(l^m)) + 1) / 2 }

// structural returns the word of structure ("which", "the") that an unknown
// word is meant to be, "" when there is none: one edit away, or two letters
// swapped.
func structural(t lang.Token) string {
	if t.Row >= 0 && t.Row < rareRow || t.Number || t.Upper || len(t.Norm) < 3 {
		return ""
	}
	for _, w := range structuralWords() {
		if len(w) >= 3 && (levenshtein.ComputeDistance(t.Norm, w) == 1 && len(t.Norm) > 3 || swapped(t.Norm, w)) {
			return w
		}
	}
	return ""
}

// swapped reports whether two words differ by two neighbouring letters that
// changed places.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
