package lang

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Alias is another way of naming what a word or phrase names: the stems of its
// words in order, "al" and stop words left out.
type Alias []string

// aliasList holds the groups of aliases.
type aliasList struct {
	groups [][]Alias
	by     map[string][]int // stem of a member's first word to groups
}

var aliases = sync.OnceValue(func() aliasList {
	en := For("en")
	list := aliasList{by: map[string][]int{}}
	for _, line := range readList("aliases_en.txt") {
		var group []Alias
		for member := range strings.SplitSeq(line, ",") {
			var alias Alias
			for _, t := range en.Tokens(strings.TrimSpace(member)) {
				if !t.Stop && t.Norm != "al" {
					alias = append(alias, t.Stem)
				}
			}
			if len(alias) > 0 && !slices.ContainsFunc(group, func(a Alias) bool { return slices.Equal(a, alias) }) {
				group = append(group, alias)
			}
		}
		for _, a := range group {
			if n := len(list.groups); !slices.Contains(list.by[a[0]], n) {
				list.by[a[0]] = append(list.by[a[0]], n)
			}
		}
		list.groups = append(list.groups, group)
	}
	return list
})

// Aliases returns the other names of what the tokens from i on name, and how
// many of the tokens that takes; no names when there are none. The longest
// member wins: "Islamic State" before "Islamic".
func (l *Language) Aliases(tokens []Token, i int) (others []Alias, length int) {
	if l.Code != "en" {
		return nil, 0
	}
	list := aliases()
	for _, g := range list.by[tokens[i].Stem] {
		for _, member := range list.groups[g] {
			n := len(member)
			if n <= length || i+n > len(tokens) {
				continue
			}
			same := true
			for k, stem := range member {
				same = same && tokens[i+k].Stem == stem
			}
			if !same {
				continue
			}
			length = n
			others = others[:0:0]
			for _, o := range list.groups[g] {
				if !slices.Equal(o, member) {
					others = append(others, o)
				}
			}
		}
	}
	return others, length
}

// Initials returns the first letters of the words, in upper case: what an
// abbreviation of them would be.
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
