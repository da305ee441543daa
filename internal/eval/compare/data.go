package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verbatim"
	"verbatim/internal/article"
	"verbatim/internal/corpus"
	"verbatim/internal/eval"
)

// task is what one engine has to do: index the sentences, then find those that
// answer each question.
type task struct {
	corpus    *article.Corpus
	sentences []string // all of the corpus, in order
	questions []string
	limit     int // how many sentences are asked for
	rounds    int // how often each question is timed
}

func newTask(c *article.Corpus, questions []string) task {
	t := task{corpus: c, questions: questions}
	for _, a := range c.Articles {
		for i := range a.Sentences {
			t.sentences = append(t.sentences, a.SentenceText(i))
		}
	}
	return t
}

// taskOf asks for all sentences, as the metrics need the whole order.
func taskOf(set []eval.Question, g eval.Group, rounds int) task {
	var questions []string
	for _, i := range g.Questions {
		questions = append(questions, set[i].Text())
	}
	t := newTask(article.NewCorpus([]*article.Article{g.Article}), questions)
	t.limit, t.rounds = len(t.sentences), rounds
	return t
}

// readGoldens makes a set of the articles and questions that package eval's
// tests ask: the shipped article, and those in the folder. A sentence that
// holds the stretch which a golden wants is gold.
func readGoldens(dir string) ([]eval.Question, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.questions"))
	if err != nil {
		return nil, fmt.Errorf("list goldens: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no *.questions in %s", dir)
	}
	var set []eval.Question
	for _, path := range paths {
		a, err := goldenArticle(strings.TrimSuffix(path, ".questions") + ".md")
		if err != nil {
			return nil, err
		}
		lines, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read goldens: %w", err)
		}
		sentences := newTask(article.NewCorpus([]*article.Article{a}), nil).sentences
		for line := range strings.Lines(string(lines)) {
			question, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
			if !ok {
				return nil, fmt.Errorf("%s: line %q is not a question and what answers it", path, line)
			}
			q := eval.Question{
				ID:    fmt.Sprintf("%s: %s", filepath.Base(path), question),
				Title: a.Title, Sentences: sentences, Question: question,
			}
			for i, s := range sentences {
				if want != "-" && strings.Contains(s, want) {
					q.Gold = append(q.Gold, i)
				}
			}
			if want != "-" && len(q.Gold) == 0 {
				return nil, fmt.Errorf("%s: no sentence of the article holds %q", path, want)
			}
			set = append(set, q)
		}
	}
	return set, nil
}

// goldenArticle reads an article beside the questions, or else the shipped one.
func goldenArticle(path string) (*article.Article, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		files, err := verbatim.Articles()
		if err != nil {
			return nil, fmt.Errorf("shipped articles: %w", err)
		}
		c, err := corpus.Load(files, corpus.DefaultLimits())
		if err != nil {
			return nil, fmt.Errorf("shipped articles: %w", err)
		}
		if len(c.Articles) != 1 {
			return nil, fmt.Errorf("there are %d shipped articles: which one belongs to %s?", len(c.Articles), path)
		}
		return c.Articles[0], nil
	}
	if err != nil {
		return nil, fmt.Errorf("read article: %w", err)
	}
	a, problems := corpus.Parse(filepath.Base(path), data)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read article %s: %v", path, problems)
	}
	return a, nil
}

const (
	largeQuestions = 200 // asked of a generated corpus
	largeHits      = 10  // asked for by each: what a page of results shows
	perArticle     = 50  // sentences of an article
	vocabulary     = 20_000
)

// generated is a corpus of n sentences of about fifteen words by Zipf's law, and
// questions of five words that stand in one sentence of it. The words are made
// of syllables, so that they are as far apart as words are: the cost of looking
// for misspellings depends on that.
func generated(n, rounds int) task {
	r := rand.New(rand.NewPCG(1, 2))
	words := vocabularyOf(r)
	z := rand.NewZipf(r, 1.1, 20, uint64(len(words)-1))
	var articles []*article.Article
	for done := 0; done < n; done += perArticle {
		var sentences []string
		for range min(perArticle, n-done) {
			var s []string
			for range 10 + r.IntN(10) {
				s = append(s, words[z.Uint64()])
			}
			sentences = append(sentences, strings.Join(s, " ")+".")
		}
		articles = append(articles, article.FromSentences(fmt.Sprintf("a%06d", len(articles)), "", sentences))
	}
	t := newTask(article.NewCorpus(articles), nil)
	for range largeQuestions {
		s := strings.Fields(strings.TrimSuffix(t.sentences[r.IntN(n)], "."))
		r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
		t.questions = append(t.questions, strings.Join(s[:5], " ")+"?")
	}
	t.limit, t.rounds = largeHits, rounds
	return t
}

// vocabularyOf returns different words of two to four syllables.
func vocabularyOf(r *rand.Rand) []string {
	const consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
	var words []string
	seen := map[string]bool{}
	for len(words) < vocabulary {
		var w []byte
		for range 2 + r.IntN(3) {
			w = append(w, consonants[r.IntN(len(consonants))], vowels[r.IntN(len(vowels))])
			if r.IntN(3) == 0 {
				w = append(w, consonants[r.IntN(len(consonants))])
			}
		}
		if !seen[string(w)] {
			seen[string(w)] = true
			words = append(words, string(w))
		}
	}
	return slices.Clip(words)
}
