package answer

import (
	"sync"

	"verbatim/internal/lang"
)

// asked maps a word to the kind of answer it asks for.
var asked = sync.OnceValue(func() map[string]Kind {
	kinds := map[string]Kind{}
	for kind, words := range lang.Groups("question_en.txt") {
		for _, w := range words {
			if _, ok := kinds[w]; !ok {
				kinds[w] = kindNames[kind]
			}
		}
	}
	return kinds
})
