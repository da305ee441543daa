package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// asked are questions of every kind: with and without an answer, misspelled, no
// question at all.
var asked = []string{
	killed, "Who posted the video?", "When was the SDF established?", "Where is the US zone?", "How long did the offensive take?",
	"How old is Al Shara?", "What did the mayor of Damascus say about tariffs?", "How did HTS seize power?", "Why could attacks rise?",
	"Which country joined the coalition?", "What is HTS?", "damascas bombing kiled", "SDF", "hello", "How much do bananas cost in Peru?",
	"Did Mr Al Shara reject demands of the extremists that came to Damascus with him after the fall of the Assad regime?",
}

// patterns of questions: %n stands for a name of the article's, %w for a word of
// its, %o for a word that it doesn't have.
var patterns = []string{
	"Who is %n?", "What did %n say about %w?", "When did %n %w the %w?", "Where are the %w of %n?", "How many %w were there?",
	"Why is %n against %w?", "What does the article say about %w and %w?", "%n %w", "which %w did %n join", "How did %n get %w?",
	"Is it true that %n wants %w?", "What is the %o of %n?", "Did the %o %w %n?", "tell me about %n, please", "How long did the %w take?",
	"Has %n ever been to %n?", "what about %w", "Who %w the %w of the %w?", "How much %o does %n have?", "Since when does %n have %w?",
}

// questions are several hundred different ones on the shipped article: those in
// asked, those of the evaluation, and patterns filled in with the article's own
// words, a fifth of them misspelled. They are the same in every run.
func questions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shipped(t), "syria-joins-the-coalition.md"))
	if err != nil {
		t.Fatal(err)
	}
	names, words := vocabulary(string(text))
	others := strings.Fields("tariff banana penguin orchestra gearbox violin submarine lottery glacier marathon passport telescope")
	random := rand.New(rand.NewPCG(7, 2025))
	one := func(of []string) string { return of[random.IntN(len(of))] }
	out := slices.Clone(asked)
	sets, err := filepath.Glob("../../internal/eval/testdata/*.questions")
	if err != nil || len(sets) == 0 {
		t.Fatalf("the questions of the evaluation: %v", err)
	}
	for _, set := range sets {
		text, err := os.ReadFile(set)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if q, _, ok := strings.Cut(line, " => "); ok && !strings.HasPrefix(line, "#") {
				out = append(out, q)
			}
		}
	}
	for len(out) < 600 {
		q := one(patterns)
		for _, fill := range []struct {
			mark string
			of   []string
		}{{"%n", names}, {"%w", words}, {"%o", others}} {
			for strings.Contains(q, fill.mark) {
				q = strings.Replace(q, fill.mark, one(fill.of), 1)
			}
		}
		if random.IntN(5) == 0 {
			q = misspelled(q, random)
		}
		if !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// vocabulary is the names in a text, which are runs of words with a capital
// inside a sentence, and its other words of more than four letters.
func vocabulary(text string) (names, words []string) {
	var run []string
	begins := true
	end := func() {
		if name := strings.Join(run, " "); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
		run = nil
	}
	for _, field := range strings.Fields(text) {
		word := strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) })
		capital := word != "" && unicode.IsUpper([]rune(word)[0])
		switch {
		case capital && !begins:
			run = append(run, word)
		default:
			end()
			if !capital && len(word) > 4 && !slices.Contains(words, word) && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
				words = append(words, word)
			}
		}
		if begins = strings.ContainsAny(field[len(field)-1:], ".?!:\"”"); begins || field != strings.TrimRight(field, ",;") {
			end()
		}
	}
	end()
	return names, words
}

// misspelled swaps two letters within the longest word of a question.
func misspelled(q string, random *rand.Rand) string {
	longest := slices.MaxFunc(strings.Fields(q), func(a, b string) int { return len(a) - len(b) })
	letters := []rune(longest)
	if len(letters) < 6 {
		return q
	}
	i := 1 + random.IntN(len(letters)-3)
	letters[i], letters[i+1] = letters[i+1], letters[i]
	return strings.Replace(q, longest, string(letters), 1)
}

// TestVariedQuestions: they are many, different, and of every kind.
func TestVariedQuestions(t *testing.T) {
	all := questions(t)
	if again := questions(t); !slices.Equal(all, again) {
		t.Error("they are not the same again")
	}
	unlike := slices.Compact(slices.Sorted(slices.Values(all)))
	if len(unlike) < 590 {
		t.Errorf("%d of %d are different", len(unlike), len(all))
	}
	for _, q := range all {
		if len(q) < 3 || strings.ContainsAny(q, "%\n") {
			t.Errorf("%q", q)
		}
	}
}
