package main

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"verbatim/internal/corpus"
	"verbatim/internal/discordtest"
)

// result is what a run of the program left behind.
type result struct {
	status      int
	out, stderr string
}

// runBot runs the program on the shipped article, in an empty folder.
func runBot(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	set := map[string]string{"CORPUS_DIR": shipped(t)}
	inFolder(t, nil)
	return runWith(t, set, stdin, args...)
}

func runWith(t *testing.T, set map[string]string, stdin string, args ...string) result {
	t.Helper()
	var out, stderr strings.Builder
	status := run(t.Context(), args, env(set), strings.NewReader(stdin), &out, &stderr)
	return result{status, out.String(), stderr.String()}
}

func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		out    string // a part of standard output; "" means that it is empty
		stderr string // a part of standard error; "" means that it is empty
	}{
		{"answered", []string{"ask", killed}, 0, "killed 23 people", ""},
		{"words of a question", []string{"ask", "How", "many", "people", "were", "killed", "at", "the", "church?"}, 0, "killed 23 people", ""},
		{"not said", []string{"ask", "How much do bananas cost in Peru?"}, 1, notSaid, ""},
		{"not a question", []string{"ask", "hello there"}, 1, "question", ""},
		{"empty", []string{"ask", ""}, 2, "question", "the question is empty"},
		{"too long", []string{"ask", strings.Repeat("why ", 251)}, 2, "long question", "1004 characters; at most 1000"},
		{"no question", []string{"ask"}, 2, "", "bot ask --help"},
		{"unknown flag", []string{"ask", "--jsn", "Who?"}, 2, "", "unknown flag: --jsn"},
		{"unknown command", []string{"aks"}, 2, "", `there is no command "aks"; did you mean ask?`},
		{"unknown below corpus", []string{"corpus", "chek", "x"}, 2, "", `there is no command "chek"; did you mean check?`},
		{"both ways", []string{"ask", "--json", "--explain", "Who?"}, 2, "", "json"},
		{"summary", []string{"summary", "--length", "short"}, 0, "paragraph 1, sentence 1", ""},
		{"length unknown", []string{"summary", "--length", "tiny"}, 2, "", `"tiny"`},
		{"no sentences", []string{"summary", "--sentences", "0"}, 2, "", "--sentences must be at least 1, not 0"},
		{"length twice", []string{"summary", "--sentences", "2", "--length", "short"}, 2, "", "length"},
		{"no such article", []string{"summary", "nowhere"}, 2, "", `there is no article "nowhere"`},
		{"corpus alone", []string{"corpus"}, 2, "", "check"},
		{"check nothing", []string{"corpus", "check"}, 2, "", "accepts 1 arg"},
		{"check no folder", []string{"corpus", "check", "nowhere"}, 2, "", "nowhere is not a folder"},
		{"version", []string{"version"}, 0, "verbatim ", ""},
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

// TestBuiltInArticle: the program answers without a folder beside it.
func TestBuiltInArticle(t *testing.T) {
	inFolder(t, nil)
	if got := runWith(t, nil, "", "ask", killed); got.status != 0 || !strings.Contains(got.out, "killed 23 people") {
		t.Errorf("%+v", got)
	}
}

func TestBrokenCorpusIsTrouble(t *testing.T) {
	inFolder(t, map[string]string{"corpus/a.md": "---\ntitle: A\npublished: someday\n---\nText.\n", "corpus/b.txt": "\xff\xfe"})
	for _, args := range [][]string{{"corpus", "check", "corpus"}, {"ask", "Who?"}, {"summary"}, nil} {
		got := runWith(t, nil, "", args...)
		if got.status != 2 || got.out != "" || !strings.Contains(got.stderr, "a.md:3") || !strings.Contains(got.stderr, "b.txt") {
			t.Errorf("bot %s: %+v", strings.Join(args, " "), got)
		}
	}
}

// TestCorpusCheckTellsOfEqualTitles: they are no mistake, but citations of them
// look alike.
func TestCorpusCheckTellsOfEqualTitles(t *testing.T) {
	inFolder(t, map[string]string{"corpus/mon.md": "---\ntitle: Daily briefing\n---\nIt rained.\n", "corpus/other.md": "# Other\n\nText.\n", "corpus/tue.md": "# Daily Briefing\n\nIt snowed.\n"})
	got := runWith(t, nil, "", "corpus", "check", "corpus")
	if got.status != 0 || !strings.Contains(got.out, "corpus is fine") || got.stderr != "mon.md, tue.md have the same title, by which readers can't tell them apart\n" {
		t.Errorf("%+v", got)
	}
}

func TestCorpusCheck(t *testing.T) {
	dir := shipped(t)
	got := runBot(t, "", "corpus", "check", dir)
	if got.status != 0 || !strings.Contains(got.out, "is fine: articles 1, paragraphs ") || got.stderr != "" {
		t.Errorf("%+v", got)
	}
}

func TestWrongConfigurationIsTrouble(t *testing.T) {
	inFolder(t, map[string]string{".env": "DISCORD_TOKN=oops\n"})
	got := runWith(t, map[string]string{"LOG_LEVEL": "loud", "DISCORD_GUILD_ID": "home"}, "", "ask", killed)
	if got.status != 2 || !strings.Contains(got.stderr, "LOG_LEVEL") || !strings.Contains(got.stderr, "DISCORD_GUILD_ID") {
		t.Errorf("%+v", got)
	}
	got = runWith(t, nil, "", "ask", killed)
	if got.status != 0 || !strings.Contains(got.stderr, "DISCORD_TOKN") {
		t.Errorf("no warning of a misspelled key: %+v", got)
	}
}

// TestLogAsJSONToTheEnd: with LOG_FORMAT=json every line is JSON, the one that says
// why the bot can't go on as well.
func TestLogAsJSONToTheEnd(t *testing.T) {
	revoked := discordtest.New(t, discordtest.Options{AllowViolations: true})
	for name, tt := range map[string]struct {
		files, set map[string]string
		says       string
	}{
		"a token that is refused":       {nil, map[string]string{"DISCORD_TOKEN": "wrong", "DISCORD_API_URL": revoked.URL()}, "the token was refused"},
		"a setting that is wrong":       {nil, map[string]string{"DISCORD_TOKEN": "t", "LIMIT_MEMBER": "many"}, "LIMIT_MEMBER"},
		"a file of settings that isn't": {map[string]string{".env": "DISCORD TOKEN\n"}, nil, "KEY=value"},
		"articles that are broken":      {map[string]string{"corpus/a.md": "---\npublished: someday\n---\nText.\n"}, map[string]string{"DISCORD_TOKEN": "t"}, "a.md:2"},
		"without a token":               {map[string]string{"corpus/a.md": "---\npublished: someday\n---\nText.\n"}, nil, "a.md:2"},
	} {
		t.Run(name, func(t *testing.T) {
			inFolder(t, tt.files)
			set := map[string]string{"LOG_FORMAT": "json"}
			maps.Copy(set, tt.set)
			got := runWith(t, set, "")
			if got.status != exitTrouble || !strings.Contains(got.stderr, tt.says) {
				t.Errorf("%+v, want it to say %q", got, tt.says)
			}
			for line := range strings.Lines(got.stderr) {
				if !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %q", line)
				}
			}
		})
	}
}

