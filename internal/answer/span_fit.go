package answer

import "verbatim/internal/lang"

// fits are how well each kind of name fits a question.
type fits [lang.Place + 1]float64

// How well the names of each kind fit a question for a person, a place, an
// organisation, or something else that a word beside them says; set by hand.
var (
	whoFits          = fits{lang.Person: 1, lang.Organisation: 0.8, lang.Other: 0.7, lang.Place: 0.4}
	whereFits        = fits{lang.Place: 1, lang.Other: 0.5, lang.Organisation: 0.3}
	organisationFits = fits{lang.Organisation: 1, lang.Other: 0.8, lang.Place: 0.4, lang.Person: 0.1}
	thingFits        = fits{lang.Person: 0.4, lang.Organisation: 0.4, lang.Place: 0.4, lang.Other: 0.4}
)

// The fits are set by hand, with the goldens of package eval in view: no set marks
// the answers inside sentences. docs/quality.md says which of them matter there.
const (
	leastFit    = 0.5 // the fit below which nothing is emphasised
	fitting     = 1.0 // of the very kind of thing that is asked for
	wellFitting = 1.2 // and so rarely there by chance that it need not be near
	unfitting   = 0.3 // what can't be it, by grammar

	unplaced          = 0.3 // taken from a place without a preposition of place before it
	amountFit         = 0.6 // a number, for "how many"
	amountForPrice    = 0.4 // a number, for "how much does it cost"
	priceForAmount    = 0.3 // the other way round
	durationForAmount = 0.5 // "two weeks", for "how many"
	ofFocus           = 0.6 // added to a number of the thing that is asked for
	besideIt          = 0.4 // added to a name beside the thing that is asked for

	doer           = 1.4 // who stands as the doer of the deed
	bystander      = 0.9 // who does not, at most
	governedBefore = 0.3 // taken from one before the deed who depends on a preposition
	behindDeed     = 0.2 // taken from one behind it

	nearnessWeight = 2.5 // what standing beside the question's words is worth against the fit
	doerNearness   = 1.0 // the same where grammar tells the doer
	halfNear       = 6.0 // how many words away nearness is halved
)
