package store

import (
	"context"
	"encoding/json"
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

// file is where everything stands, and all that processes have to share: the
// bbolt file itself, which a process has to itself, or shared.
type file interface {
	// Update does what f does all or not at all. When it returns nil, that is on
	// the disk, and seen by every transaction that begins after, in any process.
	Update(f func(tx *bolt.Tx) error) error
	// View gives f the state of one moment.
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
func (s *Store) claim(shards []int) error {
	dir := filepath.Join(s.dir, lockFolder)
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
		s.locks = append(s.locks, l)
		return nil
	}
	if len(shards) == 0 {
		return take("processes", (*flock.Flock).TryLock, fmt.Sprintf("open %s: another process has it open", s.dir))
	}
	err := take("processes", (*flock.Flock).TryRLock, fmt.Sprintf("open %s: another process has it open that serves all shards", s.dir))
	for _, n := range shards {
		if err == nil {
			err = take("shard-"+strconv.Itoa(n), (*flock.Flock).TryLock, fmt.Sprintf("open %s: another process serves shard %d", s.dir, n))
		}
	}
	return err
}

func (s *Store) release() error {
	var errs []error
	for _, l := range s.locks {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// openShared looks after the file as one process would, while no other does, and
// leaves it closed.
func (s *Store) openShared() (file, error) {
	done, err := s.among("start")
	if err != nil {
		return nil, err
	}
	defer done()
	db, err := s.openOrRestore()
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, fmt.Errorf("close the store for others: %w", err)
	}
	return &shared{name: filepath.Join(s.dir, fileName)}, nil
}

// among waits until no other process does what the name says, and keeps others
// from it until done is called.
func (s *Store) among(name string) (done func(), err error) {
	l := flock.New(filepath.Join(s.dir, lockFolder, name))
	ctx, cancel := context.WithTimeout(context.Background(), turnTime)
	defer cancel()
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for other processes, for the %s: %w", name, err), l.Close())
	}
	return func() { _ = l.Close() }, nil // the lock ends with it in any case
}

// keyReload stands in the meta bucket for the last reload that was announced.
const keyReload = "reload"

// announcement is a reload of the operator's articles, which all processes are
// to do. They are numbered from 1.
type announcement struct {
	Number int    `json:"number"`
	By     string `json:"by"`
}

func announced(root *bolt.Bucket) (a announcement, err error) {
	if raw := root.Bucket([]byte(bucketMeta)).Get([]byte(keyReload)); raw != nil {
		err = json.Unmarshal(raw, &a)
	}
	return a, err
}

// Announce tells the processes with which the store is shared that the
// operator's articles were read again, for by, so that they do so too.
func (s *Store) Announce(by string) error {
	if !s.shares {
		return nil
	}
	s.news.Lock()
	defer s.news.Unlock()
	var before announcement
	err := s.update(func(root *bolt.Bucket) (err error) {
		if before, err = announced(root); err != nil {
			return err
		}
		return put(root.Bucket([]byte(bucketMeta)), []byte(keyReload), announcement{before.Number + 1, by})
	})
	if err != nil {
		return fmt.Errorf("announce a reload: %w", err)
	}
	if s.heard == before.Number { // else another's is still to be told of
		s.heard++
	}
	return nil
}

// lookTime is how often a process looks whether another has announced a reload,
// and the time in which a file may change twice without that being seen in its
// time stamp.
const lookTime = time.Second

// Announced calls f after another process has announced a reload, once for
// several, until ctx ends. f runs in Announced's own goroutine.
func (s *Store) Announced(ctx context.Context, f func(ctx context.Context, by string)) {
	if !s.shares {
		return
	}
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	var last os.FileInfo
	settled := false // the file had been as it is for so long that a change would be seen
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := os.Stat(filepath.Join(s.dir, fileName))
		if err == nil && settled && os.SameFile(now, last) && now.ModTime().Equal(last.ModTime()) && now.Size() == last.Size() {
			continue
		}
		var by string
		var news bool
		if err == nil {
			settled, last = time.Since(now.ModTime()) > lookTime, now
			by, news, err = s.hear()
		}
		if err != nil {
			s.logger.Warn("whether another process reads the articles again is not known", "error", err)
			settled = false
			continue
		}
		if news {
			f(ctx, by)
		}
	}
}

// hear tells whether a reload was announced that this process hasn't heard of.
func (s *Store) hear() (by string, news bool, err error) {
	s.news.Lock()
	defer s.news.Unlock()
	var a announcement
	err = s.view(func(root *bolt.Bucket) (err error) {
		a, err = announced(root)
		return err
	})
	if err != nil {
		return "", false, err
	}
	news = a.Number != s.heard
	s.heard = a.Number
	return a.By, news, nil
}
