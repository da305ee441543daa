package store

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Opinion is what a member thinks of an answer. Who that is can't be read from
// the store: the key under which it stands is made of their ID and a secret.
type Opinion struct {
	Server    string    `json:"server"` // "" in direct messages
	Helpful   bool      `json:"helpful"`
	Revision  string    `json:"revision"`
	Article   string    `json:"article"`
	Paragraph int       `json:"paragraph"`
	Sentence  int       `json:"sentence"`
	At        time.Time `json:"at"`
}

// member is the key of a member.
func (s *Store) member(id string) string {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(id))
	return string(h.Sum(nil))
}

// KeepOpinion keeps what a member thinks of an answer, in place of what they
// thought of it before.
func (s *Store) KeepOpinion(member string, o Opinion) error {
	if o.At.IsZero() {
		o.At = s.clock()
	}
	err := s.place.Update(func(root Branch) error {
		b, err := root.Branch(bucketOpinions).Make(s.member(member))
		if err != nil {
			return err
		}
		return put(b, fmt.Appendf(nil, "%s %s %s %d.%d", o.Server, o.Revision, o.Article, o.Paragraph, o.Sentence), o)
	})
	if err != nil {
		return fmt.Errorf("keep an opinion: %w", err)
	}
	return nil
}

// Opinions counts what members of a server thought of answers.
func (s *Store) Opinions(server string) (helpful, not int, err error) {
	err = s.place.View(func(root Branch) error {
		helpful, not = 0, 0
		for _, b := range root.Branch(bucketOpinions).Branches() {
			err := each(b, func(_ []byte, o Opinion) error {
				switch {
				case o.Server != server:
				case o.Helpful:
					helpful++
				default:
					not++
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count opinions of server %s: %w", server, err)
	}
	return helpful, not, nil
}

// Unhelpful is a passage that members found not helpful as an answer.
type Unhelpful struct {
	Revision, Article   string
	Paragraph, Sentence int
	Count               int
}

// Unhelpful are the passages that members of a server found not helpful, those
// that most did first, at most n. Nothing tells who did, or what they had asked:
// that isn't kept.
func (s *Store) Unhelpful(server string, n int) ([]Unhelpful, error) {
	var counts map[Unhelpful]int
	err := s.place.View(func(root Branch) error {
		counts = map[Unhelpful]int{}
		for _, b := range root.Branch(bucketOpinions).Branches() {
			err := each(b, func(_ []byte, o Opinion) error {
				if o.Server == server && !o.Helpful {
					counts[Unhelpful{Revision: o.Revision, Article: o.Article, Paragraph: o.Paragraph, Sentence: o.Sentence}]++
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list what members of server %s found not helpful: %w", server, err)
	}
	var out []Unhelpful
	for u, count := range counts {
		u.Count = count
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b Unhelpful) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Paragraph, b.Paragraph), cmp.Compare(a.Sentence, b.Sentence), cmp.Compare(a.Revision, b.Revision))
	})
	return out[:min(len(out), n)], nil
}

// Kept counts the opinions that are kept of a member.
func (s *Store) Kept(member string) (int, error) {
	n := 0
	err := s.place.View(func(root Branch) error {
		return each(root.Branch(bucketOpinions).Branch(s.member(member)), func([]byte, Opinion) error { n++; return nil })
	})
	if err != nil {
		return 0, fmt.Errorf("count the opinions of a member: %w", err)
	}
	return n, nil
}

// Forget deletes all that is tied to a member, from the backup too, and counts
// it.
func (s *Store) Forget(member string) (int, error) {
	n := 0
	err := s.place.Update(func(root Branch) error {
		all := root.Branch(bucketOpinions)
		key := s.member(member)
		if all.Branch(key) == nil {
			return nil
		}
		n = count(all.Branch(key))
		return errors.Join(deleted(root), all.Cut(key))
	})
	if err != nil {
		return 0, fmt.Errorf("forget a member: %w", err)
	}
	s.touch()
	return n, nil
}

// pruneOpinions deletes those that are as old as their server keeps anything,
// and counts them.
func pruneOpinions(all Branch, now time.Time, days func(server string) (int, error)) (n int, err error) {
	type old struct {
		member string
		key    []byte
	}
	var gone []old
	for id, b := range all.Branches() {
		err := each(b, func(k []byte, o Opinion) error {
			d, err := days(o.Server)
			if err != nil {
				return err
			}
			if o.At.Before(now.AddDate(0, 0, -d)) {
				gone = append(gone, old{id, append([]byte(nil), k...)})
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	for _, g := range gone {
		b := all.Branch(g.member)
		if err := b.Delete(g.key); err != nil {
			return 0, err
		}
		if !empty(b) {
			continue
		}
		if err := all.Cut(g.member); err != nil { // that there was someone is forgotten too
			return 0, err
		}
	}
	return len(gone), nil
}
