package store

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	bolt "go.etcd.io/bbolt"
)

// folder is the Place that comes with the program: a bbolt file in a folder,
// with its backup and the locks of the processes that use it.
type folder struct {
	dir     string // "" when temporary
	temp    string // to remove at Close; "" for none
	clock   func() time.Time
	logger  *slog.Logger
	db      file
	locks   []*flock.Flock // held until Close
	shares  bool           // the file with other processes
	backups sync.Mutex     // held while a backup is written

	changedAt atomic.Int64 // when this process last changed the file, in nanoseconds of the system's clock

	looks   sync.Mutex
	last    os.FileInfo // of the file, when Changed was last asked
	settled bool        // the file had been so for so long that a change would be seen
}

// openFolder opens the file in its folder, or in one that lasts until Close.
// Where the file is missing or damaged and there is a backup, that is taken in
// its place. shards are those of this process where others share the folder.
func openFolder(dir string, shards []int, clock func() time.Time, logger *slog.Logger) (*folder, error) {
	d := &folder{dir: dir, clock: clock, logger: logger, shares: len(shards) > 0}
	if err := d.open(shards); err != nil {
		return nil, errors.Join(err, d.free())
	}
	return d, nil
}

func (d *folder) open(shards []int) (err error) {
	if d.dir == "" {
		if d.temp, err = os.MkdirTemp("", "verbatim-"); err != nil {
			return fmt.Errorf("make a folder for the store: %w", err)
		}
		d.db, err = openBolt(filepath.Join(d.temp, fileName), bolt.Options{NoSync: true})
		return err
	}
	if err := os.MkdirAll(filepath.Join(d.dir, backupFolder), 0o700); err != nil {
		return fmt.Errorf("make the folder of the store: %w", err)
	}
	if err := d.claim(shards); err != nil {
		return err
	}
	if d.shares {
		d.db, err = d.openShared()
		return err
	}
	d.db, err = d.openOrRestore()
	return err
}

// free lets go of what is held beside the file.
func (d *folder) free() error {
	var errs []error
	for _, l := range d.locks {
		errs = append(errs, l.Close())
	}
	if d.temp != "" {
		errs = append(errs, os.RemoveAll(d.temp))
	}
	return errors.Join(errs...)
}

// Close implements Place.
func (d *folder) Close() error { return errors.Join(d.db.Close(), d.free()) }

// Update implements Place.
func (d *folder) Update(f func(root Branch) error) error {
	err := d.db.Update(func(tx *bolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists([]byte(version))
		if err != nil {
			return err
		}
		return f(bucket{root})
	})
	d.changedAt.Store(time.Now().UnixNano())
	return err
}

// View implements Place.
func (d *folder) View(f func(root Branch) error) error {
	return d.db.View(func(tx *bolt.Tx) error { return f(bucket{tx.Bucket([]byte(version))}) })
}

// stampTime is the time in which a file may change twice without that being seen
// in its time stamp.
const stampTime = time.Second

// Changed implements Place.
func (d *folder) Changed() (bool, error) {
	d.looks.Lock()
	defer d.looks.Unlock()
	now, err := os.Stat(filepath.Join(d.dir+d.temp, fileName)) // one of the two is empty
	if err != nil {
		d.last = nil
		return false, fmt.Errorf("look whether the store has changed: %w", err)
	}
	same := d.settled && d.last != nil && os.SameFile(now, d.last) && now.ModTime().Equal(d.last.ModTime()) && now.Size() == d.last.Size()
	d.last, d.settled = now, time.Since(now.ModTime()) > stampTime
	return !same, nil
}

// backedUp is when the backup was written, the zero time when there is none.
func (d *folder) backedUp() time.Time {
	last, err := os.Stat(filepath.Join(d.dir, backupFolder, fileName))
	if err != nil {
		return time.Time{}
	}
	return last.ModTime()
}

// covered reports whether another process's backup holds all that this one has
// changed: where processes share the file, nobody changes it meanwhile.
func (d *folder) covered() bool {
	return d.shares && d.backedUp().After(time.Unix(0, d.changedAt.Load()))
}

// bucket is a Branch of the file.
type bucket struct{ b *bolt.Bucket }

// Branch implements Branch.
func (x bucket) Branch(name string) Branch {
	if b := x.b.Bucket([]byte(name)); b != nil {
		return bucket{b}
	}
	return nil
}

// Make implements Branch.
func (x bucket) Make(name string) (Branch, error) {
	b, err := x.b.CreateBucketIfNotExists([]byte(name))
	if err != nil {
		return nil, err
	}
	return bucket{b}, nil
}

// Cut implements Branch.
func (x bucket) Cut(name string) error { return x.b.DeleteBucket([]byte(name)) }

// Branches implements Branch.
func (x bucket) Branches() iter.Seq2[string, Branch] {
	return func(yield func(string, Branch) bool) {
		c := x.b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if v == nil && !yield(string(k), bucket{x.b.Bucket(k)}) {
				return
			}
		}
	}
}

// Get implements Branch.
func (x bucket) Get(key []byte) []byte { return x.b.Get(key) }

// Put implements Branch.
func (x bucket) Put(key, value []byte) error { return x.b.Put(key, value) }

// Delete implements Branch.
func (x bucket) Delete(key []byte) error { return x.b.Delete(key) }

// Next implements Branch.
func (x bucket) Next() (uint64, error) { return x.b.NextSequence() }

// All implements Branch.
func (x bucket) All() iter.Seq2[[]byte, []byte] {
	c := x.b.Cursor()
	return values(c.First, c.Next)
}

// Backward implements Branch.
func (x bucket) Backward() iter.Seq2[[]byte, []byte] {
	c := x.b.Cursor()
	return values(c.Last, c.Prev)
}

// values goes through what a cursor finds, without further buckets.
func values(first, next func() (key, value []byte)) iter.Seq2[[]byte, []byte] {
	return func(yield func([]byte, []byte) bool) {
		for k, v := first(); k != nil; k, v = next() {
			if v != nil && !yield(k, v) {
				return
			}
		}
	}
}
