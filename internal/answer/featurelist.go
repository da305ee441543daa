package answer

// feature numbers the features that describe a sentence against a question.
type feature int

const (
	fBM25 feature = iota
	fCoverageIDF
	fCoverageRarity
	fCoverageWeight
	fCoveragePlain
	fCoverageNames
	fMissingTop
	fBigrams
	fSurface
	fOrder
	fDensity
	fAlignIDF
	fAlignRarity
	fAlignWeight
	fAlignRest
	fAlignLeast
	fCentroid
	fReverse
	fKernel9
	fKernel7
	fKernel5
	fKernel3
	fFocusExact
	fFocusNear
	fCoverageUntitled
	fTitleOverlap
	fBeforeCoverage
	fAfterCoverage
	fBeforeGain
	fPronounBefore
	fNearAlign
	fLength
	fPosition
	fPositionFirst
	fPositionRelative
	fNewWords
	fNewShare
	fNewNames
	fNewNumbers
	fTypeMatch
	fTypeMiss
	fIsQuestion
	fQuote
	fPronoun
	fConnective
	fDefines
	fSubjectEarly
	fWhoPerson
	fWhoNames
	fWhenDate
	fWhenYear
	fWherePlace
	fNumberNumber
	fMoneyMoney
	fDurationDuration
	fWhyReason
	fHowManner
	fWhatDefines
	fYesnoNegation
	fOrgNames
	fNamesCovered
	fNewPerson
	fNewPlace
	fNewOrganisation
	fWhoPersonNew
	fWherePlaceNew
	fOrgOrganisationNew
	fWhenMoment
	fDurationTime
	fNumberCount
	fMoneyFound
	fCarriedCoverage
	fWindowAlign
	fCoverageRest
	fAlignPlainRest
	fFirstMention
	fWhatFirstMention
	fIntroduces
	fWhatIntroduces
	fSpanFit
	fSpanNear
	fSpanScore
	fSpanMissing
	fTerms
	fSentences
	fQuestionKindNamed
	fInQuote
	fSpeechQuote
	fSpeechSaid
	fSpeakerNear
	fAlignFirst
	fAlignLast
	fFreshCentroid
	fFocusCentroid
	features // how many there are
)

var featureNames = [features]string{
	fBM25:               "bm25",
	fCoverageIDF:        "coverage.idf",
	fCoverageRarity:     "coverage.rarity",
	fCoverageWeight:     "coverage.weight",
	fCoveragePlain:      "coverage.plain",
	fCoverageNames:      "coverage.names",
	fMissingTop:         "missing.top",
	fBigrams:            "bigrams",
	fSurface:            "surface",
	fOrder:              "order",
	fDensity:            "density",
	fAlignIDF:           "align.idf",
	fAlignRarity:        "align.rarity",
	fAlignWeight:        "align.weight",
	fAlignRest:          "align.rest",
	fAlignLeast:         "align.least",
	fCentroid:           "centroid",
	fReverse:            "reverse",
	fKernel9:            "kernel.9",
	fKernel7:            "kernel.7",
	fKernel5:            "kernel.5",
	fKernel3:            "kernel.3",
	fFocusExact:         "focus.exact",
	fFocusNear:          "focus.near",
	fCoverageUntitled:   "coverage.untitled",
	fTitleOverlap:       "title.overlap",
	fBeforeCoverage:     "before.coverage",
	fAfterCoverage:      "after.coverage",
	fBeforeGain:         "before.gain",
	fPronounBefore:      "pronoun.before",
	fNearAlign:          "near.align",
	fLength:             "length",
	fPosition:           "position",
	fPositionFirst:      "position.first",
	fPositionRelative:   "position.relative",
	fNewWords:           "new.words",
	fNewShare:           "new.share",
	fNewNames:           "new.names",
	fNewNumbers:         "new.numbers",
	fTypeMatch:          "type.match",
	fTypeMiss:           "type.miss",
	fIsQuestion:         "is.question",
	fQuote:              "quote",
	fPronoun:            "pronoun",
	fConnective:         "connective",
	fDefines:            "defines",
	fSubjectEarly:       "subject.early",
	fWhoPerson:          "who.person",
	fWhoNames:           "who.names",
	fWhenDate:           "when.date",
	fWhenYear:           "when.year",
	fWherePlace:         "where.place",
	fNumberNumber:       "number.number",
	fMoneyMoney:         "money.money",
	fDurationDuration:   "duration.duration",
	fWhyReason:          "why.reason",
	fHowManner:          "how.manner",
	fWhatDefines:        "what.defines",
	fYesnoNegation:      "yesno.negation",
	fOrgNames:           "org.names",
	fNamesCovered:       "names.covered",
	fNewPerson:          "new.person",
	fNewPlace:           "new.place",
	fNewOrganisation:    "new.organisation",
	fWhoPersonNew:       "who.person.new",
	fWherePlaceNew:      "where.place.new",
	fOrgOrganisationNew: "org.organisation.new",
	fWhenMoment:         "when.moment",
	fDurationTime:       "duration.time",
	fNumberCount:        "number.count",
	fMoneyFound:         "money.found",
	fCarriedCoverage:    "carried.coverage",
	fWindowAlign:        "window.align",
	fCoverageRest:       "coverage.rest",
	fAlignPlainRest:     "align.plain.rest",
	fFirstMention:       "first.mention",
	fWhatFirstMention:   "what.first.mention",
	fIntroduces:         "introduces",
	fWhatIntroduces:     "what.introduces",
	fSpanFit:            "span.fit",
	fSpanNear:           "span.near",
	fSpanScore:          "span.score",
	fSpanMissing:        "span.missing",
	fTerms:              "terms",
	fSentences:          "sentences",
	fQuestionKindNamed:  "question.kind.named",
	fInQuote:            "in.quote",
	fSpeechQuote:        "speech.quote",
	fSpeechSaid:         "speech.said",
	fSpeakerNear:        "speaker.near",
	fAlignFirst:         "align.first",
	fAlignLast:          "align.last",
	fFreshCentroid:      "fresh.centroid",
	fFocusCentroid:      "focus.centroid",
}

// listwise are the features that also come standardised over the candidates
// ("z:") and as the distance to the best of them ("gap:").
var listwise = [...]feature{
	fBM25, fCoverageIDF, fCoverageWeight, fAlignIDF, fAlignWeight, fAlignRest, fCentroid, fReverse, fBigrams, fSurface, fKernel7, fKernel5, fFocusNear, fCoverageUntitled, fNearAlign, fLength, fNewShare, fTypeMatch, fDensity, fOrder, fSpanScore,
}

// width is the length of a vector: every feature, then two for each of
// listwise.
const width = int(features) + 2*len(listwise)

// FeatureNames returns the names of all features, in the order of the vectors.
func FeatureNames() []string {
	names := append(make([]string, 0, width), featureNames[:]...)
	for _, f := range listwise {
		names = append(names, "z:"+featureNames[f], "gap:"+featureNames[f])
	}
	return names
}
