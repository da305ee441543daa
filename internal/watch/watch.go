// Package watch tells when something in a folder of files has changed.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Folder calls changed after files below dir have changed and then been quiet
// for a while, so that a copy of many files is one change. Names that begin
// with a dot don't count: editors keep their own files under such names. It
// returns when ctx ends, with nil; an error means that the folder can't be
// watched. changed runs in Folder's own goroutine, never twice at once, and
// what changes meanwhile is told after.
func Folder(ctx context.Context, dir string, quiet time.Duration, log *slog.Logger, changed func(context.Context)) error {
	// A walk doesn't follow a link, not even the one that it starts at.
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("watch the articles: %w", err)
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	if err := add(w, dir); err != nil {
		return errors.Join(fmt.Errorf("watch %s: %w", dir, err), w.Close())
	}
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
			if ignored(dir, e) {
				continue
			}
			if e.Has(fsnotify.Create) {
				// Perhaps a folder; what can't be watched is found by the load.
				if err := add(w, e.Name); err != nil {
					log.Debug("a new name is not watched", "name", e.Name, "error", err)
				}
			}
			timer.Reset(quiet)
		case err := <-w.Errors:
			// Events were lost, at worst; then a change is what there may be.
			log.Warn("watching the articles", "error", err)
			timer.Reset(quiet)
		case <-timer.C:
			changed(ctx)
		}
	}
}

// ignored reports whether an event changes nothing that is read.
func ignored(dir string, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return true
	}
	rel, err := filepath.Rel(dir, e.Name)
	if err != nil {
		return false
	}
	for _, part := range strings.Split(filepath.ToSlash(rel), "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
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
