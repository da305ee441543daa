package corpus

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"verbatim/internal/article"
)

var kindNames = map[article.Kind]string{
	article.Prose: "prose", article.Item: "item", article.Quote: "quote", article.Heading: "heading",
	article.Table: "table", article.Code: "code", article.Caption: "caption",
}

// outline writes an article's paragraphs a line each: number, kind, the
// heading over it in brackets, and its sentences or its text.
func outline(a *article.Article) string {
	var b strings.Builder
	for i, p := range a.Paragraphs {
		fmt.Fprintf(&b, "%d %s", p.Number, kindNames[p.Kind])
		if h := a.HeadingText(i); h != "" {
			fmt.Fprintf(&b, " [%s]", h)
		}
		if !p.Kind.Quotable() {
			fmt.Fprintf(&b, " %q", a.Text[p.Start:p.End])
		}
		for s := p.First; s < p.First+p.Count; s++ {
			fmt.Fprintf(&b, " %q", a.SentenceText(s))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func parse(t *testing.T, name, text string) *article.Article {
	t.Helper()
	a, problems := Parse(name, []byte(text))
	if problems != nil {
		t.Fatalf("Parse(%s): %v", name, problems)
	}
	checkArticle(t, a)
	return a
}

// checkArticle holds an article to what its type promises.
func checkArticle(t *testing.T, a *article.Article) {
	t.Helper()
	control := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\t\f", r) }
	if !utf8.ValidString(a.Text) || strings.ContainsFunc(a.Text, control) || strings.HasPrefix(a.Text, "\ufeff") {
		t.Fatalf("%s: the text is not clean", a.Path)
	}
	if a.Title == "" || a.ID == "" || len(a.Sentences) == 0 {
		t.Fatalf("%s: title %q, ID %q, %d sentences", a.Path, a.Title, a.ID, len(a.Sentences))
	}
	end, number, next := 0, 0, 0
	for i, p := range a.Paragraphs {
		if p.Start < end || p.End <= p.Start || p.End > len(a.Text) {
			t.Fatalf("%s: paragraph %d is %d to %d, after %d", a.Path, i, p.Start, p.End, end)
		}
		end = p.End
		if p.Heading >= i || p.Heading >= 0 && a.Paragraphs[p.Heading].Kind != article.Heading {
			t.Fatalf("%s: paragraph %d stands under %d", a.Path, i, p.Heading)
		}
		if p.First != next || p.Kind.Quotable() != (p.Number > 0) || p.Kind.Quotable() != (p.Count > 0) {
			t.Fatalf("%s: paragraph %d is %+v", a.Path, i, p)
		}
		if p.Kind.Quotable() {
			if number++; p.Number != number {
				t.Fatalf("%s: paragraph %d has number %d, want %d", a.Path, i, p.Number, number)
			}
		}
		at := p.Start
		for n, s := range a.Sentences[p.First : p.First+p.Count] {
			if s.Paragraph != i || s.Number != n+1 || s.Start < at || s.End > p.End {
				t.Fatalf("%s: sentence %+v of paragraph %d, %+v", a.Path, s, i, p)
			}
			text := a.Text[s.Start:s.End]
			if text == "" || strings.TrimSpace(text) != text || !utf8.ValidString(text) {
				t.Fatalf("%s: sentence %q", a.Path, text)
			}
			at = s.End
		}
		next += p.Count
	}
	if next != len(a.Sentences) {
		t.Fatalf("%s: %d of %d sentences are in paragraphs", a.Path, next, len(a.Sentences))
	}
}

func TestParseBlocks(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"all.md", `# The **Title**

By Jane Doe and John Roe

![A picture](a.png)

Prose with *markup*. It has [a link.](http://example.com) And more.

## Points

- First point. It has two sentences.
  Its line goes on.
- Second point
  1. Nested point.

> He said so. She said the other
> thing.

***

| Name | Age |
|------|-----|
| Ann  | 30  |

Under_line
----------

    code block

` + "```go\nfmt.Println(1)\n```" + `

<!-- A comment. -->
<div>Markup.</div>

[ref]: http://example.com "A definition"

Photograph: Ann Lee/Agency

Read more: [Another story](http://example.com)

\* \* \*

The end.
`, `0 heading "The **Title**"
0 caption [The **Title**] "By Jane Doe and John Roe"
0 caption [The **Title**] "![A picture](a.png)"
1 prose [The **Title**] "Prose with *markup*." "It has [a link.](http://example.com)" "And more."
0 heading [The **Title**] "Points"
2 item [Points] "First point." "It has two sentences." "Its line goes on."
3 item [Points] "Second point"
4 item [Points] "Nested point."
5 quote [Points] "He said so." "She said the other\n> thing."
0 table [Points] "Name | Age |\n|------|-----|\n| Ann  | 30"
0 heading [Points] "Under_line"
0 code [Under_line] "code block"
0 code [Under_line] "fmt.Println(1)"
0 code [Under_line] "<div>Markup.</div>"
0 caption [Under_line] "Photograph: Ann Lee/Agency"
0 caption [Under_line] "Read more: [Another story](http://example.com)"
6 prose [Under_line] "The end."
`},
		{"rule.md", "This long line is followed at once by a rule, though its writer meant it to be a paragraph of the article, not a heading of it.\n---\nNext.", `1 prose "This long line is followed at once by a rule, though its writer meant it to be a paragraph of the article, not a heading of it."
2 prose "Next."
`},
		{"captions.md", "By the river stood a house.\n\nBy Jane O’Neil, Paris\n\nAdvertisement\n\nRead more of this and you will know.\n\n*Photo by Ann Lee*\n\nImages of war. They shocked all.\n\n[Read more](http://example.com)\n\nWatch: the video", `1 prose "By the river stood a house."
0 caption "By Jane O’Neil, Paris"
0 caption "Advertisement"
2 prose "Read more of this and you will know."
0 caption "*Photo by Ann Lee*"
3 prose "Images of war." "They shocked all."
0 caption "[Read more](http://example.com)"
0 caption "Watch: the video"
`},
		{"plain.txt", "The War in Outline\n\nIt began. It\nended at the end of the year.\n\nPoints:\n- one\n  and more\n• two. Or three.\n3) four\n\nLast Words\n\nNo more # of _this_.\n\n* * *\n", `0 heading "The War in Outline"
1 prose [The War in Outline] "It began." "It\nended at the end of the year."
2 prose [The War in Outline] "Points:"
3 item [The War in Outline] "one\n  and more"
4 item [The War in Outline] "two." "Or three."
5 item [The War in Outline] "four"
0 heading [The War in Outline] "Last Words"
6 prose [Last Words] "No more # of _this_."
`},
		{"comments.md", "The ferry <!-- Not true. We were paid. --> sailed. <!-- note --> It rained.<!--\n x. Y. --> Then\n it snowed. <!-- end -->\n\nText <!-- not shut.\n\n* <!-- alone -->\n\n<!-- A block. -->\n",
			`1 prose "The ferry <!-- Not true. We were paid. --> sailed." "It rained." "Then\n it snowed."
2 prose "Text <!-- not shut."
`},
		{"chat.txt", "hello there\n\nWhat is it\n\nNobody knows\n", `1 prose "hello there"
2 prose "What is it"
3 prose "Nobody knows"
`},
		{"page.html", `<!doctype html><html lang="en-GB"><head><title>Title - Site</title><style>p{}</style>
<link rel="canonical" href="https://example.com/a"><meta name="author" content="Ann Lee"><meta property="og:site_name" content="The Site">
<meta property="article:published_time" content="2025-01-31T10:00:00Z"></head>
<body><nav>Home</nav><header><h1>The  Title</h1></header><article><p>First   paragraph &amp; &lt;more&gt;.
It goes on.<script>x()</script><p>Line one.<br>Line two.<br><br>New one.&#27;[2J
<h2>Part</h2><ul><li>One.<li>Two <b>bold</b>.</ul><blockquote><p>Quoted.</p></blockquote>
<pre>code
  here</pre><table><tr><th>A<th>B<tr><td>1<td>2</table><figure><img src=x><figcaption>Caption.</figcaption></figure>
<div>Loose <i>text</i>.<p hidden>Hidden.</p></div><aside>Related</aside><!-- no --></article><footer>Foot</footer>`,
			`1 prose "First paragraph & <more>." "It goes on."
2 prose "Line one."
3 prose "Line two."
4 prose "New one.[2J"
0 heading "Part"
5 item [Part] "One."
6 item [Part] "Two bold."
7 quote [Part] "Quoted."
0 code [Part] "code\n  here"
0 table [Part] "A | B\n1 | 2"
8 prose [Part] "Loose text."
`},
	} {
		if got := outline(parse(t, c.name, c.text)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestParseHTMLMetadata(t *testing.T) {
	page := `<html lang="en-GB"><head><title>Title - Site</title><link rel="canonical" href="https://example.com/a">
<meta name="author" content="Ann Lee"><meta property="og:site_name" content="The Site">
<meta property="article:published_time" content="2025-01-31T10:00:00Z"></head><body><h1>The Title</h1><p>Text.`
	a := parse(t, "a.html", page)
	if got := fmt.Sprint(a.Title, "|", a.URL, "|", a.Author, "|", a.Source, "|", a.Published, "|", a.Lang); got != "The Title|https://example.com/a|Ann Lee|The Site|2025-01-31|en-GB" {
		t.Errorf("got %s", got)
	}
	a = parse(t, "a.html", "---\ntitle: Mine\nurl: https://example.org/b\n---\n"+page)
	if a.Title != "Mine" || a.URL != "https://example.org/b" || a.Author != "Ann Lee" {
		t.Errorf("front matter must come first: %+v", a)
	}
	a = parse(t, "a.html", `<title>T</title><link rel="canonical" href="javascript:alert(1)"><p>Text.`)
	if a.URL != "" {
		t.Errorf("URL %q", a.URL)
	}
}

func TestParseTitle(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.md", "---\ntitle: \"From  the\\nfront matter\"\n---\n# Heading\n\nText.", "From the front matter"},
		{"a.md", "Text.\n\n# Heading *one*\n\n# Two\n\nText.", "Heading *one"},
		{"a.md", "## Second level\n\nText.", "Second level"},
		{"news/syria-joins_the coalition.md", "Text.\n\n## Late\n\nText.", "Syria joins the coalition"},
		{"élan.txt", "Text.", "Élan"},
		{"a.html", "<title>The\n title</title><p>Text.", "The title"},
		{"--.md", "Text.", "--"},
		{"ferry.md", "---\ntitle: \"\\u200b\\u202e\"\n---\n# \u200b\n\nText.", "Ferry"}, // nothing to see
	} {
		if got := parse(t, c.name, c.text).Title; got != c.want {
			t.Errorf("%s: title %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParseStoredText(t *testing.T) {
	const want = "One  line.  \n\nTwo – “lines”.\n\n\n"
	for name, file := range map[string]string{
		"plain":        want,
		"mark":         "\ufeff" + want,
		"carriage":     strings.ReplaceAll(want, "\n", "\r\n"),
		"old Mac":      strings.ReplaceAll(want, "\n", "\r"),
		"front matter": "---\ntitle: x\n---\n" + want,
		"blank lines":  "\ufeff---\r\ntitle: x\r\n--- \r\n\r\n  \r\n" + want,
		"empty front":  "---\n---\n" + want,
		"only remarks": "---\n# nothing is known\ntitle:\n---\n" + want,
	} {
		for _, ext := range []string{".md", ".txt"} {
			if got := parse(t, "a"+ext, file).Text; got != want {
				t.Errorf("%s%s: got %q", name, ext, got)
			}
		}
	}
}

func TestParseNames(t *testing.T) {
	for _, name := range []string{"../a.md", "/a.md", "a/../b.md", "a//b.md", `a\b.md`, "", ".", ".md", "a/.md", "a.exe", "a\x00.md", "a\xff.md", strings.Repeat("a", 100) + ".md"} {
		if a, problems := Parse(name, []byte("Text.")); a != nil || len(problems) != 1 || !utf8.ValidString(problems[0].File) {
			t.Errorf("Parse(%q) = %v, %v", name, a, problems)
		}
	}
	if a := parse(t, "News/Syria.MD", "Text."); a.ID != "News/Syria" {
		t.Errorf("ID %q", a.ID)
	}
}

// wrap breaks text greedily at a width in characters.
func wrap(text string, width int) string {
	var b strings.Builder
	n := 0
	for _, w := range strings.Fields(text) {
		if n > 0 && n+1+utf8.RuneCountInString(w) > width {
			b.WriteByte('\n')
			n = 0
		} else if n > 0 {
			b.WriteByte(' ')
			n++
		}
		b.WriteString(w)
		n += utf8.RuneCountInString(w)
	}
	return b.String()
}

func TestLines(t *testing.T) {
	paragraphs := []string{
		"The visit was the first to Washington by a modern head of state, and a milestone in his path from soldier to statesman. It took two days.",
		"Its allies were absorbed. They had been many.",
		"A security source in Jordan said the government does not want to offend anyone in the country, whatever they were before. The new order is young, and its army is younger still, he said. Nobody knows how it will end, nor when it will end, nor who will then be there to tell the story of how it all began in a small town by the sea.",
		"\"It is over,\" she said. \"We are done.\"",
		"American forces have bases in the east but none elsewhere, and that will remain so for years, as far as anyone can see.",
	}
	for _, ext := range []string{".md", ".txt"} {
		if a := parse(t, "a"+ext, strings.Join(paragraphs, "\n")); len(a.Paragraphs) != len(paragraphs) {
			t.Errorf("%s: a line a paragraph: got\n%s", ext, outline(a))
		}
		for width := 60; width <= 120; width++ {
			var wrapped []string
			for _, p := range paragraphs {
				wrapped = append(wrapped, wrap(p, width))
			}
			if a := parse(t, "a"+ext, strings.Join(wrapped, "\n\n")); len(a.Paragraphs) != len(paragraphs) {
				t.Errorf("%s: wrapped at %d: got\n%s", ext, width, outline(a))
			}
			if a := parse(t, "a"+ext, wrap(strings.Join(paragraphs, " "), width)); len(a.Paragraphs) != 1 {
				t.Errorf("%s: one paragraph wrapped at %d: got\n%s", ext, width, outline(a))
			}
		}
	}
	// A poem and an address stay whole; a line that stops midway goes on.
	if a := parse(t, "a.txt", "roses are red\nviolets are blue\nsugar is sweet\nand so are you"); len(a.Paragraphs) != 1 {
		t.Errorf("poem: got\n%s", outline(a))
	}
	broken := strings.Join(paragraphs, "\n")
	broken = strings.Replace(broken, "absorbed. They had been", "absorbed, as they had\nbeen", 1)
	if a := parse(t, "a.md", broken); len(a.Paragraphs) != len(paragraphs) {
		t.Errorf("odd line: got\n%s", outline(a))
	}
	// Lines that no editor broke are paragraphs whatever they end with.
	long := strings.Repeat("no full stop anywhere in here ", 20)
	if a := parse(t, "a.txt", "A "+long+"\nB "+long+"\nC "+long); len(a.Paragraphs) != 3 {
		t.Errorf("long lines: got %d paragraphs", len(a.Paragraphs))
	}
}

func TestMarksThatAreNoText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a.md", "\ufeff\ufeffIt rained.", "It rained."},
		{"a.txt", "\ufeff\n\ufeffIt rained.", "It rained."},
		{"a.md", "---\ntitle: x\n---\n\ufeffIt rained.", "It rained."},
		{"a.html", "<p>&#xfeff;It rained.</p>", "It rained."},
		{"a.html", "<p>It rained.</p><pre>a&#13;b&#11;c</pre>", "It rained.\n\na\nb\nc"},
		{"a.txt", "It rained\ufeff.", "It rained\ufeff."},
	} {
		if a := parse(t, tt.name, tt.text); a.Text != tt.want {
			t.Errorf("%s: %q is read as %q, want %q", tt.name, tt.text, a.Text, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"Text.", "---\ntitle: x\nlang: de\n---\n# H\n\n- a\n  > b\n\n|a|b|\n|-|-|\n|c|d|\n", "\ufeffA.\r\nB.\r\n", "<p>a<br>b<li>c<table><tr><td>d",
		"\ufeff\n\ufeff\ufeff A.\n\ufeffB.", "<pre>a&#13;b&#11;c</pre><p>&#xfeff;e&#13;f", "---\ntitle: x\n---\n\ufeffA.",
		"> a\n> - b\n>\n>       c\n", "a\n---\nb\n===\n", "1. a\n\n   b\n2. c", "• a\n• b\nc", "```\nx", "[a]: b\n[c]: d 'e'\n", "---\n: :\n---\n", "\t- a\n\t\t- b",
	} {
		for _, ext := range []string{".md", ".txt", ".html"} {
			f.Add("a"+ext, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		a, problems := Parse(name, data)
		if (a == nil) == (len(problems) == 0) {
			t.Fatalf("got article %v, problems %v", a, problems)
		}
		for _, p := range problems {
			if p.Reason == "" || p.Line < 0 || p.Line > strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+1 {
				t.Fatalf("problem %+v", p)
			}
		}
		if a != nil {
			checkArticle(t, a)
		}
	})
}
