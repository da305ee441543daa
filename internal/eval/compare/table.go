package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"verbatim/internal/eval"
)

// score gathers what one engine did.
type score struct {
	name     string
	outcomes []eval.Outcome
	builds   []time.Duration // one an article
	times    []time.Duration // of single questions
	bytes    int64
}

// printSet writes the table of a set as Markdown. An answer is right when its
// first sentence is; a search engine answers whenever it finds anything.
func printSet(out io.Writer, name string, set []eval.Question, articles, sentences int, scores []score) error {
	unanswerable := 0
	for _, q := range set {
		if len(q.Gold) == 0 {
			unanswerable++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: %d questions, %d of them without an answer; %d articles, %d sentences\n\n", name, len(set), unanswerable, articles, sentences)
	b.WriteString("| engine | right first | MRR | right of the answers | right of the answerable | declined rightly | AUC | index built | question, median | p99 |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range scores {
		m := eval.Measure(set, s.outcomes)
		declined, auc := "", ""
		if unanswerable > 0 {
			n := 0
			for i, q := range set {
				if len(q.Gold) == 0 && !s.outcomes[i].Answered {
					n++
				}
			}
			declined = fmt.Sprintf("%d of %d", n, unanswerable)
			if unanswerable < len(set) {
				auc = share(m.AUC)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", s.name,
			share(m.P1), share(m.MRR), share(m.Precision), share(m.Recall), declined, auc,
			show(percentile(s.builds, 50)), show(percentile(s.times, 50)), show(percentile(s.times, 99)))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// printLarge writes the table of a generated corpus as Markdown.
func printLarge(out io.Writer, sentences, questions int, scores []score) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d generated sentences, %d questions of five words\n\n", sentences, questions)
	b.WriteString("| engine | index built | size | question, median | p99 |\n|---|---|---|---|---|\n")
	for _, s := range scores {
		fmt.Fprintf(&b, "| %s | %s | %d MB | %s | %s |\n", s.name,
			show(percentile(s.builds, 50)), s.bytes/1e6, show(percentile(s.times, 50)), show(percentile(s.times, 99)))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// share writes a figure from 0 to 1 as docs/quality.md does: ".738".
func share(x float64) string { return strings.TrimPrefix(fmt.Sprintf("%.3f", x), "0") }

// percentile is the smallest of the times that p of a hundred don't exceed; 0
// without any.
func percentile(times []time.Duration, p int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[(len(sorted)*p+99)/100-1]
}

// show writes a time with two or three figures that mean something.
func show(d time.Duration) string {
	switch ms := float64(d) / float64(time.Millisecond); {
	case ms >= 1000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 10:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 1:
		return fmt.Sprintf("%.1f ms", ms)
	case ms >= 0.1:
		return fmt.Sprintf("%.2f ms", ms)
	default:
		return fmt.Sprintf("%.3f ms", ms)
	}
}
