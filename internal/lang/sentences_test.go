package lang

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
)

func sentencesOf(text, lang string) []string {
	var all []string
	for _, s := range For(lang).Sentences(text) {
		all = append(all, text[s.Start:s.End])
	}
	return all
}

// Each line is a paragraph whose sentences are parted by " | ".
const splitTable = `
# quotations of several sentences
He says: "Syria has joined the Coalition to Defeat ISIS. | Joining it will protect all Syrians." | Then he left.
He said: “It is over. | We won.” | Nobody answered.
"Stop." | "Why?" | "Go," she said.
He said. | "Next time," she answered.
“What happened?” he asked. | Nobody knew.
"Is it over?" Mr Smith asked. | "Not yet." | The room emptied.
"Stop!" John Smith shouted at them. | They ran.
"Stop!" | John ran away.
He called it a "partnership". | On Monday he had called it “political”. | It was neither.
He said 'no.' | She said 'yes.'
He left (nobody saw him). | (She stayed.) | It rained [all day.] | They slept.
# titles, names, initials
Mr Al Shara met Mr. Trump. | Mrs. May and Dr. Who came. | Prof. Higgins did not.
J. K. Rowling wrote it. | The L. A. Mayer Institute sued in Roe v. Wade. | George W. Bush read it. | J.R.R. Tolkien and J.-P. Sartre did not.
The U.S. Army left. | He lives in the U.S. | The war ended there. | U.S. troops stayed.
Sen. John McCain and Gen. Mark Milley met Lt. Col. Smith at St. Mary's.
Martin Luther King Jr. spoke. | Acme Inc. and Foo Ltd. merged. | He works at Acme Inc. | The firm is old.
She chose plan B. | It failed. | Vitamin C. helped nobody.
He holds a Ph.D. in physics. | She has an M.A. | They met in Washington D.C. | The end came.
# abbreviations that are words too
Use fruit, e.g. Apples or pears, i.e. Pomes. | It is cats vs. Dogs, cf. Smith.
See No. 5, fig. 3, pp. 12 and vol. 2. | The answer is no. | He left on Jan. 5. | She came in Feb. | Art. 5 applies to art. | He is ill. | Wash. the car.
We met at 5 p.m. on Monday. | We met at 5 p.m. Monday. | It closed at 6 a.m. | The staff went home.
They sold pens, paper, etc. | The shop closed.
# numbers
It rose 3.5 per cent to $4.2m. | In 1999. | 23 people were killed. | He died in 2015. | Nobody mourned.
1. Open the box. | 2. Take it out.
Version 1.2.3 of node.js runs on example.com. | It works.
# ellipses
He waited... and waited. | Then... | He left. | "Well…" | She paused… | Then she spoke… and stopped.
It goes on . . . and on. | It stops . . . | Then it starts.
... and so it began. | It ended.
# cries, doubts, mixtures
Really?! | Yes! | No. | What?? | Go!!! | Is it "over"? | Yes, it is!
Yahoo! and who? are words.
# Markdown and notes
**It is bold.** | *It leans.* | See [the page.](https://example.com/a.b?c=d) | It is noted.[12] | It is noted twice.[1][^2] | It is raised.¹ | It is twice.¹² | It ends.
Odd spacing . | Here it is .
# lower case goes on
Rain fell. | iPhone sales rose. | eBay fell! | macOS was updated. | It is 5 p.m. or so.
He uses approx. five. | It is by e. e. cummings.
no full stop at all in this one
Damascus – and Aleppo. | — And Homs. | - And Hama.
`

