package index

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"verbatim/internal/article"
)

// The fields of a document. The stemmed ones have the language behind them, as
// each language has its own analyser.
const (
	textField    = "text_"
	contextField = "context_"
	exactField   = "exact"
)

const exactAnalyzer = "exact"

// analyzers are Bleve's own by language: stop words out, stemmed. Other
// languages are cut into words and matched as written.
var analyzers = map[string]string{
	"ar": ar.AnalyzerName, "de": de.AnalyzerName, "en": en.AnalyzerName,
	"es": es.AnalyzerName, "fr": fr.AnalyzerName, "pt": pt.AnalyzerName,
}

// other is the code of every language without an analyser.
const other = "xx"

func analyzerName(lang string) string {
	if name, ok := analyzers[lang]; ok {
		return name
	}
	return exactAnalyzer
}

// language is the code under which an article with this BCP 47 tag is indexed.
func language(tag string) string {
	code, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if code == "" {
		code = "en"
	}
	if _, ok := analyzers[code]; !ok {
		code = other
	}
	return code
}

func languagesOf(c *article.Corpus) []string {
	var langs []string
	for _, a := range c.Articles {
		if l := language(a.Lang); !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	slices.Sort(langs)
	return langs
}

// stops names the stop words of the analysers.
var stops = map[string]string{
	"ar": ar.StopName, "de": de.StopName, "en": en.StopName,
	"es": es.StopName, "fr": fr.StopName, "pt": pt.StopName,
}

// stopWords are those of the languages that have an analyser.
func stopWords(langs []string) ([]analysis.TokenMap, error) {
	var maps []analysis.TokenMap
	for _, l := range langs {
		if stops[l] == "" {
			continue
		}
		m, err := bleve.Config.Cache.TokenMapNamed(stops[l])
		if err != nil {
			return nil, fmt.Errorf("stop words of %q: %w", l, err)
		}
		maps = append(maps, m)
	}
	return maps, nil
}

// fieldsOf lists the fields in which a corpus of these languages is searched,
// each with 0.
func fieldsOf(langs []string) map[string]int {
	fields := map[string]int{exactField: 0}
	for _, l := range langs {
		fields[textField+l], fields[contextField+l] = 0, 0
	}
	return fields
}

// newMapping says how sentences of every language are indexed.
func newMapping() *mapping.IndexMappingImpl {
	m := bleve.NewIndexMapping()
	m.ScoringModel = bleveindex.BM25Scoring
	if err := m.AddCustomAnalyzer(exactAnalyzer, map[string]any{
		"type": custom.Name, "tokenizer": unicode.Name, "token_filters": []string{lowercase.Name},
	}); err != nil {
		panic("index: exact analyser: " + err.Error()) // constant input
	}
	field := func(name, analyzer string) *mapping.FieldMapping {
		f := bleve.NewTextFieldMapping()
		f.Name, f.Analyzer = name, analyzer
		f.Store, f.IncludeInAll, f.IncludeTermVectors, f.DocValues = false, false, false, false
		return f
	}
	for _, l := range append(slices.Sorted(maps.Keys(analyzers)), other) {
		d := bleve.NewDocumentStaticMapping()
		d.AddFieldMappingsAt("text", field(textField+l, analyzerName(l)))
		d.AddFieldMappingsAt("context", field(contextField+l, analyzerName(l)))
		d.AddFieldMappingsAt("exact", field(exactField, exactAnalyzer))
		m.AddDocumentMapping(l, d)
	}
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m
}
