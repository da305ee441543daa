package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Article is one that a server added, as the file that it was.
type Article struct {
	Name string    `json:"name"` // of the file, unique in its server
	Data []byte    `json:"data"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Action is what was done.
type Action string

// The actions.
const (
	Added        Action = "add"
	Removed      Action = "remove"
	Reloaded     Action = "reload"
	RolledBack   Action = "rollback"
	Decided      Action = "settings"
	KeptGolden   Action = "golden"
	ForgotGolden Action = "ungolden"
	Drifted      Action = "drift" // not done by anyone: golden questions are answered differently after a reload
)

// Entry is a line of a server's log: who did what, when, to which article.
type Entry struct {
	At      time.Time `json:"at"` // set when it is written, if zero
	By      string    `json:"by"`
	Action  Action    `json:"action"`
	Article string    `json:"article,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// HasArticles reports whether a server has added any. It answers from memory.
func (s *Store) HasArticles(server string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.added[server] > 0
}

// Articles are those that a server added, in the order of their names.
func (s *Store) Articles(server string) ([]Article, error) {
	var out []Article
	err := s.place.View(func(root Branch) error {
		return each(part(root, server, bucketArticles), func(_ []byte, a Article) error {
			out = append(out, a)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the articles of server %s: %w", server, err)
	}
	return out, nil
}

// PutArticle keeps an article of a server, in place of one of its name, and
// writes it in the log. The error may be ErrFull.
func (s *Store) PutArticle(server string, a Article) error {
	n := 0
	if a.At.IsZero() {
		a.At = s.clock()
	}
	err := s.place.Update(func(root Branch) error {
		b, err := makePart(root, server, bucketArticles)
		if err != nil {
			return err
		}
		if b.Get([]byte(a.Name)) != nil {
			if err := deleted(root); err != nil {
				return err
			}
		}
		if err := put(b, []byte(a.Name), a); err != nil {
			return err
		}
		bytes := 0
		n = 0
		err = each(b, func(_ []byte, a Article) error {
			n++
			bytes += len(a.Data)
			return nil
		})
		if err != nil {
			return err
		}
		if n > MaxArticles || bytes > MaxBytes {
			return ErrFull
		}
		return s.log(root, server, Entry{At: a.At, By: a.By, Action: Added, Article: a.Name})
	})
	if err != nil {
		return fmt.Errorf("keep article %q of server %s: %w", a.Name, server, err)
	}
	s.count(server, n)
	return nil
}

// RemoveArticle forgets an article of a server and writes it in the log. The
// error may be ErrNotFound.
func (s *Store) RemoveArticle(server, name, by string) error {
	n := 0
	err := s.place.Update(func(root Branch) error {
		b := part(root, server, bucketArticles)
		if b == nil || b.Get([]byte(name)) == nil {
			return ErrNotFound
		}
		if err := b.Delete([]byte(name)); err != nil {
			return err
		}
		n = 0
		n = count(b)
		return errors.Join(deleted(root), s.log(root, server, Entry{By: by, Action: Removed, Article: name}))
	})
	if err != nil {
		return fmt.Errorf("remove article %q of server %s: %w", name, server, err)
	}
	s.count(server, n)
	return nil
}

func (s *Store) count(server string, n int) {
	s.mu.Lock()
	s.added[server] = n
	s.mu.Unlock()
	s.touch()
}

// Record writes an entry in a server's log.
func (s *Store) Record(server string, e Entry) error {
	if err := s.place.Update(func(root Branch) error { return s.log(root, server, e) }); err != nil {
		return fmt.Errorf("write the log of server %s: %w", server, err)
	}
	s.touch()
	return nil
}

// log writes an entry within a transaction.
func (s *Store) log(root Branch, server string, e Entry) error {
	b, err := makePart(root, server, bucketLog)
	if err != nil {
		return err
	}
	if e.At.IsZero() {
		e.At = s.clock()
	}
	return appended(b, e, MaxEntries)
}

// Log are the last n entries of a server's log, the newest first.
func (s *Store) Log(server string, n int) ([]Entry, error) {
	var out []Entry
	err := s.place.View(func(root Branch) error {
		b := part(root, server, bucketLog)
		if b == nil {
			return nil
		}
		for _, raw := range b.Backward() {
			if len(out) == n {
				break
			}
			var e Entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the log of server %s: %w", server, err)
	}
	return out, nil
}
