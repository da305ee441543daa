package summary

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Model is the weights that choose sentences. It is immutable.
type Model struct {
	weights    [features]float64
	redundancy float64 // what the cosine with a sentence already chosen costs
	focus      [focusFeatures]float64
	refocus    float64 // redundancy when there is a focus
}

// DefaultModel returns the weights that the package comes with, which its
// train command made.
func DefaultModel() *Model {
	text, err := data.ReadFile("data/model.txt")
	if err == nil {
		var m *Model
		if m, err = ParseModel(string(text)); err == nil {
			return m
		}
	}
	panic("summary: embedded model: " + err.Error())
}

// ParseModel reads weights, a line each: the name, a tab, the weight. Empty
// lines and lines beginning with # are skipped; every weight must be there.
func ParseModel(text string) (*Model, error) {
	m := &Model{}
	missing := m.slots()
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, _ := strings.Cut(line, "\t")
		slot, ok := missing[name]
		if !ok {
			return nil, fmt.Errorf("line %d: no weight %q is wanted here", i+1, name)
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: weight of %q: %w", i+1, name, err)
		}
		*slot = x
		delete(missing, name)
	}
	if len(missing) > 0 {
		var names []string
		for name := range missing {
			names = append(names, name)
		}
		slices.Sort(names)
		return nil, fmt.Errorf("no weight of %s", strings.Join(names, ", "))
	}
	return m, nil
}

// slots returns where each weight stands, by name.
func (m *Model) slots() map[string]*float64 {
	s := map[string]*float64{"redundancy": &m.redundancy, "focus: redundancy": &m.refocus}
	for i, name := range featureNames {
		s[name] = &m.weights[i]
	}
	for i, name := range focusNames {
		s["focus: "+name] = &m.focus[i]
	}
	return s
}

// String writes the model in the form that ParseModel reads, in the order of
// the features.
func (m *Model) String() string {
	var b strings.Builder
	for i, name := range featureNames {
		fmt.Fprintf(&b, "%s\t%.4f\n", name, m.weights[i])
	}
	fmt.Fprintf(&b, "redundancy\t%.4f\n", m.redundancy)
	for i, name := range focusNames {
		fmt.Fprintf(&b, "focus: %s\t%.4f\n", name, m.focus[i])
	}
	fmt.Fprintf(&b, "focus: redundancy\t%.4f\n", m.refocus)
	return b.String()
}

// focused returns the score of every sentence for a topic.
func (m *Model) focused(t topic) []float64 {
	scores := make([]float64, len(t.rows))
	for i, row := range t.rows {
		for k, x := range row {
			scores[i] += m.focus[k] * x
		}
	}
	return scores
}

// Example is what the model sees of an article, for training it.
type Example struct {
	Whole [][]float64 // by sentence and feature, as FeatureNames orders them
	Focus [][]float64 // the same for the focus; nil without one
	Can   []bool      // by sentence: whether it can be shown at all
	Unit  [][2]int    // by sentence: the first and the last that must be shown with it

	document *document
}

// Cosine returns how alike two sentences are, 0 to 1.
func (e Example) Cosine(i, j int) float64 {
	sum := 0.0
	a, b := e.document.sentences[i].terms, e.document.sentences[j].terms
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].id < b[0].id:
			a = a[1:]
		case a[0].id > b[0].id:
			b = b[1:]
		default:
			sum += float64(a[0].weight) * float64(b[0].weight)
			a, b = a[1:], b[1:]
		}
	}
	return sum
}

// FeatureNames returns the names of the features of a sentence, and of those
// that it has with a focus, as they are called in a model's text.
func FeatureNames() (whole, focus []string) {
	for _, name := range focusNames {
		focus = append(focus, "focus: "+name)
	}
	return slices.Clone(featureNames[:]), focus
}

// Example returns what the summariser's model sees of an article of its
// corpus; focus may be empty. Without such an article it is zero.
func (s *Summarizer) Example(id, focus string) Example {
	analysis, ok := s.documents[id]
	if !ok {
		return Example{}
	}
	d := analysis()
	e := Example{document: d}
	for i := range d.sentences {
		e.Whole = append(e.Whole, d.sentences[i].row)
		u := d.units[i]
		e.Can = append(e.Can, u.ok)
		e.Unit = append(e.Unit, [2]int{u.first, u.last})
	}
	if focus != "" {
		t := d.topic(focus, d.scores(s.model))
		e.Focus = t.rows
	}
	return e
}
