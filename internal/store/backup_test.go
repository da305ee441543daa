package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestBackupIsWholeAtAnyMoment copies the folder of the backup again and again
// while the store is written, and restores each copy.
func TestBackupIsWholeAtAnyMoment(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	s := open(t, dir, h)
	must(t, s.PutArticle("1", Article{Name: "first.md", Data: []byte("First.")}))
	must(t, s.Backup())
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			must(t, s.PutArticle("1", Article{Name: fmt.Sprintf("a%d.md", i%50), Data: make([]byte, 5000)}))
		}
	})
	for range 10 {
		restored := t.TempDir()
		must(t, copied(filepath.Join(dir, backupFolder), filepath.Join(restored, backupFolder)))
		r := open(t, restored, h)
		articles, err := r.Articles("1")
		log, logErr := r.Log("1", MaxEntries)
		if err != nil || logErr != nil || len(articles) == 0 || len(log) < len(articles) || articles[len(articles)-1].Name != "first.md" {
			t.Errorf("%d articles and %d lines of the log, %v, %v", len(articles), len(log), err, logErr)
		}
		must(t, r.Close())
	}
	close(stop)
	wg.Wait()
	must(t, s.Close())
}

// copied copies a folder as the usual programs do: a file that goes before its
// turn, because it was being written beside, is left out.
func copied(from, to string) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, f := range files {
		err := copyFile(filepath.Join(from, f.Name()), filepath.Join(to, f.Name()))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// TestDamagedFile: the backup takes the place of a file that was cut or
// overwritten, and without a backup the damage is told.
func TestDamagedFile(t *testing.T) {
	for name, damage := range map[string]func(raw []byte) []byte{
		// What is kept takes more than four pages, wherever it stands.
		"cut":         func(raw []byte) []byte { return raw[:4*os.Getpagesize()] },
		"empty":       func([]byte) []byte { return []byte("nothing of the sort") },
		"overwritten": func(raw []byte) []byte { return append(raw[:8192:8192], make([]byte, len(raw)-8192)...) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, h := t.TempDir(), newHand()
			s := open(t, dir, h)
			for i := range 30 {
				must(t, s.PutArticle("1", Article{Name: fmt.Sprintf("a%d.md", i), Data: make([]byte, 3000)}))
			}
			must(t, s.Close())
			file := filepath.Join(dir, fileName)
			raw, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(file, damage(raw), 0o600))

			s = open(t, dir, h)
			if articles, err := s.Articles("1"); err != nil || len(articles) != 30 {
				t.Errorf("%d articles, %v", len(articles), err)
			}
			must(t, s.Close())
			if aside, err := filepath.Glob(file + ".broken-*"); err != nil || len(aside) != 1 {
				t.Errorf("put aside: %v, %v", aside, err)
			}

			must(t, os.WriteFile(file, damage(raw), 0o600))
			must(t, os.RemoveAll(filepath.Join(dir, backupFolder)))
			if s, err := Open(Options{Dir: dir}); err == nil {
				t.Error("a damaged store without a backup was opened")
				must(t, s.Close())
			}
		})
	}
}

