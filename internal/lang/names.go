package lang

import (
	"slices"
	"strings"

	"verbatim/internal/article"
)

// NameKind says what a name stands for.
type NameKind uint8

// The kinds of name. Other is a name that nothing in the article tells more
// about.
const (
	Other NameKind = iota
	Person
	Organisation
	Place
)

func (k NameKind) String() string {
	return [...]string{"other", "person", "organisation", "place"}[k]
}

// Entity is what one or more variants of a name in an article stand for.
type Entity struct {
	Kind         NameKind
	Name         article.Span   // the fullest variant, where it is first written, in the article's bytes
	Abbreviation string         // as the article writes it, "" for none
	Variants     []article.Span // each other way of writing it, where first written, in order
	Mentions     []Mention      // in order
}

// Mention is one place where an article writes a name.
type Mention struct {
	Entity     int // index into Names.Entities
	Sentence   int // index into the article's sentences
	Start, End int // in the article's bytes, without title and possessive ending
}

// Names holds the names of an article. It is immutable.
type Names struct {
	Entities  []Entity // in order of their first mention
	sentences [][]Mention
	keys      map[string]int  // the key of every variant
	starts    map[string]bool // the first word of every key
	longest   int             // the most words a key has
}

// In returns the names that a sentence mentions, in order.
func (n *Names) In(sentence int) []Mention { return n.sentences[sentence] }

// Match returns the entities that a question or a topic names, in order and
// without repeats. Capitals don't matter, other than for a name that would be
// an ordinary word without them; spelling variants of transliterated names
// match ("al-Sharaa", "Al Shara").
func (n *Names) Match(tokens []Token) []int { return n.MatchPhrases(NewPhrases(tokens)) }

// MatchPhrases is Match for tokens that the names of many articles are to be
// looked for in.
func (n *Names) MatchPhrases(p *Phrases) []int {
	var found []int
	n.find(p, func(f Found) {
		if !slices.Contains(found, f.Entity) {
			found = append(found, f.Entity)
		}
	})
	return found
}

// Found is a place where tokens name an entity: those from First to Last, a "the"
// before the name being among them or not.
type Found struct{ Entity, First, Last int }

// Find returns every place where the tokens of a question name an entity, in
// order, by the rules of Match.
func (n *Names) Find(tokens []Token) []Found {
	var found []Found
	n.find(NewPhrases(tokens), func(f Found) { found = append(found, f) })
	return found
}

func (n *Names) find(p *Phrases, each func(Found)) {
	tokens := p.tokens
	for i := 0; i < len(tokens); {
		step := 1
		longest := min(n.longest, len(tokens)-i)
		if !n.starts[p.first(i, longest)] && !n.starts[""] {
			if p.begins[i] == i {
				i++ // no name begins like this
				continue
			}
			longest = 1 // none but this word alone
		}
		for length := longest; length > 0; length-- {
			if length == 1 && tokens[i].Stop {
				continue
			}
			e, ok := n.keys[p.key(i, length)]
			if !ok || length == 1 && n.ordinary(tokens[i], e) {
				continue
			}
			each(Found{e, i, i + length - 1})
			step = length
			break
		}
		i += step
	}
}

// ordinary reports whether a word in lower case is too common to be taken for
// the name that it would be with a capital.
func (n *Names) ordinary(t Token, entity int) bool {
	rank := common
	if Fold(n.Entities[entity].Abbreviation) == t.Norm {
		rank = veryCommon // abbreviations are often typed small
	}
	return !t.Upper && t.Row >= 0 && t.Row < rank && n.Entities[entity].Kind != Place
}

// Names finds the names of an article in this language and merges their
// variants. tokens holds, for each sentence, the tokens of its text. It is
// linear in the length of the article. A language without capitals has no
// names here.
func (l *Language) Names(a *article.Article, tokens [][]Token) *Names {
	f := &finder{lang: l, lists: nameParts(), article: a, tokens: tokens}
	f.survey()
	var all []candidate
	for i := range tokens {
		all = append(all, f.sentence(i)...)
	}
	return f.merge(all)
}

// Skeleton folds the ways in which a transliterated name is spelt: doubled
// letters, and the digraphs of long vowels.
func Skeleton(norm string) string {
	if len(norm) < 4 {
		return norm
	}
	norm = digraphs.Replace(norm)
	var b strings.Builder
	var last rune
	for _, r := range norm {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

var digraphs = strings.NewReplacer("ou", "u", "oo", "u", "ee", "i", "ei", "i", "ai", "i", "ey", "i", "dh", "d", "gh", "g", "q", "k")
