package lang

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestMatchLooksEverywhere: Match finds what looking up every run of tokens
// does.
func TestMatchLooksEverywhere(t *testing.T) {
	l := For("en")
	sentences := []string{
		"President Ahmad Al Shara met the Syrian Democratic Forces (SDF) in Al Tanf on Monday.",
		"The US and the Global Coalition to Defeat ISIS backed the World Health Organization.",
		"Al El of Homs, Maria de la Cruz and O'Brien said that the WHO would come.",
		"Hayat Tahrir Al Sham fought for the city; the SDF left Homs.",
	}
	_, n := namesOf(sentences...)
	if len(n.Entities) < 8 {
		t.Fatalf("only %d names", len(n.Entities))
	}
	everywhere := func(tokens []Token) (found []int) {
		for i := 0; i < len(tokens); {
			step := 1
			for length := min(n.longest, len(tokens)-i); length > 0; length-- {
				e, ok := n.keys[nameKey(tokens[i:i+length])]
				if ok && (length > 1 || !tokens[i].Stop && !n.ordinary(tokens[i], e)) {
					step = length
					if !slices.Contains(found, e) {
						found = append(found, e)
					}
					break
				}
			}
			i += step
		}
		return found
	}
	words := strings.Fields(strings.Join(sentences, " ") + " the al el The Al \u0301 us who shara tanf cruz")
	r := rand.New(rand.NewPCG(1, 2))
	some := 0
	for range 3000 {
		question := make([]string, r.IntN(9))
		for i := range question {
			if question[i] = words[r.IntN(len(words))]; i > 0 && r.IntN(2) == 0 { // often as it stands
				if k := slices.Index(words, question[i-1]); k+1 < len(words) {
					question[i] = words[k+1]
				}
			}
		}
		tokens := l.Tokens(strings.Join(question, " "))
		got, want := n.Match(tokens), everywhere(tokens)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: names %v, want %v", question, got, want)
		}
		some += len(got)
	}
	if some < 1000 {
		t.Fatalf("%d names in all questions", some)
	}
}
