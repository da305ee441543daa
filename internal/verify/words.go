package verify

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
)

// word is text[start:end], and key what it is compared by.
type word struct {
	start, end int
	key        string
}

// split finds the words of a text: runs of letters and digits, with the
// apostrophes and full stops between them. Case and marks of another shape make
// no difference to the key.
func split(text string) []word {
	var words []word
	start := -1
	end := func(i int) {
		if start >= 0 {
			words = append(words, word{start, i, key(text[start:i])})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && inside(r) && wordFollows(text[i+utf8.RuneLen(r):]):
		default:
			end(i)
		}
	}
	end(len(text))
	return words
}

// inside reports whether r may stand within a word.
func inside(r rune) bool { return r == '\'' || r == '’' || r == '.' || r == ',' }

func wordFollows(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func key(s string) string { return strings.ToLower(strings.ReplaceAll(s, "’", "'")) }

func keys(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.key
	}
	return out
}

// strip takes white space and the quotation marks around a quotation away.
func strip(quote string) string {
	quote = strings.TrimSpace(quote)
	for {
		inner := strings.TrimSpace(strings.TrimPrefix(quote, "> "))
		for _, pair := range []string{`""`, "“”", "„“", "«»", "‘’", "''", "‹›"} {
			runes := []rune(pair)
			open, shut := string(runes[0]), string(runes[1])
			if len(inner) > len(open)+len(shut) && strings.HasPrefix(inner, open) && strings.HasSuffix(inner, shut) &&
				!strings.Contains(inner[len(open):len(inner)-len(shut)], open) {
				inner = strings.TrimSpace(inner[len(open) : len(inner)-len(shut)])
			}
		}
		if inner == quote {
			return quote
		}
		quote = inner
	}
}

// elided splits a quotation where it marks that it leaves something out.
func elided(quote string) []string {
	marked := strings.NewReplacer("[...]", "…", "[…]", "…", "(...)", "…", "(…)", "…", "...", "…").Replace(quote)
	parts := strings.Split(marked, "…")
	return slices.DeleteFunc(parts, func(p string) bool { return len(split(p)) == 0 })
}

// text is an article and its words.
type text struct {
	article *article.Article
	words   []word
	where   map[string][]int // by key: which words
	first   []int            // by sentence: its first word
}

func newText(a *article.Article) text {
	t := text{article: a, words: split(a.Text), where: make(map[string][]int)}
	for i, w := range t.words {
		t.where[w.key] = append(t.where[w.key], i)
	}
	for _, s := range a.Sentences {
		i, _ := slices.BinarySearchFunc(t.words, s.Start, func(w word, at int) int { return w.start - at })
		t.first = append(t.first, i)
	}
	return t
}

// exact finds the quotation's bytes, not in the middle of a word; -1 when they
// aren't there.
func (t text) exact(quote string) int {
	for from := 0; ; {
		k := strings.Index(t.article.Text[from:], quote)
		if k < 0 {
			return -1
		}
		at := from + k
		before, _ := utf8.DecodeLastRuneInString(t.article.Text[:at])
		after, _ := utf8.DecodeRuneInString(t.article.Text[at+len(quote):])
		head, _ := utf8.DecodeRuneInString(quote)
		tail, _ := utf8.DecodeLastRuneInString(quote)
		if !(alphanumeric(before) && alphanumeric(head)) && !(alphanumeric(tail) && alphanumeric(after)) {
			return at
		}
		from = at + 1
	}
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// find returns which word of the text the words begin at, -1 when they don't
// stand there one after the other.
func (k *search) find(t text, keys []string) int {
	if len(keys) == 0 {
		return -1
	}
	for _, at := range t.where[keys[0]] {
		if k.ended() {
			return -1
		}
		if at+len(keys) <= len(t.words) && slices.EqualFunc(t.words[at:at+len(keys)], keys, func(w word, k string) bool { return w.key == k }) {
			return at
		}
	}
	return -1
}

// place is where words from to to of the text stand.
func (t text) place(from, to int) Place {
	return Place{t.article, t.words[from].start, t.words[to-1].end}
}

// maxCandidates bounds the sentences that a quotation is compared with, of all
// articles together.
const maxCandidates = 40

// candidate is a sentence that a quotation may come from.
type candidate struct {
	text, sentence int
	score          float64
}

// candidates are the sentences that share most of the quotation's rarer words,
// and those before them, where the quotation may begin, in order.
func (k *Checker) candidates(words []word) []candidate {
	const common = 200 // a word that an article has oftener tells nothing of where in it
	total := make(map[string]int)
	for _, w := range words {
		if _, ok := total[w.key]; !ok {
			n := 0
			for _, t := range k.texts {
				n += len(t.where[w.key])
			}
			total[w.key] = n
		}
	}
	distinct := slices.Sorted(maps.Keys(total)) // sums come out the same every time
	var all []candidate
	for n, t := range k.texts {
		score := make(map[int]float64)
		for _, key := range distinct {
			at := t.where[key]
			if len(at) > common {
				continue
			}
			for _, i := range at {
				score[t.sentence(i)] += 1 / float64(total[key])
			}
		}
		delete(score, -1)
		for s, v := range score {
			all = append(all, candidate{n, s, v})
		}
	}
	place := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.sentence, b.sentence))
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.score, a.score), place(a, b)) })
	all = slices.Clone(all[:min(len(all), maxCandidates)])
	for _, c := range slices.Clone(all) {
		if c.sentence > 0 {
			all = append(all, candidate{text: c.text, sentence: c.sentence - 1})
		}
	}
	slices.SortFunc(all, place)
	return slices.CompactFunc(all, func(a, b candidate) bool { return place(a, b) == 0 })
}

// sentence is which sentence word i stands in, -1 for none.
func (t text) sentence(i int) int {
	w := t.words[i]
	k, ok := slices.BinarySearchFunc(t.article.Sentences, w.start, func(s article.Sentence, at int) int { return s.Start - at })
	if !ok {
		k--
	}
	if k < 0 || w.end > t.article.Sentences[k].End {
		return -1
	}
	return k
}
