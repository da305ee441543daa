package discord

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// onDisk moves the operator's articles to a folder on the disk.
func (s *shelf) onDisk(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range s.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disk = dir
}

// plainly is what a reader sees of a reply: without the marks of escaping.
func plainly(r discordtest.Reply) string { return strings.ReplaceAll(r.Text(), `\`, "") }

// TestReloadTellsWhatIsWrong: whatever is put into the folder, a moderator is
// told which file, which line where there is one, and why; the articles as they
// were go on answering, and once the file is gone all is well.
func TestReloadTellsWhatIsWrong(t *testing.T) {
	s, f, mia := newShelved(t, unlimited)
	f.onDisk(t)
	write := func(text string) func(name string) error {
		return func(name string) error { return os.WriteFile(name, []byte(text), 0o600) }
	}
	large := func(name string) error {
		if err := write("")(name); err != nil {
			return err
		}
		return os.Truncate(name, 20<<20)
	}
	before := f.lib.Status(t.Context()).Revision
	for _, c := range []struct {
		name, want string
		put        func(name string) error
	}{
		{"latin.txt", "latin.txt:2: the byte 0xE9 is not UTF-8", write("Fine.\nCaf\xe9.\n")},
		{"cut.md", "cut.md:1: the byte 0xE2 is not UTF-8", write("Cut \xe2\x82")},
		{"archive.md", "archive.md:1: this is a ZIP archive", write("PK\x03\x04 and so on")},
		{"gzip.txt", "gzip.txt:1: this is", write("\x1f\x8b\x08\x00\x00\x00\x00\x00")},
		{"page.md", "page.md:1: this is a PDF", write("%PDF-1.7\n")},
		{"wide.txt", "wide.txt:1: this is text in UTF-16", write("\xff\xfeT\x00")},
		{"binary.txt", "binary.txt:2: this is a binary file", write("One.\n\x00")},
		{"control.md", "control.md:2: the control character U+001B", write("One.\n\x1b[2J")},
		{"date.md", "date.md:2: published is \"someday\"; write a date", write("---\npublished: someday\n---\nText.")},
		{"key.md", "key.md:3: unknown key \"titel\"", write("---\nlang: en\ntitel: x\n---\nText.")},
		{"link.md", "link.md:2: url is \"javascript:alert(1)\"", write("---\nurl: javascript:alert(1)\n---\nText.")},
		{"yaml.md", "yaml.md:3: the front matter is not YAML", write("---\ntitle: x\nauthor: a: b\n---\nText.")},
		{"open.md", "open.md:1: the front matter that \"---\" opens is never closed", write("---\ntitle: x\n\nText.")},
		{"empty.md", "empty.md: the article has no sentence", write("")},
		{"heads.md", "heads.md: the article has no sentence", write("# Only a heading\n")},
		{"nested.md", "nested.md:2: the line starts with more than 100", write("Text.\n" + strings.Repeat(">", 101) + "Text.")},
		{"deep.html", "deep.html:2: the page can't be read as HTML", write("<p>Fine.</p>\n" + strings.Repeat("<div>", 600))},
		{"large.md", "large.md: the file has 20.0 MB; an article has at most 2.0 MB", large},
		{"report.docx", "report.docx: only .md, .txt and .html files are articles", write("x")},
		{"harbour.txt", "harbour.txt: the article's name \"harbour\" is taken by harbour.md", write("Text.")},
		{"a:b.md", "a:b.md: the file's name must be a relative path", write("Text.")},
		{"@everyone **x** <@1>.docx", "@everyone **x** <@1>.docx: only .md", write("x")},
		{"gone.md", "gone.md: can't be read", func(name string) error { return os.Symlink("nowhere", name) }},
		{"up.md", "up.md: links to folders are not followed", func(name string) error { return os.Symlink("..", name) }},
	} {
		name := filepath.Join(f.disk, c.name)
		if err := c.put(name); err != nil {
			t.Fatal(err)
		}
		got := plainly(s.corpus(mia, "reload"))
		if !strings.Contains(got, "Not reloaded") || !strings.Contains(got, c.want) || !strings.Contains(got, string(before)) {
			t.Errorf("%q, want %q:\n%s", c.name, c.want, got)
		}
		if now := f.lib.Status(t.Context()).Revision; now != before {
			t.Fatalf("%q is served: revision %s", c.name, now)
		}
		if got := s.ask(s.ada, "Who opened the harbour of Ashby?").Text(); !strings.Contains(got, "Carla Reed") {
			t.Errorf("with %q the old articles don't answer:\n%s", c.name, got)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		if err := write("\xff")(filepath.Join(f.disk, fmt.Sprintf("bad%02d.md", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := plainly(s.corpus(mia, "reload")); !strings.Contains(got, "There are 30 problems") || !strings.Contains(got, "bad11.md:1") || !strings.Contains(got, "and 18 more") {
		t.Errorf("thirty bad files:\n%s", got)
	}
	for i := range 30 {
		if err := os.Remove(filepath.Join(f.disk, fmt.Sprintf("bad%02d.md", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := plainly(s.corpus(mia, "reload")); !strings.Contains(got, "Nothing has changed") {
		t.Errorf("in the end:\n%s", got)
	}
}

// TestTenThousandArticles: more than are served are refused at once, and the old
// ones go on answering; as many as are served are served.
func TestTenThousandArticles(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 10,000 files")
	}
	// A load takes long enough, under the race detector, for the presence to tell of
	// it more often than Discord allows at the pace of tests.
	s, f, mia := newShelved(t, unlimited, func(_ *Config, p *pace) { p.presence = defaultPace().presence })
	f.onDisk(t)
	name := func(i int) string { return filepath.Join(f.disk, fmt.Sprintf("ship%05d.md", i)) }
	for i := range 9999 {
		if err := os.WriteFile(name(i), fmt.Appendf(nil, "Ship number %d sails.\n", i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := plainly(s.corpus(mia, "reload")); !strings.Contains(got, "the corpus has 10000 articles; at most 5000 are served") {
		t.Errorf("10,000 articles:\n%s", got)
	}
	if got := s.ask(s.ada, "Who opened the harbour of Ashby?").Text(); !strings.Contains(got, "Carla Reed") {
		t.Errorf("the old articles don't answer:\n%s", got)
	}
	for i := 4999; i < 9999; i++ {
		if err := os.Remove(name(i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := plainly(s.corpus(mia, "reload")); !strings.Contains(got, "Now: 5000 articles") || !strings.Contains(got, "Added (4999)") || len(got) > 1000 {
		t.Errorf("5,000 articles:\n%s", got)
	}
	if got := s.corpus(mia, "status").Text(); !strings.Contains(got, "5000 articles") {
		t.Errorf("status:\n%s", got)
	}
}

// TestTranscriptHostileFiles: what is uploaded or lies in the folder can neither
// ping, break formatting, hide what it is, nor leave its place.
func TestTranscriptHostileFiles(t *testing.T) {
	s, f, mia := newShelved(t, unlimited)
	s.text.Mask(`I use \d+ MB`, "I use 20 MB")
	add := func(name string, data string) discordtest.Reply { return s.corpus(mia, "add", upload(name, data)) }
	s.text.Note("A file of 20 MB, an archive under another name, and bytes that are no text are refused.")
	add("large.md", strings.Repeat("The text is long. ", 20<<20/18))
	add("archive.md", "PK\x03\x04\x00\x00\x08\x00 and so on")
	add("bytes.txt", "Fine.\n\xff\xfe\x00")
	s.text.Note("A name that leads elsewhere leads nowhere.")
	add("../../etc/../passwd.md", "The password of the harbour is written here.")
	add(`..\..\windows\.md`, "The window is open.")
	add("..", "Text.")
	s.text.Note("A title full of formatting and mentions is shown as it is.")
	const title = "# **Free** @everyone <@123456789012345678> ||[nitro](https://evil.example)|| `x` \u202e"
	odd := add("odd.md", "---\ntitle: '"+title+"'\n---\n> @here, **look**: <#123456789012345678> [a](https://evil.example).\n")
	mia.Clicks(odd.Message, "Confirm").Reply()
	s.ask(s.ada, "What is said to look?")
	s.text.Note("So it is when it lies in the folder, under a name as odd.")
	f.write("@everyone `x` *y*..md", "---\ntitle: '"+title+"'\n---\nThe keeper of the odd file is Eve Hill.\n")
	s.corpus(mia, "reload")
	s.corpus(mia, "status")
	mia.Autocomplete(s.general, "corpus use", "article", "free").Reply()
	s.ask(s.ada, "Who is the keeper of the odd file?")
	s.corpus(mia, "log")
	s.end()
	if files, err := f.store.Articles(s.Guild().ID); err != nil || len(files) != 1 || files[0].Name != "odd.md" {
		t.Errorf("kept: %d, %v", len(files), err)
	}
}

// TestChoicesDiffer: articles of one title are told apart, however long title
// and name are, for Discord refuses the whole list otherwise.
func TestChoicesDiffer(t *testing.T) {
	long := strings.Repeat("A very long title ", 20)
	var list []Choice
	for _, id := range []string{"a", "b", "added:a", "c", strings.Repeat("x", 80) + "1", strings.Repeat("x", 80) + "2", strings.Repeat("x", 80) + "3", "a"} {
		list = add(list, long, id)
	}
	labels, values := map[string]bool{}, map[string]bool{}
	for _, c := range list {
		if units(c.Label) > maxChoice || units(c.Value) > maxChoice {
			t.Errorf("too long: %+v", c)
		}
		labels[c.Label], values[c.Value] = true, true
	}
	if len(list) != 7 || len(labels) != 7 || len(values) != 7 {
		t.Errorf("%d choices, %d labels, %d values", len(list), len(labels), len(values))
	}
}
