package eval

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// Ranker ranks the sentences of one article for a question, as the bot does.
type Ranker interface {
	Rank(context.Context, answer.Question) (*answer.Ranking, error)
}

// Open prepares the ranker of an article; the function it returns frees it.
type Open func(context.Context, *article.Article) (Ranker, func() error, error)

// Run asks every question of a set and returns the outcomes in the set's
// order. Articles are opened once each, as many at a time as there are
// processors. progress, when not nil, is told after each article how many
// questions are done; it is called from several goroutines at once.
func Run(ctx context.Context, set []Question, open Open, progress func(done int)) ([]Outcome, error) {
	outcomes := make([]Outcome, len(set))
	var done atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, group := range Groups(set) {
		g.Go(func() error {
			if err := group.run(ctx, set, open, outcomes); err != nil {
				return fmt.Errorf("question %s: %w", set[group.Questions[0]].ID, err)
			}
			n := done.Add(int64(len(group.Questions)))
			if progress != nil {
				progress(int(n))
			}
			return nil
		})
	}
	return outcomes, g.Wait()
}

func (g Group) run(ctx context.Context, set []Question, open Open, outcomes []Outcome) (err error) {
	ranker, release, err := open(ctx, g.Article)
	if err != nil {
		return err
	}
	defer func() {
		if e := release(); err == nil {
			err = e
		}
	}()
	for _, i := range g.Questions {
		r, err := ranker.Rank(ctx, answer.Question{Text: set[i].Text()})
		if err != nil {
			return err
		}
		o := Outcome{ID: set[i].ID, Confidence: r.Confidence}
		o.Answered, _ = r.Decide()
		for _, row := range r.Rows {
			o.Ranking = append(o.Ranking, row.Sentence)
		}
		o.Ranking = Complete(o.Ranking, len(set[i].Sentences))
		outcomes[i] = o
	}
	return nil
}

// Complete appends the sentences of an article of n that a ranking lacks, in
// their order: what was not found comes after what was.
func Complete(ranking []int, n int) []int {
	seen := make([]bool, n)
	for _, s := range ranking {
		seen[s] = true
	}
	for s, ok := range seen {
		if !ok {
			ranking = append(ranking, s)
		}
	}
	return ranking
}
