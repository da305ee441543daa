package answer

import (
	"cmp"
	"slices"

	"verbatim/internal/article"
	"verbatim/internal/lang"
)

// languagesOf are the languages of a corpus, that of most sentences first, then
// by code; English when it has no article.
func languagesOf(c *article.Corpus) []*lang.Language {
	counts := map[string]int{} // by code
	var all []*lang.Language
	for _, art := range c.Articles {
		l := lang.For(art.Lang)
		if _, ok := counts[l.Code]; !ok {
			all = append(all, l)
		}
		counts[l.Code] += len(art.Sentences)
	}
	if len(all) == 0 {
		return []*lang.Language{lang.For("en")}
	}
	slices.SortFunc(all, func(x, y *lang.Language) int {
		return cmp.Or(cmp.Compare(counts[y.Code], counts[x.Code]), cmp.Compare(x.Code, y.Code))
	})
	return all
}

// tongue is the language that a text is read in: of those that the articles are
// in, the one whose stop words and articles hold most of its words, and of
// several the one that most of the articles' sentences are in.
func (a *analysis) tongue(text string) *lang.Language {
	best := a.languages[0]
	if len(a.languages) == 1 {
		return best
	}
	most := 0
	for _, l := range a.languages {
		known := 0
		for _, t := range l.Tokens(text) {
			if _, ok := a.wordIDs[wordKey(t, l)]; ok || t.Stop {
				known++
			}
		}
		if known > most {
			best, most = l, known
		}
	}
	return best
}

// vectors are the word vectors, which all languages share.
func (a *analysis) vectors() *lang.Vectors { return a.languages[0].Vectors() }
