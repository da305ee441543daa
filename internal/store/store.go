// Package store keeps what servers decide and add: settings, articles, golden
// questions, what was done by whom, what could not be answered, and what
// members thought of answers. What a method has returned from without an error
// survives a kill at any moment. It all stands in a Place: a folder with one
// transactional file, unless there is another.
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
	"slices"
	"sync"
	"time"
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
	// Place is where everything stands; nil means Dir. Close closes it.
	Place  Place
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
	MaxEntries  = 1000     // of the log; the oldest go
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
	bucketTallies  = "tallies"
	keySettings    = "settings"
	keySecret      = "secret"
	keyTallied     = "tallied"
)

// Store is an open store. Close it when done.
type Store struct {
	place   Place
	folder  *folder // the place, nil where it is another
	clock   func() time.Time
	logger  *slog.Logger
	days    int
	secret  []byte
	end     context.CancelFunc
	ended   sync.WaitGroup // the goroutine of upkeep
	changed chan struct{}  // holds one when there is something to back up
	shares  bool           // the place with other processes
	news    sync.Mutex     // held while a reload is announced or heard of
	heard   int            // the number of the last one; under news

	changes sync.Mutex // held while settings are changed
	gaps    sync.Mutex // held while unanswered questions are written or forgotten

	// mu is never held while a transaction begins, for one may hold it.
	mu       sync.RWMutex
	settings map[string]Settings // by server
	added    map[string]int      // articles, by server
	missed   map[string]*missed  // unanswered questions that aren't written yet, by server and key
}

// Open opens the store, and makes it where there is none. Where the file is
// missing or damaged and there is a backup, that is taken in its place.
func Open(o Options) (*Store, error) {
	s := &Store{place: o.Place, clock: o.Clock, logger: o.Logger, days: cmp.Or(o.Retention, DefaultRetention), shares: len(o.Shards) > 0,
		changed: make(chan struct{}, 1), settings: map[string]Settings{}, added: map[string]int{}, missed: map[string]*missed{}}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	begin := time.Now()
	if s.place == nil {
		f, err := openFolder(o.Dir, o.Shards, s.clock, s.logger)
		if err != nil {
			return nil, err
		}
		s.place, s.folder = f, f
	}
	if err := errors.Join(s.place.Update(s.prepare), s.Prune()); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), s.place.Close())
	}
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	took := time.Since(begin) // everything was read
	s.ended.Go(func() { s.upkeep(ctx, took) })
	return s, nil
}

// prepare makes the buckets and reads what is answered from memory.
func (s *Store) prepare(root Branch) error {
	for _, name := range []string{bucketMeta, bucketServers, bucketOpinions} {
		if _, err := root.Make(name); err != nil {
			return err
		}
	}
	a, err := announced(root)
	if err != nil {
		return fmt.Errorf("the announced reload: %w", err)
	}
	s.heard = a.Number
	meta := root.Branch(bucketMeta)
	s.secret = append([]byte(nil), meta.Get([]byte(keySecret))...)
	if len(s.secret) == 0 {
		s.secret = make([]byte, 32)
		rand.Read(s.secret) // never fails
		if err := meta.Put([]byte(keySecret), s.secret); err != nil {
			return err
		}
	}
	if err := countAll(root); err != nil {
		return fmt.Errorf("count opinions: %w", err)
	}
	for id, b := range root.Branch(bucketServers).Branches() {
		if raw := b.Get([]byte(keySettings)); raw != nil {
			var set Settings
			if err := json.Unmarshal(raw, &set); err != nil {
				return fmt.Errorf("settings of server %s: %w", id, err)
			}
			s.settings[id] = set
		}
		if a := b.Branch(bucketArticles); a != nil {
			s.added[id] = count(a)
		}
	}
	return nil
}

// Close writes what is still in memory, and the backup, and closes the place.
func (s *Store) Close() error {
	s.end()
	s.ended.Wait()
	err := s.flush()
	if s.folder != nil && !s.folder.covered() {
		err = errors.Join(err, s.Backup())
	}
	return errors.Join(err, s.place.Close())
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
			soon.Reset(s.rest(took))
		case <-soon.C:
			rest := s.rest(took)
			switch {
			case s.folder == nil || s.folder.covered():
			case rest > 0: // another process was first
				soon.Reset(rest)
			default:
				back()
			}
		}
	}
}

// rest is how long to wait with the next backup when one takes so long. The
// last may have been another process's.
func (s *Store) rest(took time.Duration) time.Duration {
	if s.folder == nil {
		return 0
	}
	return time.Until(s.folder.backedUp().Add(backupRest * took))
}

// Backup writes the state of this moment to the folder of the backup, in one
// step. A copy of that folder is whole, whenever it is made. What was deleted
// is not in it. A place other than a folder has backups of its own.
func (s *Store) Backup() error {
	if s.folder == nil {
		return nil
	}
	return s.folder.Backup()
}

// touch has the backup written soon.
func (s *Store) touch() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// part is a server's branch of that name, nil when it has none.
func part(root Branch, server, name string) Branch {
	if b := root.Branch(bucketServers).Branch(server); b != nil {
		return b.Branch(name)
	}
	return nil
}

// makePart is part, made where there is none. A server has an ID.
func makePart(root Branch, server, name string) (Branch, error) {
	if server == "" {
		return nil, errors.New("no server is named")
	}
	b, err := root.Branch(bucketServers).Make(server)
	if err != nil {
		return nil, err
	}
	return b.Make(name)
}

func put(b Branch, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, raw)
}

// each decodes all values of a branch, in the order of keys. The branch may be
// nil.
func each[T any](b Branch, f func(key []byte, v T) error) error {
	if b == nil {
		return nil
	}
	for k, raw := range b.All() {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("value of %q: %w", k, err)
		}
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// count is how many values a branch has.
func count(b Branch) (n int) {
	for range b.All() {
		n++
	}
	return n
}

// empty reports whether a branch has no values.
func empty(b Branch) bool {
	for range b.All() {
		return false
	}
	return true
}

// appended puts a value under the next key of a branch whose keys are in the
// order of writing, and removes the oldest so that at most the last most of all
// that were ever written stay.
func appended(b Branch, v any, most uint64) error {
	n, err := b.Next()
	if err != nil {
		return err
	}
	var old [][]byte
	for k := range b.All() {
		if binary.BigEndian.Uint64(k)+most > n {
			break
		}
		old = append(old, slices.Clone(k))
	}
	for _, k := range old {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return put(b, sequenceKey(n), v)
}

// sequenceKey sorts as its number does.
func sequenceKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
