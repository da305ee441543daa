package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"verbatim"
	"verbatim/internal/article"
)

var update = flag.Bool("update", false, "write the golden files anew")

func mapFS(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func shipped(t *testing.T) *article.Corpus {
	t.Helper()
	fsys, err := verbatim.Articles()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(fsys, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The article is quoted to people as its publisher wrote it: whoever mends its
// typing errors makes the bot misquote it.
func TestShippedArticleIsUnchanged(t *testing.T) {
	c := shipped(t)
	const want = "fe01c8ec9b985bdc37b85bea2ca9c8d74e0e3430c0015293cda8af80d0c2453e"
	a := c.Article("syria-joins-the-coalition")
	if a == nil {
		t.Fatal("the shipped article is not there")
	}
	if sum := sha256.Sum256([]byte(a.Text)); hex.EncodeToString(sum[:]) != want {
		t.Errorf("the stored text has SHA-256 %x, the publisher's %s", sum, want)
	}
}

func TestShippedSentences(t *testing.T) {
	c := shipped(t)
	a := c.Article("syria-joins-the-coalition")
	var got bytes.Buffer
	for i, s := range a.Sentences {
		fmt.Fprintf(&got, "%d.%d %q\n", a.Paragraphs[s.Paragraph].Number, s.Number, a.SentenceText(i))
	}
	golden := filepath.Join("testdata", "shipped-sentences.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("sentences differ from %s (go test -update writes it):\n%s", golden, got.String())
	}
}

func TestLoad(t *testing.T) {
	c, err := Load(mapFS(map[string]string{
		"README.md":         "not UTF-8: \xff",
		"news/Readme.txt":   "No article.",
		".hidden.md":        "\xff",
		".git/config":       "x",
		"news/syria.md":     "---\ntitle: One\n---\nText one.",
		"news/old/iraq.txt": "Text two.",
		"page.html":         "<title>Three</title><p>Text three.",
	}), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range c.Articles {
		ids = append(ids, a.ID+"="+a.Title+"@"+a.Path)
	}
	want := []string{"news/old/iraq=Iraq@news/old/iraq.txt", "news/syria=One@news/syria.md", "page=Three@page.html"}
	if !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
}

func TestLoadReportsEveryProblem(t *testing.T) {
	big := strings.Repeat("Long. ", 1000)
	_, err := Load(mapFS(map[string]string{
		"a.md":         "Text.",
		"a.txt":        "Text.",
		"archive.md":   "PK\x03\x04 and so on",
		"binary.txt":   "One.\nTwo.\n\x00",
		"control.md":   "One.\n\x1b[2J",
		"date.md":      "---\ntitle: x\npublished: 31.1.2025\n---\nText.",
		"doc.docx":     "x",
		"empty.md":     "---\ntitle: x\n---\n\n# Only a heading\n",
		"keys.md":      "---\ntitel: x\nurl: ftp://example.com\nurl: https://example.com\nlang: [en]\n---\nText.",
		"latin1.txt":   "Fine.\nCaf\xe9.\n",
		"nested.md":    "Text.\n" + strings.Repeat(">", 101) + "Text.",
		"deep.html":    "---\ntitle: x\n---\n\n<p>Fine.</p>\n" + strings.Repeat("<div>", 500) + "\n" + strings.Repeat("<div>", 20) + "\nDeep.\n",
		"open.md":      "---\ntitle: x\n\nText.",
		"sub/big.md":   big,
		"utf16.txt":    "\xff\xfeT\x00",
		"yaml.md":      "---\ntitle: x\nlang: \"en\nurl: y\n---\nText.",
		"two\nline.md": "Text.",
		"b:c.md":       "Text.",
		"yaml2.md":     "---\ntitle: x\nauthor: a: b\n---\nText.",
		"yaml3.md":     "---\n- title\n---\nText.",
		"yaml4.md":     "---\ntitle: &a x\nauthor: *a\nsource: |\n  two\n  lines\nurl: https://u@example.com/\nlang: klingonese\n---\nText.",
		"zip":          "x",
	}), Limits{FileBytes: 4 << 10})
	var problems article.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want Problems", err)
	}
	want := []string{
		`a.txt: the article's name "a" is taken by a.md; rename one of them`,
		`archive.md:1: this is a ZIP archive or an office document, not UTF-8 text; save the article as plain text`,
		`b:c.md: the file's name must be a relative path without "..", ":" or "\"`,
		`binary.txt:3: this is a binary file (it holds a zero byte), not text`,
		`control.md:2: the control character U+001B is not text; delete it, or save the file as UTF-8 again`,
		`date.md:3: published is "31.1.2025"; write a date as 2025-01-31`,
		`deep.html:7: the page can't be read as HTML; here its elements stand too deep in each other (html: open stack of elements exceeds 512 nodes)`,
		`doc.docx: only .md, .txt and .html files are articles`,
		`empty.md: the article has no sentence that could be quoted`,
		`keys.md:2: unknown key "titel"; the keys are title, url, source, author, published and lang`,
		`keys.md:3: url is "ftp://example.com"; it must start with https:// or http://`,
		`keys.md:4: the key "url" is given twice`,
		`keys.md:5: lang must be a single value`,
		`latin1.txt:2: the byte 0xE9 is not UTF-8; save the file with UTF-8 encoding`,
		`nested.md:2: the line starts with more than 100 quotation marks or bullets: "` + strings.Repeat(">", 39) + `…"`,
		`open.md:1: the front matter that "---" opens is never closed by another "---"`,
		`sub/big.md: the file has 5.9 kB; an article has at most 4.0 kB`,
		"two\uFFFDline.md: the file's name is not plain UTF-8",
		`utf16.txt:1: this is text in UTF-16, not UTF-8 text; save the article as plain text`,
		`yaml.md:3: the front matter is not YAML: found unexpected end of stream`,
		`yaml2.md:3: the front matter is not YAML: mapping values are not allowed in this context`,
		`yaml3.md:2: the front matter must be lines of the form "key: value"`,
		`yaml4.md:3: author must be a single value`,
		`yaml4.md:7: url is "https://u@example.com/", which is no plain web address`,
		`yaml4.md:8: lang is "klingonese", which is no language code such as en or pt-BR`,
		`zip: only .md, .txt and .html files are articles`,
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadLimits(t *testing.T) {
	files := mapFS(map[string]string{"a.md": "Text one.", "b.md": "Text two.", "c.md": "Text three."})
	for _, c := range []struct {
		limits Limits
		want   string
	}{
		{Limits{Articles: 2}, "the corpus has 3 articles; at most 2 are served"},
		{Limits{TotalBytes: 20}, "the corpus has 29 bytes; at most 20 bytes are served"},
		{Limits{Sentences: 2}, "the corpus has 3 sentences; at most 2 are served"},
	} {
		if _, err := Load(files, c.limits); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.limits, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{}, Limits{}); err == nil || !strings.Contains(err.Error(), "no article") {
		t.Errorf("empty folder: got %v", err)
	}
	if _, err := Load(os.DirFS(filepath.Join(t.TempDir(), "missing")), Limits{}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("missing folder: got %v", err)
	}
}

// TestWorstFiles: what fills a file with as much work as can be is refused before
// it costs memory, and what may stay costs as much as its bytes.
func TestWorstFiles(t *testing.T) {
	fill := func(unit string, size int) string { return strings.Repeat(unit, size/len(unit)) }
	for name, c := range map[string]struct{ text, want string }{
		"too large":               {fill("Text. ", 20<<20), "a.md: the file has 20.0 MB; an article has at most 2.0 MB"},
		"a million of one word":   {fill("Oh. ", 2<<20), "a.md: the article has 524288 sentences; at most 50000 are served"},
		"a list of one letter":    {fill("- a\n", 2<<20), "a.md: the article has 524288 sentences; at most 50000 are served"},
		"one paragraph":           {fill("word clause and more text ", 2<<20), ""},
		"one word":                {fill("a", 2<<20), ""},
		"nothing but quotes":      {fill("> ", 1<<20) + "a", "a.md:1: the line starts with more than 100"},
		"brackets":                {"a " + fill("[", 1<<20), ""},
		"links within links":      {fill("[a](", 1<<18), ""},
		"emphasis without an end": {fill("*a _b ", 1<<20), ""},
	} {
		corpus, err := Load(mapFS(map[string]string{"a.md": c.text}), DefaultLimits())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "":
			if n := corpus.Sentences(); n == 0 || n > maxSentences {
				t.Errorf("%s: %d sentences", name, n)
			}
		case err == nil || !strings.HasPrefix(err.Error(), c.want):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// endless is a file that says it is short and never ends.
type endless struct {
	fs.FS
	read int64
}

func (e *endless) Open(name string) (fs.File, error) {
	f, err := e.FS.Open(name)
	if name != "long.md" || err != nil {
		return f, err
	}
	return &endlessFile{f, e}, nil
}

type endlessFile struct {
	fs.File
	e *endless
}

func (f *endlessFile) Read(p []byte) (int, error) {
	f.e.read += int64(len(p))
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLoadReadsNoMoreThanTheLimit(t *testing.T) {
	e := &endless{FS: mapFS(map[string]string{"long.md": "Text."})}
	_, err := Load(e, Limits{FileBytes: 1 << 20})
	if err == nil || err.Error() != "long.md: the file has more than 1.0 MB, the most that an article has" {
		t.Errorf("got %v", err)
	}
	if e.read > 4<<20 {
		t.Errorf("read %d bytes", e.read)
	}
}

func TestLoadLinks(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "..data", "real.md")
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "..data"), 0o755),
		os.WriteFile(outside, []byte("Text one."), 0o644),
		os.Symlink(filepath.Join("..data", "real.md"), filepath.Join(dir, "linked.md")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(os.DirFS(dir), Limits{})
	if err != nil || len(c.Articles) != 1 || c.Articles[0].ID != "linked" {
		t.Fatalf("got %v, %v", c, err)
	}
	for _, err := range []error{
		os.Symlink("nowhere", filepath.Join(dir, "broken.md")),
		os.Symlink(dir, filepath.Join(dir, "loop")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = Load(os.DirFS(dir), Limits{})
	want := "broken.md: can't be read: no such file or directory\nloop: links to folders are not followed; copy the folder itself"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadIsTheSameEachTime(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 50 {
		files[fmt.Sprintf("n%d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "Text %d. And more.", i), ModTime: time.Unix(int64(i), 0)}
	}
	first, err := Load(files, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(files, Limits{})
	if err != nil || again.Revision != first.Revision {
		t.Errorf("revisions %s and %s, error %v", first.Revision, again.Revision, err)
	}
}

func BenchmarkLoad(b *testing.B) {
	files := fstest.MapFS{}
	para := strings.Repeat(`The visit was the first to Washington by a modern Syrian head of state, Mr. Al Shara said. "It is over," he added. `, 5)
	for i := range 1000 {
		files[fmt.Sprintf("n%d.md", i)] = &fstest.MapFile{Data: []byte(strings.Repeat(para+"\n\n", 5))}
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := Load(files, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(c.Sentences()), "sentences")
	}
}
