// Package store keeps what servers decide and add: settings, articles, golden
// questions, what was done by whom, what could not be answered, and what
// members thought of answers. It is one transactional file; what a method has
// returned from without an error survives a kill at any moment.
//
// All methods of a Store may be called from several goroutines at once.
package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	bolt "go.etcd.io/bbolt"
)

// Options say where a store lives.
type Options struct {
	// Dir is the folder of the file, made when missing, and of its backup;
	// "" keeps everything until Close alone.
	Dir string
	// Retention is how many days unanswered questions and opinions are kept
	// where a server hasn't decided; 0 means DefaultRetention.
	Retention int
	// Shards are those that this process serves, where others serve further
	// ones out of the same Dir; none means that it serves all servers.
	Shards []int
	Clock  func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil discards
}

// DefaultRetention is how many days unanswered questions are kept: a month
// shows moderators what to add and is soon forgotten.
const DefaultRetention = 30

// Bounds of what one server may fill.
const (
	MaxArticles = 100      // added articles
	MaxBytes    = 16 << 20 // of their files together
	MaxGoldens  = 200      // golden questions: all are asked at each reload
	maxEntries  = 1000     // of the log; the oldest go
	maxGaps     = 2000     // unanswered questions; those asked longest ago go
)

// ErrFull is the error of adding more than a server may.
var ErrFull = errors.New("there is no more room")

// ErrNotFound is the error of removing what isn't there.
var ErrNotFound = errors.New("there is none of that name")

// The file, the folder of its backup, and the version of what is in it: the
// name of the outermost bucket. A later version reads this one's and writes
// its own beside.
const (
	fileName     = "verbatim.db"
	backupFolder = "backup"
	version      = "v1"
)

// The buckets inside that of the version, and inside a server's.
const (
	bucketMeta     = "meta"
	bucketServers  = "servers"
	bucketOpinions = "opinions"

	bucketArticles = "articles"
	bucketLog      = "log"
	bucketGoldens  = "goldens"
	bucketGaps     = "gaps"
	keySettings    = "settings"
	keySecret      = "secret"
)

// Store is an open store. Close it when done.
type Store struct {
	db      file
	dir     string // "" when temporary
	temp    string // a folder to remove at Close; "" for none
	clock   func() time.Time
	logger  *slog.Logger
	days    int
	secret  []byte
	end     context.CancelFunc
	ended   sync.WaitGroup // the goroutine of upkeep
	changed chan struct{}  // holds one when there is something to back up

	changedAt atomic.Int64 // when this process last changed the file, in nanoseconds of the system's clock

	locks  []*flock.Flock // held until Close
	shares bool           // the file with other processes
	news   sync.Mutex     // held while a reload is announced or heard of
	heard  int            // the number of the last one; under news

	changes sync.Mutex // held while settings are changed
	backups sync.Mutex // held while a backup is written

	// mu is never held while a transaction begins, for one may hold it.
	mu       sync.RWMutex
	settings map[string]Settings // by server
	added    map[string]int      // articles, by server
	missed   map[string]*missed  // unanswered questions that aren't written yet, by server and key
}

// Open opens the store, and makes it where there is none. Where the file is
// missing or damaged and there is a backup, that is taken in its place.
func Open(o Options) (*Store, error) {
	s := &Store{dir: o.Dir, clock: o.Clock, logger: o.Logger, days: cmp.Or(o.Retention, DefaultRetention),
		changed: make(chan struct{}, 1), settings: map[string]Settings{}, added: map[string]int{}, missed: map[string]*missed{}}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	begin := time.Now()
	if err := s.openFile(o.Shards); err != nil {
		return nil, errors.Join(err, s.release())
	}
	if err := errors.Join(s.update(s.prepare), s.Prune()); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), s.db.Close(), s.release(), s.clean())
	}
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	took := time.Since(begin) // everything was read
	s.ended.Go(func() { s.upkeep(ctx, took) })
	return s, nil
}

