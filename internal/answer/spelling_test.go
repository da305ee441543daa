package answer

import (
	"math/rand/v2"
	"testing"

	"github.com/agnivade/levenshtein"
)

// TestEditsAreAtLeast: what letters tell of the distance of two words is never
// more than the distance.
func TestEditsAreAtLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("abcdeéßч0")
	word := func() string {
		w := make([]rune, 3+r.IntN(5))
		for i := range w {
			w[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(w)
	}
	for range 5000 {
		a, b := word(), word()
		if least, d := lettersOf(a).edits(lettersOf(b)), levenshtein.ComputeDistance(a, b); least > d {
			t.Fatalf("%q and %q: at least %d edits, and %d are enough", a, b, least, d)
		}
	}
}
