package lang

import "strings"

// nameKey is what variants of one name have in common: the skeletons of its
// words without articles.
func nameKey(tokens []Token) string {
	var room [8]string
	words := room[:0]
	for _, t := range tokens {
		words = append(words, nameWord(t))
	}
	return joinKey(tokens, words)
}

func joinKey(tokens []Token, words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	var b strings.Builder
	for i, w := range words {
		if skipped(tokens[i], i) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// skipped reports whether the key of a name of several words leaves out its
// word i.
func skipped(t Token, i int) bool {
	return t.Norm == "al" || t.Norm == "el" || t.Norm == "the" && i == 0
}

// nameWord is what a word adds to a key.
func nameWord(t Token) string {
	if t.Acronym && t.Stem == strings.ToUpper(t.Norm) {
		return t.Stem // "US" is not "us"
	}
	return Skeleton(t.Norm)
}

// Phrases are the tokens of a question with the keys of every run of them, each
// computed once. They are not safe for concurrent use.
type Phrases struct {
	tokens []Token
	words  []string   // by token: what it adds to a key
	begins []int      // by token: the first from there on that adds to the key of several
	keys   [][]string // by token: the keys of the runs of 1, 2, 3 … tokens from there
}

// NewPhrases prepares tokens for Names.MatchPhrases.
func NewPhrases(tokens []Token) *Phrases {
	n := len(tokens)
	p := &Phrases{tokens: tokens, words: make([]string, n), begins: make([]int, n), keys: make([][]string, n)}
	for i, t := range tokens {
		p.words[i] = nameWord(t)
	}
	for i := range tokens {
		k := i
		for k < n && (p.words[k] == "" || skipped(tokens[k], k-i)) {
			k++
		}
		p.begins[i] = k
	}
	return p
}

// key is the nameKey of the tokens from i on.
func (p *Phrases) key(i, length int) string {
	for n := len(p.keys[i]) + 1; n <= length; n++ {
		p.keys[i] = append(p.keys[i], joinKey(p.tokens[i:i+n], p.words[i:i+n]))
	}
	return p.keys[i][length-1]
}

// first is the first word of the keys of runs of several tokens from i on, up to
// a length; "" when they have none.
func (p *Phrases) first(i, length int) string {
	k := p.begins[i]
	if k >= i+length {
		return ""
	}
	return firstWord(p.words[k])
}

func firstWord(key string) string {
	w, _, _ := strings.Cut(key, " ")
	return w
}
