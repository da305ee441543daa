package lang

import (
	"strings"
	"sync"
	"unicode"
)

// aliases maps a stem to the stems of the one-word members of its groups.
var aliases = sync.OnceValue(func() map[string][]string {
	en := For("en")
	groups := map[string][]string{}
	for _, line := range readList("aliases_en.txt") {
		var stems []string
		for member := range strings.SplitSeq(line, ",") {
			tokens := en.Tokens(strings.TrimSpace(member))
			var content []Token
			for _, t := range tokens {
				if !t.Stop && t.Norm != "al" {
					content = append(content, t)
				}
			}
			if len(content) == 1 {
				stems = append(stems, content[0].Stem)
			}
		}
		for i, s := range stems {
			for j, o := range stems {
				if i != j && s != o {
					groups[s] = append(groups[s], o)
				}
			}
		}
	}
	return groups
})

// Aliases returns the stems of the words that may stand for a token: "US" for
// "American". It is nil when there are none.
func (l *Language) Aliases(t Token) []string {
	if l.Code != "en" {
		return nil
	}
	return aliases()[t.Stem]
}

// Initials returns the first letters of the capitalised words, in upper case:
// what an abbreviation of them would be.
func Initials(tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		for _, r := range t.Norm {
			b.WriteRune(unicode.ToUpper(r))
			break
		}
	}
	return b.String()
}
