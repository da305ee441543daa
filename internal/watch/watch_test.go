package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begin watches a folder until the test ends.
func begin(t *testing.T, dir string) (changes <-chan struct{}) {
	t.Helper()
	told := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Folder(ctx, dir, 50*time.Millisecond, slog.New(slog.DiscardHandler), func(context.Context) {
			told <- struct{}{}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Folder: %v", err)
		}
	})
	// The watch stands once a change is told.
	for i := 0; ; i++ {
		write(t, dir, "ready.md", time.Now().String())
		select {
		case <-told:
			drain(told)
			return told
		case <-time.After(200 * time.Millisecond):
			if i > 50 {
				t.Fatal("no change is told")
			}
		}
	}
}

// drain waits until nothing more is told of what was done before.
func drain(told <-chan struct{}) {
	for {
		select {
		case <-told:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChangesAreTold(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "one")
	changes := begin(t, dir)
	for name, change := range map[string]func(){
		"a new file":      func() { write(t, dir, "b.md", "two") },
		"a file changed":  func() { write(t, dir, "a.md", "another") },
		"a new folder":    func() { write(t, dir, "news/c.md", "three") },
		"a file replaced": func() { write(t, dir, ".tmp", "four"); rename(t, dir, ".tmp", "a.md") },
	} {
		change()
		select {
		case <-changes:
		case <-time.After(10 * time.Second):
			t.Errorf("%s isn't told", name)
		}
		drain(changes)
	}
	write(t, dir, "news/c.md", "changed in the new folder")
	select {
	case <-changes:
	case <-time.After(10 * time.Second):
		t.Error("a change in a folder made later isn't told")
	}
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}

func TestHiddenFilesAreNotTold(t *testing.T) {
	dir := t.TempDir()
	changes := begin(t, dir)
	write(t, dir, ".a.md.swp", "an editor's")
	if err := os.Chmod(filepath.Join(dir, "ready.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A change that counts, after them: exactly one is told.
	write(t, dir, "b.md", "two")
	<-changes
	select {
	case <-changes:
		t.Error("a hidden file is told as a change of its own")
	case <-time.After(500 * time.Millisecond):
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	err := Folder(t.Context(), filepath.Join(t.TempDir(), "nothing"), time.Millisecond, slog.New(slog.DiscardHandler), func(context.Context) {})
	if err == nil {
		t.Error("no error")
	}
}
