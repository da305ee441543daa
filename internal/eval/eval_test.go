package eval

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/index"
)

const set = `{"id":"a","title":"Soup","sentences":["Chop two onions.","Simmer for twenty minutes.","Season with salt."],"question":"How long does it simmer?","gold":[1]}

{"id":"b","title":"Soup","sentences":["Chop two onions.","Simmer for twenty minutes.","Season with salt."],"question":"Who won the match?","gold":[]}
`

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader(set))
	if err != nil || len(got) != 2 || got[0].Gold[0] != 1 {
		t.Fatalf("Read = %v, %v", got, err)
	}
	for name, bad := range map[string]string{
		"line 1": `{"id":`, "gold sentence": `{"id":"x","sentences":["a"],"gold":[1]}`, "no sentences": `{"id":"x"}`, "no questions": "",
	} {
		if _, err := Read(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Read(%q) = %v, want an error with %q", bad, err, name)
		}
	}
}

func TestGroups(t *testing.T) {
	questions, err := Read(strings.NewReader(set))
	if err != nil {
		t.Fatal(err)
	}
	if g := Groups(questions); len(g) != 1 || !slices.Equal(g[0].Questions, []int{0, 1}) {
		t.Errorf("Groups = %+v, want one of both questions", g)
	}
}

// TestMeasure holds the metrics against values worked out by hand.
func TestMeasure(t *testing.T) {
	four := make([]string, 4)
	questions := []Question{
		{Sentences: four, Gold: []int{2}},
		{Sentences: four, Gold: []int{0, 3}},
		{Sentences: four},
		{Sentences: four[:1], Gold: []int{0}}, // nothing to rank
	}
	m := Measure(questions, []Outcome{
		{Ranking: []int{1, 2, 0, 3}, Answered: true, Confidence: 0.5},
		{Ranking: []int{0, 1, 2, 3}, Answered: true, Confidence: 0.9},
		{Ranking: []int{0, 1, 2, 3}, Answered: false, Confidence: 0.5},
		{Ranking: []int{0}, Answered: false, Confidence: 0.7},
	})
	want := Metrics{Questions: 4, Ranked: 2, MAP: (0.5 + (1+0.5)/2) / 2, MRR: 0.75, P1: 0.5, Hit3: 1,
		AUC: 2.5 / 3, Precision: 0.5, Recall: 1.0 / 3, F1: 0.4}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"MAP", m.MAP, want.MAP}, {"MRR", m.MRR, want.MRR}, {"P1", m.P1, want.P1}, {"Hit3", m.Hit3, want.Hit3},
		{"AUC", m.AUC, want.AUC}, {"Precision", m.Precision, want.Precision}, {"Recall", m.Recall, want.Recall}, {"F1", m.F1, want.F1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
	if m.Questions != 4 || m.Ranked != 2 {
		t.Errorf("questions %d, ranked %d: want 4 and 2", m.Questions, m.Ranked)
	}
}

func TestRun(t *testing.T) {
	questions, err := Read(strings.NewReader(set))
	if err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context, a *article.Article) (Ranker, func() error, error) {
		c := article.NewCorpus([]*article.Article{a})
		x, err := index.Build(ctx, c, index.Options{})
		if err != nil {
			return nil, nil, err
		}
		r, err := answer.New(c, x)
		return r, x.Close, err
	}
	got, err := Run(context.Background(), questions, open, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].ID != "a" || got[0].Ranking[0] != 1 || !got[0].Answered {
		t.Errorf("outcome of the first question: %+v, want sentence 1 first, answered", got[0])
	}
	if got[1].Answered || got[1].Confidence >= got[0].Confidence {
		t.Errorf("outcome of the second: %+v, want it declined, less sure than %v", got[1], got[0].Confidence)
	}
	for _, o := range got {
		if r := slices.Sorted(slices.Values(o.Ranking)); !slices.Equal(r, []int{0, 1, 2}) {
			t.Errorf("ranking of %s is %v, want every sentence once", o.ID, o.Ranking)
		}
	}
}
