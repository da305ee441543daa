package answer

import (
	"bufio"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed model.txt
var modelText string

// shipped is the model that answers, made by the command in ./train.
var shipped = sync.OnceValues(func() (*Model, error) { return ReadModel(strings.NewReader(modelText)) })

// Linear is a weighted sum of standardised features.
type Linear struct{ Mean, Scale, Weight []float64 }

// Predict returns the weighted sum.
func (l Linear) Predict(x []float64) float64 {
	sum := 0.0
	for i, w := range l.Weight {
		sum += w * l.Scale[i] * (x[i] - l.Mean[i])
	}
	return sum
}

// Model is everything that was learned: how to order sentences, and how sure
// to be that the first one answers.
type Model struct {
	Linear     Linear  // over FeatureNames
	Trees      Forest  // over FeatureNames, added to Linear
	Confidence Forest  // over StandingNames: log-odds that the article answers
	Slope      float64 // Platt's scaling of the log-odds to the chance that
	Intercept  float64 // the first sentence answers

	trees, confidence *flat // the forests of a model that was read
}

// score fills in the ranking's scores of candidates, of whom scores holds 0 and
// x the features, one vector after the other.
func (m *Model) score(scores, x []float64) {
	m.trees.add(scores, x, width)
	for i := range scores {
		scores[i] = m.Linear.Predict(x[i*width:(i+1)*width]) + scores[i]
	}
}

// The names of the parts that are no feature's and no rule's.
const (
	levelPart        = "forest.level" // what a forest gives when nothing is known
	introductionPart = "introduction" // worthIntroducing
	calibrationPart  = "calibration"  // Model.Intercept
)

// explain returns what the score of a candidate is made of, the largest part
// first.
func (m *Model) explain(features []float64) []Part {
	share := make([]float64, len(features))
	for i, w := range m.Linear.Weight {
		share[i] = w * m.Linear.Scale[i] * (features[i] - m.Linear.Mean[i])
	}
	level := m.Trees.explain(features, share)
	return partsOf(FeatureNames(), features, share, Part{levelPart, 1, level})
}

// explainChance returns what the log-odds of the chance are made of, the
// largest part first.
func (m *Model) explainChance(standing []float64) []Part {
	share := make([]float64, len(standing))
	level := m.Confidence.explain(standing, share)
	for i := range share {
		share[i] *= m.Slope
	}
	return partsOf(StandingNames(), standing, share, Part{levelPart, 1, m.Slope * level}, Part{calibrationPart, 1, m.Intercept})
}

// partsOf are the shares of features and what is added beside them, the largest
// first, without those that are nothing.
func partsOf(names []string, values, shares []float64, beside ...Part) []Part {
	parts := beside
	for i, name := range names {
		parts = append(parts, Part{name, values[i], shares[i]})
	}
	parts = slices.DeleteFunc(parts, func(p Part) bool { return p.Share == 0 })
	slices.SortStableFunc(parts, largestFirst)
	return parts
}

func largestFirst(a, b Part) int { return cmp.Compare(math.Abs(b.Share), math.Abs(a.Share)) }

// chance is the calibrated chance, 0 to 1, that the first candidate answers,
// from the description that Standing gives.
func (m *Model) chance(standing []float64) float64 {
	var odds [1]float64
	m.confidence.add(odds[:], standing, len(standing))
	return 1 / (1 + math.Exp(-(m.Slope*odds[0] + m.Intercept)))
}

// Write writes the model as text, a feature or a tree a line, under comments
// that say where it comes from.
func (m *Model) Write(w io.Writer, comments []string) error {
	b := bufio.NewWriter(w)
	for _, c := range comments {
		fmt.Fprintf(b, "# %s\n", c)
	}
	for i, name := range FeatureNames() {
		fmt.Fprintf(b, "feature %d %s %.6g %.6g %.6g\n", i, name, m.Linear.Mean[i], m.Linear.Scale[i], m.Linear.Weight[i])
	}
	for i, name := range StandingNames() {
		fmt.Fprintf(b, "standing %d %s\n", i, name)
	}
	for _, t := range m.Trees {
		fmt.Fprintf(b, "tree %s\n", t)
	}
	for _, t := range m.Confidence {
		fmt.Fprintf(b, "confidence %s\n", t)
	}
	fmt.Fprintf(b, "calibration %.6g %.6g\n", m.Slope, m.Intercept)
	return b.Flush()
}

// ReadModel reads what Write wrote. A model of other features than those of
// this program is refused.
func ReadModel(r io.Reader) (*Model, error) {
	m := &Model{}
	names, standing := FeatureNames(), StandingNames()
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	seen := 0
	for n := 1; s.Scan(); n++ {
		key, rest, _ := strings.Cut(s.Text(), " ")
		err := error(nil)
		switch key {
		case "", "#":
		case "feature":
			f := strings.Fields(rest)
			i := len(m.Linear.Weight)
			if len(f) != 5 || i >= len(names) || f[1] != names[i] {
				return nil, fmt.Errorf("model line %d: not feature %d of this program", n, i)
			}
			var v [3]float64
			for k := range v {
				if v[k], err = strconv.ParseFloat(f[2+k], 64); err != nil {
					break
				}
			}
			m.Linear.Mean = append(m.Linear.Mean, v[0])
			m.Linear.Scale = append(m.Linear.Scale, v[1])
			m.Linear.Weight = append(m.Linear.Weight, v[2])
		case "standing":
			if seen >= len(standing) || rest != fmt.Sprint(seen, " ", standing[seen]) {
				return nil, fmt.Errorf("model line %d: not standing %d of this program", n, seen)
			}
			seen++
		case "tree":
			var t Tree
			t, err = ParseTree(rest, len(names))
			m.Trees = append(m.Trees, t)
		case "confidence":
			var t Tree
			t, err = ParseTree(rest, len(standing))
			m.Confidence = append(m.Confidence, t)
		case "calibration":
			_, err = fmt.Sscan(rest, &m.Slope, &m.Intercept)
		default:
			err = fmt.Errorf("unknown line %q", key)
		}
		if err != nil {
			return nil, fmt.Errorf("model line %d: %w", n, err)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if len(m.Linear.Weight) != len(names) || seen != len(standing) {
		return nil, fmt.Errorf("model: %d features and %d standings, want %d and %d", len(m.Linear.Weight), seen, len(names), len(standing))
	}
	for forest, laid := range map[*Forest]**flat{&m.Trees: &m.trees, &m.Confidence: &m.confidence} {
		var err error
		if *laid, err = flatten(*forest); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	return m, nil
}
