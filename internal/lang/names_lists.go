package lang

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// parts is what is known of the words of names.
type parts struct {
	titles, uncertain, roles, saying map[string]bool
	organisations, placeWords        map[string]bool
	joiners, openers, never, members map[string]bool
	determiners, qualifiers          map[string]bool
	given                            map[string]bool
	places                           map[string]string // folded name or word for its people -> the place, folded
	people                           map[string]bool   // words for the people of a place
	dates                            map[string]bool   // months and weekdays
	centre                           []float32         // the mean direction of given names in the word vectors
}

// givenCosine is the least cosine with the centre of the given names from which
// a capitalised rare word counts as one. On names of the news, given names
// outside the list lie at 0.2 to 0.6, brands and peoples mostly below 0.15.
const givenCosine = 0.2

// givenLike reports whether a word lies among given names in the vectors.
func (p *parts) givenLike(v *Vectors, row int) bool {
	u := make([]float32, v.Dim())
	v.Add(u, row, 1)
	var dot float32
	for i, x := range u {
		dot += x * p.centre[i]
	}
	return dot >= givenCosine
}

// centreOf returns the unit vector in the mean direction of the words.
func centreOf(v *Vectors, words map[string]bool) []float32 {
	sum := make([]float32, v.Dim())
	for _, w := range slices.Sorted(maps.Keys(words)) {
		v.Add(sum, v.Row(w), 1)
	}
	var n float64
	for _, x := range sum {
		n += float64(x) * float64(x)
	}
	for i := range sum {
		sum[i] /= float32(math.Sqrt(n))
	}
	return sum
}

var nameParts = sync.OnceValue(func() *parts {
	p := &parts{given: Words("givennames_en.txt"), places: map[string]string{}, people: map[string]bool{}, dates: map[string]bool{}}
	for name, words := range Groups("nameparts_en.txt") {
		set := make(map[string]bool, len(words))
		for _, w := range words {
			set[w] = true
		}
		*map[string]*map[string]bool{
			"titles": &p.titles, "uncertain": &p.uncertain, "roles": &p.roles, "saying": &p.saying,
			"organisations": &p.organisations, "places": &p.placeWords,
			"joiners": &p.joiners, "openers": &p.openers, "never": &p.never,
			"members": &p.members, "qualifiers": &p.qualifiers, "determiners": &p.determiners,
		}[name] = set
	}
	for _, line := range readList("places_en.txt") {
		place, people, _ := strings.Cut(line, ":")
		place = Fold(place)
		p.places[place] = place
		for w := range strings.SplitSeq(Fold(people), ",") {
			if w = strings.TrimSpace(w); w != "" {
				p.places[w] = place
				p.people[w] = true
			}
		}
	}
	for _, key := range []string{"months", "weekdays"} {
		for _, w := range Groups("dates_en.txt")[key] {
			for form := range strings.SplitSeq(w, "/") {
				p.dates[form] = true
			}
		}
	}
	p.centre = centreOf(English(), p.given)
	return p
})

// People reports whether a folded word stands for the people or the belongings
// of a place, not for the place: "syrian".
func People(word string) bool { return nameParts().people[word] }