func TestSentencesEnglish(t *testing.T) {
	for _, line := range strings.Split(splitTable, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		want := strings.Split(line, " | ")
		text := strings.Join(want, " ")
		if got := sentencesOf(text, ""); !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestSentencesLanguages(t *testing.T) {
	for _, c := range []struct {
		lang string
		want []string
		sep  string
	}{
		{"de", []string{"Am 3. Oktober kam Dr. Meier, z. B. mit Nr. 5.", "„Ja.“", "Er ging bzw. Sie blieb."}, " "},
		{"de-AT", []string{"Am 3. Oktober war es.", "Es war kalt."}, " "},
		{"fr", []string{"M. Dupont est arrivé.", "« Bonjour. »", "Où va-t-il ?", "Il est p. 12."}, " "},
		{"es", []string{"El Sr. García vino.", "¿Qué pasó?", "¡Nada!", "EE.UU. ganó."}, " "},
		{"ru", []string{"Он жил на ул. Ленина.", "Она ушла.", "Почему?"}, " "},
		{"ar", []string{"ماذا حدث؟", "لا أحد يعرف.", "انتهى الأمر."}, " "},
		{"hi", []string{"वह आया।", "वह गया।"}, " "},
		{"zh", []string{"他来了。", "她走了！", "“为什么？”", "没有人知道。", "「好。」", "「走吧。」"}, ""},
		{"ja", []string{"彼は来た。", "彼女は行った。"}, ""},
		{"ko", []string{"그가 왔다.", "그녀는 갔다."}, " "},
		{"xx", []string{"Unknown tongue.", "Still cut."}, " "},
	} {
		text := strings.Join(c.want, c.sep)
		if got := sentencesOf(text, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q\n got %q\nwant %q", text, c.lang, got, c.want)
		}
	}
}

func TestSentencesNewlinesAreSpaces(t *testing.T) {
	text := "The first sentence goes\nover a line. The\nsecond\ttoo.\n\n  "
	want := []string{"The first sentence goes\nover a line.", "The\nsecond\ttoo."}
	if got := sentencesOf(text, ""); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Each line is a message whose sentences are parted by " | ".
const typedTable = `
How many U.S. troops remain deployed in Syria?
how many u.s. troops remain? | i want to know.
Who is Dr. Smith from New York?
hi. | who is dr. smith? | is mr. jones his friend?
Who is J.K. Rowling, and who is J. K. Simmons?
who is j. k. rowling?
Hello! | I have a question. | How long does the soup simmer?
hello! | what happened to Yahoo! shares in May?
the bridge is closed. | which council decided that? | and when?
Who asked "why?" and left?
What does it mean, e.g. for the U.S. troops?
What is St. Mary's, and what is st. mary's?
Is version 1.2.3 of node.js out... or not?
`

func TestTyped(t *testing.T) {
	for line := range strings.Lines(typedTable) {
		want := strings.Split(strings.TrimSpace(line), " | ")
		text := strings.Join(want, " ")
		var got []string
		for _, s := range For("en").Typed(text) {
			got = append(got, text[s.Start:s.End])
		}
		if text != "" && !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	long := strings.Repeat("where and ", 300) + "when?"
	if got := For("en").Typed(long); len(got) != 1 || got[0].End != len(long) {
		t.Errorf("a long question is cut into %v", got)
	}
}

func TestSentencesLongText(t *testing.T) {
	for name, text := range map[string]string{
		"words":   strings.Repeat("word ", 2000),
		"clauses": strings.Repeat("one clause follows another, ", 500),
		"letters": strings.Repeat("é", 5000),
		"cjk":     strings.Repeat("没有句号的文字，", 500),
		"dots":    strings.Repeat(". ", 3000),
	} {
		spans := For("").Sentences(text)
		checkSpans(t, text, spans, maxSentence)
		if len(spans) < len(text)/maxSentence {
			t.Errorf("%s: %d spans of %d bytes", name, len(spans), len(text))
		}
		if name == "clauses" && !strings.HasSuffix(text[spans[0].Start:spans[0].End], ",") {
			t.Errorf("not cut at a clause: %q", text[spans[0].Start:spans[0].End])
		}
	}
}

// checkSpans holds Sentences and Typed to their contract.
func checkSpans(t *testing.T, text string, spans []article.Span, longest int) {
	t.Helper()
	last := 0
	for _, s := range spans {
		if s.Start < last || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("span %v after %d in %d bytes", s, last, len(text))
		}
		got := text[s.Start:s.End]
		if !utf8.ValidString(got) || strings.TrimFunc(got, unicode.IsSpace) != got {
			t.Fatalf("span %v is %q", s, got)
		}
		if len(got) > longest {
			t.Fatalf("span %v has %d bytes", s, len(got))
		}
		if gap := text[last:s.Start]; strings.TrimFunc(gap, unicode.IsSpace) != "" {
			t.Fatalf("%q is in no sentence", gap)
		}
		last = s.End
	}
	if rest := text[last:]; strings.TrimFunc(rest, unicode.IsSpace) != "" {
		t.Fatalf("%q is in no sentence", rest)
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"", "Hello. World", "Mr. X said: \"Go. Now.\" He left...", "。」「x", "a\r\nb. C", ".[", ".](", "…… é. É", "1. 2. 3."} {
		f.Add(s, "en")
		f.Add(s, "de")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		checkSpans(t, text, For(lang).Sentences(text), maxSentence)
		checkSpans(t, text, For(lang).Typed(text), len(text))
	})
}

func BenchmarkSentences(b *testing.B) {
	text := strings.Repeat(`The visit was the first to Washington by a modern Syrian head of state, Mr. Al Shara said. "It is over," he added. `, 50)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		For("").Sentences(text)
	}
}