// TestChangesAreBackedUpSoon: nobody has to stop the bot for a backup.
func TestChangesAreBackedUpSoon(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	s := open(t, dir, h)
	defer func() { must(t, s.Close()) }()
	must(t, s.PutArticle("1", Article{Name: "a.md", Data: []byte("A.")}))
	for range 500 {
		restored := t.TempDir()
		if copied(filepath.Join(dir, backupFolder), filepath.Join(restored, backupFolder)) == nil {
			r := open(t, restored, h)
			n := len(names(t, r, "1"))
			must(t, r.Close())
			if n > 0 {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the change never reaches the backup")
}

// TestWhatIsDeletedIsGone: the bytes of what was deleted or grew too old are
// not in the backup soon after, and not in the store's own file after a start.
func TestWhatIsDeletedIsGone(t *testing.T) {
	const mark = "mark-that-is-found-nowhere-else"
	for name, del := range map[string]func(s *Store, h *hand) error{
		"what a member thought": func(s *Store, _ *hand) error { _, err := s.Forget("7"); return err },
		"an article":            func(s *Store, _ *hand) error { return s.RemoveArticle("1", mark+".md", "ann") },
		"a server's questions":  func(s *Store, _ *hand) error { return s.ForgetGaps("1") },
		"old questions":         func(s *Store, h *hand) error { h.forward(60); return s.Prune() },
	} {
		t.Run(name, func(t *testing.T) {
			dir, h := t.TempDir(), newHand()
			s := open(t, dir, h)
			switch name {
			case "what a member thought":
				must(t, s.KeepOpinion("7", Opinion{Server: "1", Article: mark}))
			case "an article":
				// The log goes on telling its name; its text is what goes.
				must(t, s.PutArticle("1", Article{Name: mark + ".md", Data: []byte("Text.")}))
			default:
				s.Missed("1", "what is "+mark+"?")
				must(t, s.flush())
			}
			needle := []byte(mark)
			if name == "an article" {
				needle = []byte(`"VGV4dC4="`) // its text, as JSON writes bytes
			}
			for i := range 20 { // so that the file has more than one page of each kind
				must(t, s.PutArticle("2", Article{Name: fmt.Sprintf("b%d.md", i), Data: make([]byte, 3000)}))
			}
			holds := func(file string) bool {
				raw, err := os.ReadFile(filepath.Join(dir, file))
				must(t, err)
				return bytes.Contains(raw, needle)
			}
			must(t, s.Backup())
			if backup := filepath.Join(backupFolder, fileName); !holds(fileName) || !holds(backup) {
				t.Fatal("nothing is there to be deleted")
			}
			must(t, del(s, h))
			must(t, s.Backup())
			if holds(filepath.Join(backupFolder, fileName)) {
				t.Error("it is still in the backup")
			}
			if !holds(fileName) {
				t.Log("bbolt has used the page again by itself")
			}
			must(t, s.Close())
			s = open(t, dir, h)
			if holds(fileName) {
				t.Error("it is still in the file after a start")
			}
			must(t, s.place.View(func(root Branch) error {
				if root.Branch(bucketMeta).Get([]byte(keyDeleted)) != nil {
					t.Error("the next start would write the file anew once more")
				}
				return nil
			}))
			if got, err := s.Articles("2"); err != nil || len(got) != 20 {
				t.Errorf("%d other articles are left, %v", len(got), err)
			}
			must(t, s.Close())
		})
	}
}

// TestEmptyRoomIsGivenBack: a file that is mostly empty is made smaller at the
// next start, and bytes that nobody needs go from the backup.
func TestEmptyRoomIsGivenBack(t *testing.T) {
	dir, h := t.TempDir(), newHand()
	s := open(t, dir, h)
	for i := range 50 {
		must(t, s.PutArticle("1", Article{Name: "a.md", Data: make([]byte, 100_000+i*20_000)}))
	}
	must(t, s.PutArticle("1", Article{Name: "a.md", Data: []byte("Short.")}))
	must(t, s.Close())
	size := func(parts ...string) int64 {
		i, err := os.Stat(filepath.Join(append([]string{dir}, parts...)...))
		must(t, err)
		return i.Size()
	}
	before := size(fileName)
	if copied := size(backupFolder, fileName); copied*2 > before {
		t.Errorf("the backup has %d bytes, the file %d", copied, before)
	}
	s = open(t, dir, h)
	if after := size(fileName); after*2 > before {
		t.Errorf("%d bytes before the start, %d after", before, after)
	}
	if got := names(t, s, "1"); len(got) == 0 || len(got) > 100 {
		t.Errorf("articles %.100q", got)
	}
	must(t, s.Close())
}