// TestJSONQuotesTheStoredText: in the JSON of awkward questions, too, every
// passage is the stretch of the stored article that it says it is.
func TestJSONQuotesTheStoredText(t *testing.T) {
	c, err := corpus.Load(os.DirFS(shipped(t)), corpus.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	questions := []string{
		killed, "Who posted the video?", "WHEN WAS THE SDF ESTABLISHED", "damascas bombing kiled",
		"", "   ", "?", "🤖🤖🤖", "hello", "\x1b[31mWho?\x1b[0m", "**Who** is `Al Shara`? @everyone", "من هو أحمد الشرع؟",
		"シリアはいつ参加しましたか", "Wann trat Syrien bei?", "\xff\xfe\x00", `text:"x" AND -y~2 /.*/ ^5`,
		strings.Repeat("why ", 1000), strings.Repeat("x", 900_000),
	}
	got := runBot(t, strings.Join(questions, "\n")+"\n", "ask", "--json", "-")
	if got.status != 0 || got.stderr != "" {
		t.Fatalf("status %d:\n%s", got.status, got.stderr)
	}
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if len(lines) != len(questions) {
		t.Fatalf("%d lines to %d questions", len(lines), len(questions))
	}
	for i, l := range lines {
		var a answerJSON
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatal(err)
		}
		q := strings.ToValidUTF8(questions[i], "\ufffd")
		if strings.ReplaceAll(a.Question, "\ufffd", "") != strings.ReplaceAll(q, "\ufffd", "") {
			t.Errorf("line %d is of another question", i+1)
		}
		if a.Answered != (len(a.Passages) > 0) || a.Confidence < 0 || a.Confidence > 1 || a.TookUS < 0 {
			t.Errorf("line %d does not make sense: %s", i+1, l)
		}
		if a.Answer != "" && !strings.Contains(a.Passages[0].Text, a.Answer) {
			t.Errorf("line %d: the answer %q is not in %q", i+1, a.Answer, a.Passages[0].Text)
		}
		if a.Revision != string(c.Revision) {
			t.Errorf("line %d is of revision %q, not %q", i+1, a.Revision, c.Revision)
		}
		for _, p := range append(a.Passages, a.Nearest...) {
			stored := c.Article(p.Article)
			if stored == nil || p.Start < 0 || p.End > len(stored.Text) || stored.Text[p.Start:p.End] != p.Text || p.Text == "" {
				t.Errorf("line %d: passage %+v is not of the article", i+1, p)
			}
			if p.Paragraph < 1 || p.Sentence < 1 {
				t.Errorf("line %d: passage without a place: %+v", i+1, p)
			}
		}
	}
	for i := range 2 {
		if !strings.Contains(lines[i], `"answered":true`) {
			t.Errorf("%q is not answered", questions[i])
		}
	}
	for i := range questions[4:] {
		if i += 4; strings.TrimSpace(questions[i]) == "" && !strings.Contains(lines[i], `"answered":false`) {
			t.Errorf("%q is answered", questions[i])
		}
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, `"answered":false`) {
		t.Error("a question far over the limit is answered")
	}
}

