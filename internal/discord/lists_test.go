package discord

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

// TestManyProblemsFit: problems whose text takes twice its length to show are
// told as far as there is room, and all of them in a file.
func TestManyProblemsFit(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	f.onDisk(t)
	for i := range 14 {
		if err := os.WriteFile(filepath.Join(f.disk, fmt.Sprintf("%s%02d.docx", strings.Repeat("_", 80), i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := func(r discordtest.Reply, want string) {
		t.Helper()
		if got := r.Text(); !strings.Contains(got, want) || !strings.Contains(got, "more, in the file") || strings.Count(got, "\n- ") < 5 {
			t.Errorf("want %q, some problems and how many more there are:\n%s", want, got)
		}
		if len(r.Message.Attachments) != 1 {
			t.Fatalf("%d files", len(r.Message.Attachments))
		}
		if got := strings.Split(strings.TrimSpace(fetched(t, r.Message.Attachments[0].URL)), "\n"); len(got) != 14 || !strings.Contains(got[13], strings.Repeat("_", 35)) {
			t.Errorf("the file has %d lines:\n%s", len(got), strings.Join(got, "\n"))
		}
	}
	all(s.corpus(mia, "reload"), "keep answering")
	var head strings.Builder
	for i := range 14 {
		fmt.Fprintf(&head, "%s%02d: x\n", strings.Repeat("_", 100), i)
	}
	all(s.corpus(mia, "add", upload("keys.md", "---\n"+head.String()+"---\nText.\n")), "Not added")
}

// drifted gives the server golden questions that are answered otherwise, with
// text that takes twice its length to show.
func (s *scene) drifted(f *shelf, n int) {
	s.t.Helper()
	for i := range n {
		g := store.Golden{Question: fmt.Sprintf("Who opened the harbour of Ashby %s %02d?", strings.Repeat("_", 80), i), Article: "harbour", Quote: "No such sentence.", By: "mia"}
		if err := f.store.KeepGolden(s.Guild().ID, g); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestManyDriftsFit: golden questions that are answered otherwise are told as far
// as there is room, and all of them in a file, by a reload as by the status.
func TestManyDriftsFit(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	s.drifted(f, 14)
	for i := range 5 {
		for j := range 5 {
			o := store.Opinion{Server: s.Guild().ID, Revision: string(f.lib.Corpus(t.Context()).Revision), Article: "harbour", Paragraph: 1 + i%2, Sentence: 1}
			if err := f.store.KeepOpinion(fmt.Sprint(1000+10*i+j), o); err != nil {
				t.Fatal(err)
			}
		}
	}
	told := func(r discordtest.Reply, parts ...string) {
		t.Helper()
		for _, part := range append(parts, "14 of 14 golden questions", "more, in the file") {
			if !strings.Contains(r.Text(), part) {
				t.Errorf("%q is missing:\n%s", part, r.Text())
			}
		}
		if len(r.Message.Attachments) != 1 {
			t.Fatalf("%d files", len(r.Message.Attachments))
		}
		rows := strings.Split(strings.TrimSpace(fetched(t, r.Message.Attachments[0].URL)), "\n")
		if len(rows) != 15 || rows[0] != "question,before,now" || !strings.Contains(rows[14], "No such sentence.,The harbour of Ashby was opened in 1911 by Carla Reed.") {
			t.Errorf("the file:\n%s", strings.Join(rows, "\n"))
		}
	}
	told(s.corpus(mia, "reload"), "Reloaded", "Now: 1 article")
	told(s.corpus(mia, "status"), "I use", "not helpful: 25")

	add := s.corpus(mia, "add", upload("storm.md", stormText))
	told(mia.Clicks(add.Message, "Confirm").Reply(), "Added")

	f.mu.Lock() // the folder can't be read: the reload stays under way
	done := make(chan error, 1)
	go func() {
		_, err := f.lib.Reload(t.Context(), "test")
		done <- err
	}()
	for !f.lib.Status(t.Context()).Loading {
		runtime.Gosched()
	}
	told(s.corpus(mia, "status"), "A reload is under way.")
	f.mu.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
