package watch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watched is a folder that is being watched. What the log says is how tests see
// that something was seen, for that nothing will be told any more can't be.
type watched struct {
	t    *testing.T
	dir  string
	log  chan slog.Record
	told chan struct{}
}

// patience is how long tests wait for what never comes.
const patience = 20 * time.Second

func (w *watched) Enabled(context.Context, slog.Level) bool { return true }
func (w *watched) WithAttrs([]slog.Attr) slog.Handler       { return w }
func (w *watched) WithGroup(string) slog.Handler            { return w }
func (w *watched) Handle(_ context.Context, r slog.Record) error {
	w.log <- r.Clone()
	return nil
}

// begin watches a folder until the test ends.
func begin(t *testing.T, dir string) *watched {
	t.Helper()
	return beginQuiet(t, dir, 20*time.Millisecond)
}

func beginQuiet(t *testing.T, dir string, quiet time.Duration) *watched {
	t.Helper()
	w := &watched{t: t, dir: dir, log: make(chan slog.Record, 10_000), told: make(chan struct{}, 10_000)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Folder(ctx, dir, quiet, slog.New(w), func(context.Context) { w.told <- struct{}{} })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Folder: %v", err)
		}
	})
	// It stands once something is seen.
	deadline := time.After(patience)
	for {
		w.write(".begin", "")
		select {
		case <-w.log:
			return w
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatal("nothing is seen")
		}
	}
}

// until waits for a line of the log and counts the events before it that count.
func (w *watched) until(what string, is func(slog.Record) bool) (counted int) {
	w.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case r := <-w.log:
			if is(r) {
				return counted
			}
			if r.Message == "watching the articles" && attr(r, "counts") == "true" {
				counted++
			}
		case <-deadline:
			w.t.Fatalf("the log never says: %s", what)
		}
	}
}

func attr(r slog.Record, key string) (value string) {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == key {
			value = a.Value.String()
		}
		return true
	})
	return value
}

// seen counts the events of a change that count. They are in the order in which
// things were done, and what is done last doesn't count.
func (w *watched) seen(change func()) int {
	w.t.Helper()
	change()
	name := ".done-" + time.Now().Format("150405.000000000")
	w.write(name, "")
	return w.until(name, func(r slog.Record) bool { return filepath.Base(attr(r, "name")) == name })
}

// tells waits until a change is told.
func (w *watched) tells() {
	w.t.Helper()
	select {
	case <-w.told:
	case <-time.After(patience):
		w.t.Fatal("no change is told")
	}
}

func (w *watched) says(line string) {
	w.t.Helper()
	w.until(line, func(r slog.Record) bool { return strings.Contains(r.Message, line) })
}

func (w *watched) write(name, text string) { write(w.t, filepath.Join(w.dir, name), text) }

func write(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(t, os.WriteFile(name, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lead makes a link lead elsewhere in one step.
func lead(t *testing.T, link, to string) {
	t.Helper()
	must(t, os.Symlink(to, link+"_tmp"))
	must(t, os.Rename(link+"_tmp", link))
}

func TestChangesAreTold(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "one")
	w := begin(t, dir)
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"a new file", func() { w.write("b.md", "two") }},
		{"a file changed", func() { w.write("a.md", "another") }},
		{"a new folder", func() { w.write("news/c.md", "three") }},
		{"a file in the new folder", func() { w.write("news/d.md", "four") }},
		{"a file replaced", func() {
			w.write(".tmp", "five")
			must(t, os.Rename(filepath.Join(dir, ".tmp"), filepath.Join(dir, "a.md")))
		}},
		{"a file removed", func() { must(t, os.Remove(filepath.Join(dir, "b.md"))) }},
	} {
		if w.seen(step.change) == 0 {
			t.Errorf("%s isn't seen", step.name)
		}
	}
	w.tells()
}

func TestHiddenFilesAreNotTold(t *testing.T) {
	w := begin(t, t.TempDir())
	w.write("a.md", "one")
	w.seen(func() {})
	if n := w.seen(func() {
		w.write(".a.md.swp", "an editor's")
		w.write(".git/HEAD", "a tool's")
		must(t, os.Chmod(filepath.Join(w.dir, "a.md"), 0o600))
	}); n != 0 {
		t.Errorf("%d events count of what isn't read", n)
	}
}

