package verify

import (
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
func (t text) find(keys []string) int {
	if len(keys) == 0 {
		return -1
	}
	for _, at := range t.where[keys[0]] {
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

// maxCandidates bounds the sentences that a quotation is compared with.
const maxCandidates = 40

// candidates are the sentences that share most of the quotation's rarer words,
// and those before them, where the quotation may begin.
func (t text) candidates(words []word) []int {
	const common = 200 // a word that occurs oftener tells nothing
	score := make(map[int]float64)
	counted := make(map[string]bool)
	for _, w := range words {
		at := t.where[w.key]
		if counted[w.key] || len(at) > common {
			continue
		}
		counted[w.key] = true
		for _, i := range at {
			score[t.sentence(i)] += 1 / float64(len(at))
		}
	}
	delete(score, -1)
	var order []int
	for s := range score {
		order = append(order, s)
	}
	slices.SortFunc(order, func(a, b int) int {
		if score[a] != score[b] {
			if score[a] > score[b] {
				return -1
			}
			return 1
		}
		return a - b
	})
	order = order[:min(len(order), maxCandidates)]
	for _, s := range slices.Clone(order) {
		if s > 0 && !slices.Contains(order, s-1) {
			order = append(order, s-1)
		}
	}
	slices.Sort(order)
	return order
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
