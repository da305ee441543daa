package answer_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/index"
)

// TestNoQuerySyntaxIsRead: what would be operators, fields, ranges, wildcards or
// expressions to a search engine changes nothing, down to the scores.
func TestNoQuerySyntaxIsRead(t *testing.T) {
	a := open(t, bridge, soup)
	for _, test := range []struct{ question, plain string }{
		{"+library -corrosion", "library corrosion"},
		{"-library", "library"},
		{"inspection~2 girders^9", "inspection 2 girders 9"},
		{"cost: repair +text: council", "cost repair text council"},
		{"(library OR soup) AND NOT lentils", "library OR soup AND NOT lentils"},
		{"librar* foot?ridge", "librar foot ridge"},
		{"/.*/ /l.*s/", "l s"},
		{`inspec\*tion`, "inspec tion"},
		{"repair && cost || girders !soup", "repair cost girders soup"},
		{"cost: [repair TO soup] {lentils TO girders}", "cost repair TO soup lentils TO girders"},
		{"text_en:library exact:inspection", "text-en:library exact:inspection"}, // names of fields are nothing to it
		{"_all:soup _exists_:lentils _id:1", "-all:soup -exists-:lentils -id:1"},
	} {
		got, want := ask(t, a, answer.Question{Text: test.question}), ask(t, a, answer.Question{Text: test.plain})
		if !reflect.DeepEqual(scores(got), scores(want)) || got.Answered != want.Answered || got.Confidence != want.Confidence || got.Reason != want.Reason {
			t.Errorf("%q:\n%+v\n%q:\n%+v", test.question, got, test.plain, want)
		}
		if len(got.Passages)+len(got.Nearest) == 0 && strings.Contains(test.plain, "library") {
			t.Errorf("%q finds nothing: the test compares nothing", test.question)
		}
	}
}

// scores are what is offered and what it is worth.
func scores(a answer.Answer) []answer.Result {
	return append(append([]answer.Result{}, a.Passages...), a.Nearest...)
}

// ledger is a searcher that writes down what it is asked.
type ledger struct {
	*index.Index
	queries []article.Query
}

func (l *ledger) Search(ctx context.Context, q article.Query) ([]article.Hit, error) {
	l.queries = append(l.queries, q)
	return l.Index.Search(ctx, q)
}

// TestWorstQuestionIsBounded: however much is asked, and however it is spelled,
// it is one search of a few words, of which each that is misspelled is one
// automaton of few states.
func TestWorstQuestionIsBounded(t *testing.T) {
	const (
		mostWords  = 40 // as many as internal/answer takes of a question
		mostPassed = 400
	)
	c := article.NewCorpus([]*article.Article{bridge, soup})
	x, err := index.Build(t.Context(), c, index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	book := &ledger{Index: x}
	a, err := answer.New(c, book)
	if err != nil {
		t.Fatal(err)
	}
	var misspelled, distinct []string
	for i := range 200 {
		misspelled = append(misspelled, []string{"corosion", "inspektion", "libary", "counsil", "girdars"}[i%5])
		distinct = append(distinct, fmt.Sprintf("wrod%c%c%c", 'a'+i%26, 'a'+i/26, 'a'+i%7))
	}
	for name, question := range map[string]string{
		"misspelled":    strings.Join(misspelled, " "),
		"all different": strings.Join(distinct, " "),
		"one word":      strings.Repeat("x", 1000),
		"marks":         strings.Repeat("?!", 500),
		"numbers":       strings.Repeat("12 ", 330),
		"names":         strings.Repeat("Ruth Abara ", 90),
		"how":           strings.Repeat("how many why ", 80),
	} {
		for _, follows := range []*answer.Turn{nil, {Question: question, Passages: []article.Passage{{Article: bridge, First: 0, Last: 6}}, Revision: ask(t, a, answer.Question{}).Revision}} {
			book.queries = nil
			check(t, name, ask(t, a, answer.Question{Text: question, Previous: follows, Passages: 5}))
			if n := len(book.queries); n > 3 {
				t.Errorf("%s: %d searches", name, n)
			}
			for _, q := range book.queries {
				if n := len(strings.Fields(q.Text)); n > mostWords || len(q.Fuzzy) > mostWords || q.Limit > mostPassed {
					t.Errorf("%s: a search for %d words and %d misspelled ones, of %d sentences", name, n, len(q.Fuzzy), q.Limit)
				}
			}
		}
	}
}

// FuzzArticle asks of whatever article: what is quoted stands in it, and asking
// again, of the same or of the same built anew, gives the same.
func FuzzArticle(f *testing.F) {
	for _, s := range []string{
		"The bridge was closed in 1874 by Ada Quinn.", "# Head\n\n- one\n- two\n\n> said", "a. b. c. d. e.", strings.Repeat("word ", 300), "\u202eevil \u200b 👩‍👩‍👧 كم", "1 2 3 4 5 $5 5% 5 km 1999-01-01",
	} {
		f.Add(s, "Who closed the bridge in 1874?")
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, question string) {
		if len(text) > 4<<10 || len(question) > 1000 {
			t.Skip()
		}
		var first string
		for again := range 2 {
			c, err := corpus.Load(fstest.MapFS{"a.md": {Data: []byte(text)}}, corpus.DefaultLimits())
			if err != nil {
				t.Skip()
			}
			x, err := index.Build(t.Context(), c, index.Options{})
			if err != nil {
				t.Fatal(err)
			}
			a, err := answer.New(c, x)
			if err != nil {
				t.Fatal(err)
			}
			got := ask(t, a, answer.Question{Text: question})
			check(t, question, got)
			said := fmt.Sprintf("%v %v %v %v %v", got.Answered, got.Confidence, got.Span, got.Missing, got.Reason)
			for _, r := range scores(got) {
				said += fmt.Sprintf(" %d-%d %v", r.Passage.First, r.Passage.Last, r.Score)
			}
			if again > 0 && said != first {
				t.Errorf("%q of %q is answered with\n%s\nand then with\n%s", question, text, first, said)
			}
			first = said
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