// TestNothingIsToldBeforeItIsQuiet: a copy of many files is one change.
func TestNothingIsToldBeforeItIsQuiet(t *testing.T) {
	w := beginQuiet(t, t.TempDir(), time.Hour)
	n := w.seen(func() {
		for i := range 100 {
			w.write(fmt.Sprintf("%d.md", i), "one")
		}
	})
	if n < 100 || len(w.told) > 0 {
		t.Errorf("%d events were seen, and %d changes told", n, len(w.told))
	}
}

// TestAConfigMapIsSwapped as Kubernetes does it: each file is a link through a
// hidden one, and that is led elsewhere.
func TestAConfigMapIsSwapped(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "..2026_01_01", "a.md"), "one")
	must(t, os.Symlink("..2026_01_01", filepath.Join(dir, "..data")))
	must(t, os.Symlink("..data/a.md", filepath.Join(dir, "a.md")))
	w := begin(t, dir)
	for _, version := range []string{"..2026_01_02", "..2026_01_03"} {
		w.write(version+"/a.md", "another")
		w.seen(func() {})
		if w.seen(func() { lead(t, filepath.Join(dir, "..data"), version) }) == 0 {
			t.Errorf("the swap to %s isn't seen", version)
		}
	}
	w.tells()
}

// TestALinkIsLedElsewhere: the folder itself, and one on the way to it.
func TestALinkIsLedElsewhere(t *testing.T) {
	for name, below := range map[string]string{"the folder": "", "one above it": "corpus"} {
		t.Run(name, func(t *testing.T) {
			all := t.TempDir()
			for _, version := range []string{"v1", "v2", "v3"} {
				write(t, filepath.Join(all, version, below, "a.md"), version)
			}
			link := filepath.Join(all, "current")
			must(t, os.Symlink("v1", link))
			w := begin(t, filepath.Join(link, below))
			for _, version := range []string{"v2", "v3"} {
				lead(t, link, version)
				w.says("is another one, and is watched")
				w.tells()
				if w.seen(func() { w.write("a.md", "changed there") }) == 0 {
					t.Errorf("a change in %s isn't seen", version)
				}
			}
		})
	}
}

// TestAFolderIsMadeAgain after it was removed, or moved away; that it is away is
// said once.
func TestAFolderIsMadeAgain(t *testing.T) {
	all := t.TempDir()
	dir := filepath.Join(all, "corpus")
	write(t, filepath.Join(dir, "a.md"), "one")
	w := begin(t, dir)
	again := func() {
		t.Helper()
		write(t, filepath.Join(dir, "news", "a.md"), "two")
		w.says("is another one, and is watched")
		w.tells()
		if w.seen(func() { w.write("news/a.md", "three") }) == 0 {
			t.Error("a change in the new folder isn't seen")
		}
	}
	must(t, os.RemoveAll(dir))
	w.says("is away")
	again()
	must(t, os.RemoveAll(dir)) // and made again before anyone looks, perhaps
	again()
	must(t, os.Rename(dir, filepath.Join(all, "elsewhere")))
	again()
}

func TestFolderThatIsNotThere(t *testing.T) {
	err := Folder(t.Context(), filepath.Join(t.TempDir(), "nothing"), time.Millisecond, slog.New(slog.DiscardHandler), func(context.Context) {})
	if err == nil {
		t.Error("no error")
	}
}

func TestIgnored(t *testing.T) {
	for name, want := range map[string]bool{"a.md": false, "news/a.md": false, ".a.md.swp": true, ".git/HEAD": true, "news/.x": true, "..data": false, "..2026_01_02/a.md": false} {
		if got := ignored("/corpus", fsnotify.Event{Name: filepath.Join("/corpus", name), Op: fsnotify.Write}); got != want {
			t.Errorf("%s is ignored: %v", name, got)
		}
	}
}