func TestSameQuestionSameAnswer(t *testing.T) {
	set := map[string]string{"CORPUS_DIR": shipped(t)}
	inFolder(t, nil)
	ask := func() result { return runWith(t, set, "", "ask", "--explain", killed) }
	first := ask()
	for range 3 {
		if again := ask(); again != first {
			t.Fatalf("got %+v, and then %+v", first, again)
		}
	}
}

func TestExplain(t *testing.T) {
	got := runBot(t, "", "ask", "--explain", killed)
	for _, want := range []string{"killed 23 people", "Confidence 0.", "feature", "share", "score", "calibration", "log-odds"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("no %q in:\n%s", want, got.out)
		}
	}
}

// TestPipe: without a token the bot answers what comes through the pipe, after
// a line that says so.
func TestPipe(t *testing.T) {
	got := runBot(t, killed+"\n/corpus status\n/help\n/quit\n", []string{}...)
	if got.status != 0 || !strings.Contains(got.stderr, "DISCORD_TOKEN is not set") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("status %d, standard error %q", got.status, got.stderr)
	}
	for _, want := range []string{"ask> " + killed + "\n", "killed 23 people", "ask> /corpus status\n1 article", "/summary [short|medium|long]"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("no %q in:\n%s", want, got.out)
		}
	}
	if strings.Contains(got.out, "\x1b") {
		t.Errorf("escapes in a pipe:\n%q", got.out)
	}
}

// TestHelpShowsExamples: every command explains itself, with an example that
// is one of its own.
func TestHelpShowsExamples(t *testing.T) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		got := runBot(t, "", args...)
		if got.status != 0 || got.stderr != "" {
			t.Errorf("bot %s: %+v", strings.Join(args, " "), got)
		}
		if !strings.Contains(cmd.Example, cmd.CommandPath()) || !strings.Contains(got.out, cmd.Example) {
			t.Errorf("the help of %s shows no example of it:\n%s", cmd.CommandPath(), got.out)
		}
	}
	visit(newRoot(streams{getenv: env(nil)}))
}
