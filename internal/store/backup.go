package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockTime is how long to wait for another process that has the file open.
const lockTime = 2 * time.Second

// alone are the options of a process that keeps the file open.
func alone() bolt.Options { return bolt.Options{Timeout: lockTime, PreLoadFreelist: true} }

// openBolt opens the file as the options say.
func openBolt(name string, o bolt.Options) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		// Some damage is found by a panic.
		if v := recover(); v != nil {
			db, err = nil, fmt.Errorf("open %s: %v: %w", name, v, bolterrors.ErrInvalid)
		}
	}()
	for {
		var f *os.File
		o.OpenFile = func(name string, flags int, mode os.FileMode) (file *os.File, err error) {
			file, err = os.OpenFile(name, flags, mode)
			f = file
			return file, err
		}
		db, err = bolt.Open(name, 0o600, &o)
		if errors.Is(err, bolterrors.ErrTimeout) {
			return nil, fmt.Errorf("open %s: another process has it open", name)
		}
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		// Who held the lock until now may have put another file in place.
		mine, err := f.Stat()
		there, also := os.Stat(name)
		if err := errors.Join(err, also); err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", name, err), db.Close())
		}
		if os.SameFile(mine, there) {
			return db, nil
		}
		if err := db.Close(); err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
	}
}

// openOrRestore opens the file after a look through it. Where it is missing or
// damaged, as when it was copied while it was written, the backup takes its
// place, and the damaged file stays beside.
func (d *folder) openOrRestore() (*bolt.DB, error) {
	name, backup := filepath.Join(d.dir, fileName), filepath.Join(d.dir, backupFolder, fileName)
	_, missing := os.Stat(name)
	_, none := os.Stat(backup)
	if missing == nil {
		db, err := openBolt(name, alone())
		if err == nil {
			if err = check(db); err == nil {
				return d.tidy(db, name)
			}
			err = errors.Join(err, db.Close())
		}
		if none != nil || !isDamage(err) {
			return nil, err
		}
		broken := name + ".broken-" + d.clock().UTC().Format("20060102-150405")
		if err := os.Rename(name, broken); err != nil {
			return nil, fmt.Errorf("put the damaged store aside: %w", err)
		}
		d.logger.Error("the store is damaged; the backup takes its place", "error", err, "damaged", broken)
	}
	if none == nil {
		if err := copyFile(backup, name); err != nil {
			return nil, fmt.Errorf("restore the store: %w", err)
		}
		d.logger.Info("the store was restored from its backup", "file", backup)
	}
	return openBolt(name, alone())
}

// errDamaged is the error of a file that isn't whole.
var errDamaged = errors.New("the file is damaged")

func isDamage(err error) bool {
	return errors.Is(err, errDamaged) || errors.Is(err, bolterrors.ErrInvalid) || errors.Is(err, bolterrors.ErrChecksum)
}

// check reads all that is in the file. bbolt's own check can't be used: it
// panics, on pages that aren't whole, where nobody can recover.
func check(db *bolt.DB) (err error) {
	// Pages beyond the end of a file that was cut are a fault of the memory.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errDamaged, v)
		}
	}()
	return db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error { return walk(b) })
	})
}

func walk(b *bolt.Bucket) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return walk(b.Bucket(key))
		}
		if string(key) != keySecret && !json.Valid(value) {
			return fmt.Errorf("%w: the value of %q can't be read", errDamaged, key)
		}
		return nil
	})
}

// Backup is Store.Backup.
func (d *folder) Backup() error {
	if d.dir == "" {
		return nil
	}
	// One at a time, so that none takes the place of a newer one.
	d.backups.Lock()
	defer d.backups.Unlock()
	if d.shares {
		done, err := d.among("backup")
		if err != nil {
			return err
		}
		defer done()
	}
	if err := compact(d.db, filepath.Join(d.dir, backupFolder, fileName)); err != nil {
		return fmt.Errorf("back the store up: %w", err)
	}
	return nil
}

// keyDeleted stands in the meta bucket when something was deleted since the
// file was written anew.
const keyDeleted = "deleted"

// deleted notes within a transaction that something was.
func deleted(root Branch) error {
	return root.Branch(bucketMeta).Put([]byte(keyDeleted), []byte("true"))
}

// tidy writes the store's file anew when something was deleted since that was
// done last, or when most of it is empty, and returns the store to be used
// then. Who waits for the lock meanwhile notices that it is another file.
func (d *folder) tidy(db *bolt.DB, name string) (*bolt.DB, error) {
	pages := 0
	marked := false
	err := db.View(func(tx *bolt.Tx) error {
		pages = int(tx.Size()) / db.Info().PageSize
		if root := tx.Bucket([]byte(version)); root != nil {
			meta := root.Bucket([]byte(bucketMeta))
			marked = meta != nil && meta.Get([]byte(keyDeleted)) != nil
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("look at %s: %w", name, err), db.Close())
	}
	if free := db.Stats().FreePageN; !marked && (free < leastFree || 2*free < pages) {
		return db, nil
	}
	if err := compact(db, name); err != nil {
		d.logger.Warn("the store could not be written anew without what was deleted", "error", err)
		return db, nil
	}
	if err := db.Close(); err != nil {
		return nil, fmt.Errorf("close the old form of %s: %w", name, err)
	}
	return openBolt(name, alone())
}

// leastFree is from how many empty pages on, a megabyte as a rule, it is worth
// it to write a file anew.
const leastFree = 256

func copyFile(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return replace(to, func(to *os.File) error {
		_, err := io.Copy(to, f)
		return err
	})
}

// replace writes a file beside, makes sure that it is on the disk, and puts it
// in place.
func replace(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".writing-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // is gone when all went well
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	// Not every system can sync a folder; the rename stands all the same.
	_ = d.Sync()
	return d.Close()
}
