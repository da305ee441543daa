package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/eval"
	"verbatim/internal/index"
)

// obvious is a task whose questions share all their words with one sentence.
func obvious() (task, []int) {
	t := newTask(article.NewCorpus([]*article.Article{article.FromSentences("bridge", "The bridge", []string{
		"The bridge opened on 4 May after three years of work.",
		`The engineer Ruth Abara said that "corrosion" had cost the town two million pounds.`,
		"Cyclists have a lane of their own.",
		"Nobody was hurt when the old crane fell into the river.",
	})}), []string{
		"Which bridge opened on 4 May?", `What did Ruth Abara say about "corrosion"?`, "Do cyclists have a lane?", "Who was hurt when the crane fell?",
	})
	t.limit, t.rounds = len(t.sentences), 2
	return t, []int{0, 1, 2, 3}
}

func check(t *testing.T, e engine) {
	t.Helper()
	task, want := obvious()
	r, err := e.measure(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if f := r.found[i]; !f.answered || len(f.ranking) == 0 || f.ranking[0] != w {
			t.Errorf("%q: %+v, want sentence %d first", task.questions[i], f, w)
		}
	}
	if len(r.times) != task.rounds*len(want) || r.build <= 0 || slices.Min(r.times) <= 0 {
		t.Errorf("%d times, built in %v; want %d times", len(r.times), r.build, task.rounds*len(want))
	}
}

func TestInProcess(t *testing.T) {
	for _, e := range inProcess(nil) {
		t.Run(e.name, func(t *testing.T) { check(t, e) })
	}
}

func TestMiniSearch(t *testing.T) {
	m, err := startMiniSearch(context.Background(), ".")
	if errors.Is(err, errNoMiniSearch) {
		t.Skipf("NOT TESTED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range m.engines() {
		t.Run(e.name, func(t *testing.T) { check(t, e) })
	}
	if err := m.close(); err != nil {
		t.Error(err)
	}
}

// TestNoMiniSearch: a folder without the package is said, and is no failure.
func TestNoMiniSearch(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("NOT TESTED: %v", err)
	}
	script, err := os.ReadFile("minisearch.mjs")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "minisearch.mjs"), script, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := startMiniSearch(context.Background(), dir); !errors.Is(err, errNoMiniSearch) || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("without the package: %v, want errNoMiniSearch and what to run", err)
	}
}

// TestGoldens: every question of package eval becomes one of the set, and the
// whole comparison runs over it.
func TestGoldens(t *testing.T) {
	set, err := readGoldens(filepath.Join("..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	answerable := 0
	for _, q := range set {
		if len(q.Gold) > 0 {
			answerable++
		}
	}
	if len(set) < 80 || answerable < 60 || answerable == len(set) {
		t.Errorf("%d questions, %d of them answerable", len(set), answerable)
	}
	var out bytes.Buffer
	if err := compareSet(context.Background(), inProcess(nil), "goldens", set, 1, &out); err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(out.String(), "\n|"); rows != 2+len(inProcess(nil)) {
		t.Errorf("the table has %d rows:\n%s", rows, out.String())
	}
}

// TestMeasureAgrees: Verbatim is measured here as "bot eval" measures it.
func TestMeasureAgrees(t *testing.T) {
	set, err := readGoldens(filepath.Join("..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context, a *article.Article) (eval.Ranker, func() error, error) {
		c := article.NewCorpus([]*article.Article{a})
		x, err := index.Build(ctx, c, index.Options{})
		if err != nil {
			return nil, nil, err
		}
		r, err := answer.New(c, x)
		return r, x.Close, err
	}
	want, err := eval.Run(context.Background(), set, open, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range eval.Groups(set) {
		task := taskOf(set, g, 1)
		r, err := timed(openAnswer(nil))(context.Background(), task)
		if err != nil {
			t.Fatal(err)
		}
		for k, q := range g.Questions {
			got := r.found[k]
			if !slices.Equal(eval.Complete(got.ranking, len(task.sentences)), want[q].Ranking) || got.answered != want[q].Answered || got.confidence != want[q].Confidence {
				t.Errorf("%s: %+v, want %+v", set[q].ID, got, want[q])
			}
		}
	}
}

// TestGenerated: the engines do the same work on a generated corpus. Nearly
// always each has a sentence first that holds all words of the question.
func TestGenerated(t *testing.T) {
	task := generated(1000, 1)
	if len(task.sentences) != 1000 || len(task.questions) != largeQuestions {
		t.Fatalf("%d sentences and %d questions", len(task.sentences), len(task.questions))
	}
	for _, e := range inProcess(nil) {
		r, err := e.measure(context.Background(), task)
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for i, f := range r.found {
			if len(f.ranking) == 0 || len(f.ranking) > 100 {
				t.Fatalf("%s has %d sentences for %q", e.name, len(f.ranking), task.questions[i])
			}
			first := words(task.sentences[f.ranking[0]])
			if !slices.ContainsFunc(words(task.questions[i]), func(w string) bool { return !slices.Contains(first, w) }) {
				whole++
			}
		}
		if whole < largeQuestions*95/100 {
			t.Errorf("%s has a sentence with all words first for %d of %d questions", e.name, whole, largeQuestions)
		}
	}
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(200-i))
	}
	if p50, p99 := percentile(times, 50), percentile(times, 99); p50 != 100 || p99 != 198 {
		t.Errorf("p50 %d, p99 %d of 1 to 200; want 100 and 198", p50, p99)
	}
	if got := percentile(times[:1], 99); got != 200 {
		t.Errorf("p99 of one time is %d, want it", got)
	}
}