// openFile opens the file in its folder, or in one that lasts until Close.
func (s *Store) openFile(shards []int) error {
	if s.dir == "" {
		temp, err := os.MkdirTemp("", "verbatim-")
		if err != nil {
			return fmt.Errorf("make a folder for the store: %w", err)
		}
		s.temp = temp
		s.db, err = openBolt(filepath.Join(temp, fileName), bolt.Options{NoSync: true})
		if err != nil {
			return errors.Join(err, s.clean())
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Join(s.dir, backupFolder), 0o700); err != nil {
		return fmt.Errorf("make the folder of the store: %w", err)
	}
	if err := s.claim(shards); err != nil {
		return err
	}
	var err error
	if s.shares = len(shards) > 0; s.shares {
		s.db, err = s.openShared()
		return err
	}
	s.db, err = s.openOrRestore()
	return err
}

func (s *Store) clean() error {
	if s.temp == "" {
		return nil
	}
	return os.RemoveAll(s.temp)
}

// prepare makes the buckets and reads what is answered from memory.
func (s *Store) prepare(root *bolt.Bucket) error {
	for _, name := range []string{bucketMeta, bucketServers, bucketOpinions} {
		if _, err := root.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	a, err := announced(root)
	if err != nil {
		return fmt.Errorf("the announced reload: %w", err)
	}
	s.heard = a.Number
	meta := root.Bucket([]byte(bucketMeta))
	s.secret = append([]byte(nil), meta.Get([]byte(keySecret))...)
	if len(s.secret) == 0 {
		s.secret = make([]byte, 32)
		rand.Read(s.secret) // never fails
		if err := meta.Put([]byte(keySecret), s.secret); err != nil {
			return err
		}
	}
	return root.Bucket([]byte(bucketServers)).ForEachBucket(func(id []byte) error {
		b := root.Bucket([]byte(bucketServers)).Bucket(id)
		if raw := b.Get([]byte(keySettings)); raw != nil {
			var set Settings
			if err := json.Unmarshal(raw, &set); err != nil {
				return fmt.Errorf("settings of server %s: %w", id, err)
			}
			s.settings[string(id)] = set
		}
		if a := b.Bucket([]byte(bucketArticles)); a != nil {
			s.added[string(id)] = a.Stats().KeyN
		}
		return nil
	})
}

// Close writes what is still in memory, and the backup, and closes the file.
func (s *Store) Close() error {
	s.end()
	s.ended.Wait()
	err := s.flush()
	if s.dir != "" && !s.covered() {
		err = errors.Join(err, s.Backup())
	}
	return errors.Join(err, s.db.Close(), s.release(), s.clean())
}

// The times of the upkeep.
const (
	flushTime  = 5 * time.Second  // until an unanswered question is written
	backupTime = 10 * time.Minute // until what members do is in the backup
	backupRest = 20               // times as long as a backup took are without one: it is a copy of everything
	pruneTime  = time.Hour
)

// upkeep writes, backs up and forgets as time passes, until ctx ends. took is how
// long a backup takes, about.
func (s *Store) upkeep(ctx context.Context, took time.Duration) {
	flush, backup, prune := time.NewTicker(flushTime), time.NewTicker(backupTime), time.NewTicker(pruneTime)
	defer flush.Stop()
	defer backup.Stop()
	defer prune.Stop()
	report := func(what string, err error) {
		if err != nil {
			s.logger.Error("the store's upkeep", "task", what, "error", err)
		}
	}
	soon := time.NewTimer(0)
	soon.Stop()
	defer soon.Stop()
	back := func() {
		begin := time.Now()
		report("backup", s.Backup())
		took = time.Since(begin)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			report("write", s.flush())
		case <-prune.C:
			report("forget", s.Prune())
		case <-backup.C:
			back()
		case <-s.changed:
			soon.Reset(time.Until(s.backedUp().Add(backupRest * took)))
		case <-soon.C:
			if s.covered() {
				continue
			}
			if rest := time.Until(s.backedUp().Add(backupRest * took)); rest > 0 {
				soon.Reset(rest) // another process was first
			} else {
				back()
			}
		}
	}
}

// backedUp is when the backup was written, the zero time when there is none.
func (s *Store) backedUp() time.Time {
	last, err := os.Stat(filepath.Join(s.dir, backupFolder, fileName))
	if err != nil {
		return time.Time{}
	}
	return last.ModTime()
}

// covered reports whether another process's backup holds all that this one has
// changed: where processes share the store, nobody changes it meanwhile.
func (s *Store) covered() bool {
	return s.shares && s.backedUp().After(time.Unix(0, s.changedAt.Load()))
}

// touch has the backup written soon.
func (s *Store) touch() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// update changes the store in one transaction: all of it is done, or nothing.
func (s *Store) update(f func(root *bolt.Bucket) error) error {
	err := s.db.Update(func(tx *bolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists([]byte(version))
		if err != nil {
			return err
		}
		return f(root)
	})
	s.changedAt.Store(time.Now().UnixNano())
	return err
}

func (s *Store) view(f func(root *bolt.Bucket) error) error {
	return s.db.View(func(tx *bolt.Tx) error { return f(tx.Bucket([]byte(version))) })
}

// part is a server's bucket of that name, nil when it has none.
func part(root *bolt.Bucket, server, name string) *bolt.Bucket {
	if b := root.Bucket([]byte(bucketServers)).Bucket([]byte(server)); b != nil {
		return b.Bucket([]byte(name))
	}
	return nil
}

// makePart is part, made where there is none. A server has an ID.
func makePart(root *bolt.Bucket, server, name string) (*bolt.Bucket, error) {
	if server == "" {
		return nil, errors.New("no server is named")
	}
	b, err := root.Bucket([]byte(bucketServers)).CreateBucketIfNotExists([]byte(server))
	if err != nil {
		return nil, err
	}
	return b.CreateBucketIfNotExists([]byte(name))
}

func put(b *bolt.Bucket, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, raw)
}

// each decodes all values of a bucket, in the order of keys. The bucket may be
// nil.
func each[T any](b *bolt.Bucket, f func(key []byte, v T) error) error {
	if b == nil {
		return nil
	}
	return b.ForEach(func(k, raw []byte) error {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("value of %q: %w", k, err)
		}
		return f(k, v)
	})
}

// sequence is the next key of a bucket whose keys are in the order of writing.
func sequence(b *bolt.Bucket) ([]byte, error) {
	n, err := b.NextSequence()
	return binary.BigEndian.AppendUint64(nil, n), err
}

// trim removes the oldest values of a bucket whose keys are sequence numbers,
// so that at most n stay.
func trim(b *bolt.Bucket, n uint64) error {
	c := b.Cursor()
	for k, _ := c.First(); k != nil && binary.BigEndian.Uint64(k)+n <= b.Sequence(); k, _ = c.First() {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}
