package store

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Golden is a question with the answer that it should go on having.
type Golden struct {
	ID       string    `json:"-"` // unique in its server
	Question string    `json:"question"`
	Asked    string    `json:"asked,omitempty"`    // as members know it, where that is another text: of a question that followed one
	Articles []string  `json:"articles,omitempty"` // IDs of those that it was asked of; none means all
	Article  string    `json:"article"`            // ID of the one that was quoted
	Quote    string    `json:"quote"`              // the first passage
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Shown is the question as members know it.
func (g Golden) Shown() string { return cmp.Or(g.Asked, g.Question) }

// KeepGolden keeps a golden question of a server, in place of one that asks
// the same of the same articles, and writes it in the log. The error may be
// ErrFull.
func (s *Store) KeepGolden(server string, g Golden) error {
	if g.At.IsZero() {
		g.At = s.clock()
	}
	err := s.place.Update(func(root Branch) error {
		b, err := makePart(root, server, bucketGoldens)
		if err != nil {
			return err
		}
		var same []byte
		n := 0
		err = each(b, func(k []byte, old Golden) error {
			n++
			if old.Question == g.Question && fmt.Sprint(old.Articles) == fmt.Sprint(g.Articles) {
				same = append([]byte(nil), k...)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if same == nil {
			if n >= MaxGoldens {
				return ErrFull
			}
			next, err := b.Next()
			if err != nil {
				return err
			}
			same = sequenceKey(next)
		}
		if err := put(b, same, g); err != nil {
			return err
		}
		return s.log(root, server, Entry{By: g.By, Action: KeptGolden, Article: g.Article, Detail: g.Shown()})
	})
	if err != nil {
		return fmt.Errorf("keep a golden question of server %s: %w", server, err)
	}
	s.touch()
	return nil
}

// Goldens are a server's golden questions, in the order in which they were
// kept.
func (s *Store) Goldens(server string) ([]Golden, error) {
	var out []Golden
	err := s.place.View(func(root Branch) error {
		return each(part(root, server, bucketGoldens), func(k []byte, g Golden) error {
			g.ID = hex.EncodeToString(k)
			out = append(out, g)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the golden questions of server %s: %w", server, err)
	}
	return out, nil
}

// GoldenServers are the servers that have golden questions, in order.
func (s *Store) GoldenServers() ([]string, error) {
	var out []string
	err := s.place.View(func(root Branch) error {
		for id, server := range root.Branch(bucketServers).Branches() {
			if b := server.Branch(bucketGoldens); b != nil && !empty(b) {
				out = append(out, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the servers with golden questions: %w", err)
	}
	return out, nil
}

// RemoveGolden forgets a golden question. The error may be ErrNotFound.
func (s *Store) RemoveGolden(server, id, by string) error {
	key, err := hex.DecodeString(id)
	if err != nil {
		return fmt.Errorf("remove golden question %q: %w", id, ErrNotFound)
	}
	err = s.place.Update(func(root Branch) error {
		b := part(root, server, bucketGoldens)
		if b == nil || b.Get(key) == nil {
			return ErrNotFound
		}
		if err := b.Delete(key); err != nil {
			return err
		}
		return errors.Join(deleted(root), s.log(root, server, Entry{By: by, Action: ForgotGolden}))
	})
	if err != nil {
		return fmt.Errorf("remove golden question %q of server %s: %w", id, server, err)
	}
	s.touch()
	return nil
}
