package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestArticleCommands(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		out    string // a part of standard output; "" means that it is empty
		stderr string // a part of standard error; "" means that it is empty
	}{
		{"about", []string{"article", "about"}, 0, "Questions to try:", ""},
		{"facts", []string{"article", "facts"}, 0, "23 people", ""},
		{"timeline", []string{"article", "timeline"}, 0, "in 2015: 2015", ""},
		{"timeline without a date", []string{"article", "timeline"}, 0, "not known", ""},
		{"people", []string{"article", "people"}, 0, "Syrian Democratic Forces (SDF)", ""},
		{"mentions", []string{"article", "mentions", "al-sharaa"}, 0, "8 mentions", ""},
		{"not mentioned", []string{"article", "mentions", "chocolate"}, 1, "does not mention “chocolate”", ""},
		{"no term", []string{"article", "mentions"}, 2, "", "arg"},
		{"no such article", []string{"article", "about", "nowhere"}, 2, "", `there is no article "nowhere"`},
		{"alone", []string{"article"}, 2, "", "about, facts, timeline"},
		{"misspelled", []string{"article", "fact"}, 2, "", "did you mean facts?"},
		{"set missing", []string{"summarize-set", "nowhere.jsonl"}, 2, "", "nowhere.jsonl"},
		{"set without sentences", []string{"summarize-set", "x", "--sentences", "0"}, 2, "", "--sentences must be at least 1, not 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := runBot(t, "", tt.args...)
			if got.status != tt.status {
				t.Errorf("status %d, want %d", got.status, tt.status)
			}
			for _, s := range []struct{ name, got, want string }{{"output", got.out, tt.out}, {"error", got.stderr, tt.stderr}} {
				if !strings.Contains(s.got, s.want) || s.want == "" && s.got != "" {
					t.Errorf("standard %s is %q, want %q in it", s.name, s.got, s.want)
				}
			}
		})
	}
}

// TestArticleJSON: every phrase is the stretch of its sentence that its offsets
// say.
func TestArticleJSON(t *testing.T) {
	for _, name := range []string{"facts", "timeline", "people"} {
		t.Run(name, func(t *testing.T) {
			got := runBot(t, "", "article", name, "--json")
			var a articleJSON
			if err := json.Unmarshal([]byte(got.out), &a); err != nil {
				t.Fatalf("%v in %q", err, got.out)
			}
			if len(a.Phrases) == 0 || a.Article == "" || a.Revision == "" {
				t.Errorf("%+v has no phrases, article or revision", a)
			}
			for _, p := range a.Phrases {
				from, to := p.Start-p.Sentence.Start, p.End-p.Sentence.Start
				if from < 0 || to > len(p.Sentence.Text) || p.Sentence.Text[from:to] != p.Phrase {
					t.Errorf("%q is not at %d to %d of %q", p.Phrase, from, to, p.Sentence.Text)
				}
			}
		})
	}
}

// TestQuestionsToTry: what "about" says to ask is answered when it is asked, and
// what no sentence answers isn't there.
func TestQuestionsToTry(t *testing.T) {
	dir := t.TempDir()
	const text = "---\ntitle: An engineer\n---\n" +
		"Grace Oduya was an electrical engineer who brought power to 400 villages. She was born in Kisumu, the fourth of seven children.\n\n" +
		"Her lamp runs on two AAA batteries. Its AAA cells last two years.\n\n" +
		"A street in Kisumu carries her name.\n"
	if err := os.WriteFile(filepath.Join(dir, "oduya.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, corpus := range []string{dir, shipped(t)} {
		set := map[string]string{"CORPUS_DIR": corpus}
		got := runWith(t, set, "", "article", "about", "--json")
		var a articleJSON
		if err := json.Unmarshal([]byte(got.out), &a); err != nil {
			t.Fatal(err)
		}
		if len(a.Questions) == 0 {
			t.Errorf("%s: there are none", corpus)
		}
		for _, q := range a.Questions {
			if told := runWith(t, set, "", "ask", "--json", q); !strings.Contains(told.out, `"answered":true`) || strings.Contains(told.out, `"band":"low"`) {
				t.Errorf("%q: %s", q, told.out)
			}
			if corpus == dir && !strings.Contains(q, "Oduya") && !strings.Contains(q, "AAA") {
				t.Errorf("%q is offered, and no sentence answers it", q)
			}
		}
	}
}

func TestSummarizeSet(t *testing.T) {
	set := filepath.Join(t.TempDir(), "set.jsonl")
	const lines = `{"id":"a","title":"","sentences":["The mill burned on Monday.","Rain came in May.","He left.","Bread got dear in Hull.","Ann Roe sold cod."]}

{"id":"b","title":"","sentences":["Rain came in May.","Bread got dear in Hull.","Ann Roe sold cod."],"query":"bread"}
`
	if err := os.WriteFile(set, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runBot(t, "", "summarize-set", set, "--sentences", "1")
	if got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	type outcome struct {
		ID        string `json:"id"`
		Sentences []int  `json:"sentences"`
	}
	var outcomes []outcome
	for s := bufio.NewScanner(strings.NewReader(got.out)); s.Scan(); {
		var o outcome
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, o)
	}
	if len(outcomes) != 2 || outcomes[0].ID != "a" || len(outcomes[0].Sentences) != 1 || !slices.Equal(outcomes[1].Sentences, []int{1}) {
		t.Errorf("outcomes %+v, want one sentence of a and the second of b", outcomes)
	}

	run := filepath.Join(t.TempDir(), "run.jsonl")
	if again := runBot(t, "", "summarize-set", set, "--sentences", "1", "--run", run); again.status != 0 || again.out != "" {
		t.Fatalf("to a file: status %d, output %q", again.status, again.out)
	}
	written, err := os.ReadFile(run)
	if err != nil || string(written) != got.out {
		t.Errorf("the file holds %q (%v), standard output had %q", written, err, got.out)
	}

	if err := os.WriteFile(set, []byte("{\"id\":\"a\"}\n{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if broken := runBot(t, "", "summarize-set", set); broken.status != 2 || !strings.Contains(broken.stderr, "set.jsonl:2:") {
		t.Errorf("a broken line: status %d, %q", broken.status, broken.stderr)
	}
}
