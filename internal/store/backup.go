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

// openBolt opens the file. Without a name to keep, nothing needs to reach the
// disk.
func openBolt(name string, temporary bool) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		// Some damage is found by a panic.
		if v := recover(); v != nil {
			db, err = nil, fmt.Errorf("open %s: %v: %w", name, v, bolterrors.ErrInvalid)
		}
	}()
	db, err = bolt.Open(name, 0o600, &bolt.Options{Timeout: lockTime, NoSync: temporary, PreLoadFreelist: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open %s: another process has it open", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return db, nil
}

// openOrRestore opens the file after a look through it. Where it is missing or
// damaged, as when it was copied while it was written, the backup takes its
// place, and the damaged file stays beside.
func (s *Store) openOrRestore() (*bolt.DB, error) {
	name, backup := filepath.Join(s.dir, fileName), filepath.Join(s.dir, backupFolder, fileName)
	_, missing := os.Stat(name)
	_, none := os.Stat(backup)
	if missing == nil {
		db, err := openBolt(name, false)
		if err == nil {
			if err = check(db); err == nil {
				return db, nil
			}
			err = errors.Join(err, db.Close())
		}
		if none != nil || !isDamage(err) {
			return nil, err
		}
		broken := name + ".broken-" + s.clock().UTC().Format("20060102-150405")
		if err := os.Rename(name, broken); err != nil {
			return nil, fmt.Errorf("put the damaged store aside: %w", err)
		}
		s.logger.Error("the store is damaged; the backup takes its place", "error", err, "damaged", broken)
	}
	if none == nil {
		if err := copyFile(backup, name); err != nil {
			return nil, fmt.Errorf("restore the store: %w", err)
		}
		s.logger.Info("the store was restored from its backup", "file", backup)
	}
	return openBolt(name, false)
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

// Backup writes the state of this moment to the folder of the backup, in one
// step. A copy of that folder is whole, whenever it is made.
func (s *Store) Backup() error {
	if s.dir == "" {
		return nil
	}
	err := replace(filepath.Join(s.dir, backupFolder, fileName), func(w io.Writer) error {
		return s.db.View(func(tx *bolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("back the store up: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return replace(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// replace writes a file beside, makes sure that it is on the disk, and puts it
// in place.
func replace(name string, write func(io.Writer) error) error {
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
