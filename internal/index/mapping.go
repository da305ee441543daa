package index

import (
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
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
	articleField = "article"
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

func newMapping(langs []string) *mapping.IndexMappingImpl {
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
	for _, l := range langs {
		d := bleve.NewDocumentStaticMapping()
		d.AddFieldMappingsAt("text", field(textField+l, analyzerName(l)))
		d.AddFieldMappingsAt("context", field(contextField+l, analyzerName(l)))
		d.AddFieldMappingsAt("exact", field(exactField, exactAnalyzer))
		d.AddFieldMappingsAt("article", field(articleField, keyword.Name))
		m.AddDocumentMapping(l, d)
	}
	m.DefaultMapping = bleve.NewDocumentDisabledMapping()
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m
}
