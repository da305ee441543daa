package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"
	bolt "go.etcd.io/bbolt"
)

// file is a bbolt file: one that a process has to itself, or shared.
type file interface {
	Update(f func(tx *bolt.Tx) error) error
	View(f func(tx *bolt.Tx) error) error
	Close() error
}

// shared is the file for several processes: it is open, and locked, for as long
// as a transaction takes, a change alone and readers together. What a process
// keeps in memory of a server is never out of date, for no other process has
// that server.
type shared struct {
	name string
	// turn lets this process's own transactions go on at once after another:
	// the file's lock is only looked at every 50 ms.
	turn sync.RWMutex
}

func (f *shared) Update(do func(*bolt.Tx) error) error {
	f.turn.Lock()
	defer f.turn.Unlock()
	db, err := openBolt(f.name, bolt.Options{Timeout: turnTime})
	if err != nil {
		return err
	}
	return errors.Join(db.Update(do), db.Close())
}

func (f *shared) View(do func(*bolt.Tx) error) error {
	f.turn.RLock()
	defer f.turn.RUnlock()
	db, err := openBolt(f.name, bolt.Options{Timeout: turnTime, ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(db.View(do), db.Close())
}

func (f *shared) Close() error { return nil }

// turnTime is how long a transaction waits for those of other processes. The
// longest is the writing of a backup.
const turnTime = 20 * time.Second

// lockFolder has a file for each shard that a process serves.
const lockFolder = "locks"

// claim makes sure that no two processes serve the same, for each would answer:
// one process alone locks the folder, of several each its shards. The locks end
// with the process, however that ends.
func (d *folder) claim(shards []int) error {
	dir := filepath.Join(d.dir, lockFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the locks: %w", err)
	}
	take := func(name string, try func(*flock.Flock) (bool, error), taken string) error {
		l := flock.New(filepath.Join(dir, name))
		ok, err := try(l)
		if err != nil {
			return fmt.Errorf("lock %s: %w", l.Path(), err)
		}
		if !ok {
			return errors.New(taken)
		}
		d.locks = append(d.locks, l)
		return nil
	}
	if len(shards) == 0 {
		return take("processes", (*flock.Flock).TryLock, fmt.Sprintf("open %s: another process has it open", d.dir))
	}
	err := take("processes", (*flock.Flock).TryRLock, fmt.Sprintf("open %s: another process has it open that serves all shards", d.dir))
	for _, n := range shards {
		if err == nil {
			err = take("shard-"+strconv.Itoa(n), (*flock.Flock).TryLock, fmt.Sprintf("open %s: another process serves shard %d", d.dir, n))
		}
	}
	return err
}

// openShared looks after the file as one process would, while no other does, and
// leaves it closed.
func (d *folder) openShared() (file, error) {
	done, err := d.among("start")
	if err != nil {
		return nil, err
	}
	defer done()
	db, err := d.openOrRestore()
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, fmt.Errorf("close the store for others: %w", err)
	}
	return &shared{name: filepath.Join(d.dir, fileName)}, nil
}

// among waits until no other process does what the name says, and keeps others
// from it until done is called.
func (d *folder) among(name string) (done func(), err error) {
	l := flock.New(filepath.Join(d.dir, lockFolder, name))
	ctx, cancel := context.WithTimeout(context.Background(), turnTime)
	defer cancel()
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for other processes, for the %s: %w", name, err), l.Close())
	}
	return func() { _ = l.Close() }, nil // the lock ends with it in any case
}
