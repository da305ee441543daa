package library

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"verbatim/internal/answer"
)

// ports are a thousand articles of fifty sentences.
func ports() fstest.MapFS {
	files := fstest.MapFS{}
	for i := range 1000 {
		var b strings.Builder
		for j := range 50 {
			fmt.Fprintf(&b, "In %d the harbour of port %d took in ship number %d from the coast of %s. ", 1500+j*7, i, i*50+j, []string{"Oslo", "Lima", "Cork", "Perth"}[j%4])
			if j%5 == 4 {
				b.WriteString("\n\n")
			}
		}
		files[fmt.Sprintf("port/p%04d.md", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return files
}

// TestAThousandArticles loads them with the real engine, tells how it goes on,
// and on a reload parses what changed alone.
func TestAThousandArticles(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 50,000 sentences")
	}
	files := ports()
	var log bytes.Buffer
	l, err := Open(t.Context(), Options{Source: func() (fs.FS, error) { return files, nil }, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	before := l.Corpus(t.Context())
	if before.Sentences() != 50_000 {
		t.Fatalf("%d sentences", before.Sentences())
	}
	if !strings.Contains(log.String(), "reading articles") || !strings.Contains(log.String(), "done=500 of=1000") {
		t.Errorf("no progress in the log:\n%s", log.String())
	}
	for _, want := range []string{"msg=\"indexing sentences\" done=20000 of=50000", "msg=\"indexing sentences\" done=40000 of=50000", "msg=\"analysing sentences\" done=20000 of=50000", "msg=\"analysing sentences\" done=40000 of=50000"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in the log:\n%s", want, log.String())
		}
	}
	if p := l.Status(t.Context()).Progress; p != (Progress{}) {
		t.Errorf("progress when nothing is under way: %+v", p)
	}
	files["port/p0007.md"] = &fstest.MapFile{Data: []byte("The ferry of Ashby was opened by the mayor, Carla Reed, in 1987.")}
	r, err := l.Reload(t.Context(), "ann")
	if err != nil || len(r.Changed) != 1 || len(r.Added)+len(r.Removed) != 0 {
		t.Fatalf("report %+v, %v", r, err)
	}
	t.Logf("a reload after one of 1,000 articles changed took %v", r.Took)
	if lines := strings.Split(log.String(), " indexed="); len(lines) != 3 || !strings.HasPrefix(lines[1], "1000\n") || !strings.HasPrefix(lines[2], "1\n") {
		t.Errorf("want 1,000 articles indexed, then 1:\n%s", log.String())
	}
	after := l.Corpus(t.Context())
	for i, a := range after.Articles {
		if (a == before.Articles[i]) != (a.ID != "port/p0007") {
			t.Errorf("%s was parsed again, or wasn't though it changed", a.ID)
		}
	}
	a, err := l.Ask(t.Context(), answer.Question{Text: "Who opened the ferry of Ashby?"})
	if err != nil || !a.Answered || a.Passages[0].Passage.Article.ID != "port/p0007" {
		t.Errorf("answer %+v, %v", a, err)
	}
}
