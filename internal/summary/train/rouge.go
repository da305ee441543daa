package main

import (
	"strings"

	porterstemmer "github.com/blevesearch/go-porterstemmer"
)

// text is one or more sentences as ROUGE sees them: runs of letters a to z and
// digits in lower case, words of more than three stemmed by Porter.
type text [][]string

func rougeText(sentences []string) text {
	t := make(text, len(sentences))
	for i, s := range sentences {
		for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			if len(w) > 3 {
				w = porterstemmer.StemString(w)
			}
			t[i] = append(t[i], w)
		}
	}
	return t
}

func (t text) words() []string {
	var all []string
	for _, s := range t {
		all = append(all, s...)
	}
	return all
}

// rouge returns the F1 of overlapping n-grams of a summary and a reference
// (Lin, 2004).
func rouge(summary, reference text, n int) float64 {
	a, b := grams(summary.words(), n), grams(reference.words(), n)
	hit, na, nb := 0, 0, 0
	for g, c := range a {
		hit += min(c, b[g])
		na += c
	}
	for _, c := range b {
		nb += c
	}
	return f1(hit, na, nb)
}

func f1(hit, na, nb int) float64 {
	if hit == 0 {
		return 0
	}
	p, r := float64(hit)/float64(na), float64(hit)/float64(nb)
	return 2 * p * r / (p + r)
}

func grams(words []string, n int) map[string]int {
	m := map[string]int{}
	for i := 0; i+n <= len(words); i++ {
		m[strings.Join(words[i:i+n], " ")]++
	}
	return m
}

// rougeL is the summary-level F1 of longest common subsequences.
func rougeL(summary, reference text) float64 {
	have, want := grams(summary.words(), 1), grams(reference.words(), 1)
	hit := 0
	for _, r := range reference {
		in := make([]bool, len(r))
		for _, s := range summary {
			common(r, s, in)
		}
		for i, ok := range in {
			if ok && have[r[i]] > 0 && want[r[i]] > 0 {
				hit++
				have[r[i]]--
				want[r[i]]--
			}
		}
	}
	return f1(hit, len(summary.words()), len(reference.words()))
}

// common marks the words of r on one longest common subsequence with s.
func common(r, s []string, in []bool) {
	n, m := len(r), len(s)
	table := make([]int, (n+1)*(m+1))
	at := func(i, j int) *int { return &table[i*(m+1)+j] }
	for i := range n {
		for j := range m {
			if r[i] == s[j] {
				*at(i+1, j+1) = *at(i, j) + 1
			} else {
				*at(i+1, j+1) = max(*at(i, j+1), *at(i+1, j))
			}
		}
	}
	for i, j := n, m; i > 0 && j > 0; {
		switch {
		case r[i-1] == s[j-1]:
			in[i-1] = true
			i--
			j--
		case *at(i-1, j) >= *at(i, j-1):
			i--
		default:
			j--
		}
	}
}
