package answer

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"verbatim/internal/article"
)

// TestAnalysisHasNoHistory: an analysis is the same, to the last number,
// whatever corpora came before it and were drawn on.
func TestAnalysisHasNoHistory(t *testing.T) {
	var all []*article.Article
	for i := range 12 {
		a := article.FromSentences(fmt.Sprintf("a%02d", i), fmt.Sprintf("The %dth report on Ruth Abara", i), []string{
			fmt.Sprintf("Ruth Abara opened %d bridges in %d.", i, 2000+i),
			"",
			"“It cost £2.3 million,” she said. “And more.",
			fmt.Sprintf("The town of Kingsbridge%c paid for it on Monday.", 'a'+rune(i)),
		})
		a.Lang = []string{"en", "en", "de", "fr-CA"}[i%4]
		all = append(all, a)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var former *analysis
	for range 40 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		chosen := append([]*article.Article(nil), all[:r.IntN(len(all)+1)]...)
		if len(chosen) > 0 && r.IntN(2) == 0 { // one that was written anew
			changed := *chosen[0]
			changed.Title = "Another report"
			chosen[0] = &changed
		}
		c := article.NewCorpus(chosen)
		next := analyse(c, former, nil)
		if fresh := analyse(c, nil, nil); !reflect.DeepEqual(next, fresh) {
			t.Fatalf("%d articles: the analysis that draws on the one before differs from a fresh one", len(chosen))
		}
		for i, art := range c.Articles {
			for k := 0; former != nil && k < len(former.names); k++ {
				if art == former.corpus.Articles[k] && next.names[i] != former.names[k] {
					t.Fatalf("%s did not change and was analysed again", art.ID)
				}
			}
		}
		former = next
	}
}
