// Package watch tells when something in a folder of files has changed.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Folder calls changed after files below dir have changed and then been quiet
// for a while, so that a copy of many files is one change. Names that begin
// with a dot don't count: editors keep their own files under such names. Dir may
// be a link that is led elsewhere, or be away for a while. Folder returns when
// ctx ends, with nil; an error means that the folder can't be watched. changed
// runs in Folder's own goroutine, never twice at once, and what changes meanwhile
// is told after.
func Folder(ctx context.Context, dir string, quiet time.Duration, log *slog.Logger, changed func(context.Context)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	f := folder{dir: dir, w: w, log: log}
	if err := f.begin(); err != nil {
		return errors.Join(fmt.Errorf("watch %s: %w", dir, err), w.Close())
	}
	look := time.NewTicker(quiet)
	defer look.Stop()
	timer := time.NewTimer(quiet)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return w.Close()
		case e, open := <-w.Events:
			if !open {
				return fmt.Errorf("watch %s: the system ended it", dir)
			}
			if f.counts(e) {
				timer.Reset(quiet)
			}
		case err := <-w.Errors:
			// Events were lost, at worst; then a change is what there may be.
			log.Warn("watching the articles", "error", err)
			timer.Reset(quiet)
		case <-look.C:
			if f.look() {
				timer.Reset(quiet)
			}
		case <-timer.C:
			changed(ctx)
		}
	}
}

// folder is a folder that is watched. The system watches what is in a folder, and
// not the way that leads there.
type folder struct {
	dir  string // as it is named
	w    *fsnotify.Watcher
	log  *slog.Logger
	root string      // where dir leads, or did when that was last known
	is   os.FileInfo // of root; nil when it isn't watched
	lost bool        // that it isn't was told
}

// begin watches what dir leads to, and nothing that it led to before.
func (f *folder) begin() error {
	for _, name := range f.w.WatchList() {
		_ = f.w.Remove(name) // fails for what is gone
	}
	// A walk doesn't follow a link, not even the one that it starts at.
	root, err := filepath.EvalSymlinks(f.dir)
	if err != nil {
		return err
	}
	is, err := os.Stat(root)
	if err != nil {
		return err
	}
	if err := add(f.w, root); err != nil {
		return err
	}
	f.root, f.is = root, is
	return nil
}

// look reports whether dir leads to another folder than it did, which is watched
// from now on.
func (f *folder) look() bool {
	now, err := os.Stat(f.dir)
	if err == nil {
		if os.SameFile(now, f.is) {
			return false
		}
		err = f.begin()
	}
	if err == nil {
		f.lost = false
		f.log.Info("the folder of the articles is another one, and is watched", "folder", f.dir)
		return true
	}
	if !f.lost {
		f.log.Warn("the folder of the articles is away; it is watched when it is back", "folder", f.dir, "error", err)
	}
	f.is, f.lost = nil, true
	return false
}

// counts reports whether an event may change what is read. A folder that was made
// is watched from then on.
func (f *folder) counts(e fsnotify.Event) bool {
	if e.Name == f.root && (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)) {
		f.is = nil // one that is made in its place may look the same
	}
	counts := !ignored(f.root, e)
	f.log.Debug("watching the articles", "name", e.Name, "event", e.Op, "counts", counts)
	if counts && e.Has(fsnotify.Create) {
		// Perhaps a folder; what can't be watched is found by the load.
		if err := add(f.w, e.Name); err != nil {
			f.log.Debug("a new name is not watched", "name", e.Name, "error", err)
		}
	}
	return counts
}

// ignored reports whether an event changes nothing that is read. A name with two
// dots counts: Kubernetes swaps what it mounts by a link called ..data, to which
// the others lead.
func ignored(dir string, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return true
	}
	rel, err := filepath.Rel(dir, e.Name)
	if err != nil {
		return false
	}
	for _, part := range strings.Split(filepath.ToSlash(rel), "/") {
		if strings.HasPrefix(part, ".") && part != "." && !strings.HasPrefix(part, "..") {
			return true
		}
	}
	return false
}

// add watches a folder and those below it; the system watches one at a time.
func add(w *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == root:
			return err
		case err != nil || !d.IsDir():
			return nil
		case name != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		return w.Add(name)
	})
}
