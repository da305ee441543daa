package store

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
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

// tally counts what members of a server thought of one passage. It stands with
// the server, for what one thinks stands with the member, and there are many.
type tally struct {
	Revision  string `json:"revision"`
	Article   string `json:"article"`
	Paragraph int    `json:"paragraph"`
	Sentence  int    `json:"sentence"`
	Helpful   int    `json:"helpful,omitempty"`
	Not       int    `json:"not,omitempty"`
}

// count adds an opinion to its server's tallies, or, with -1, takes it away. What
// is said in direct messages is nobody's to read.
func (o Opinion) count(root Branch, by int) error {
	if o.Server == "" {
		return nil
	}
	b, err := makePart(root, o.Server, bucketTallies)
	if err != nil {
		return err
	}
	key := fmt.Appendf(nil, "%s %s %d.%d", o.Revision, o.Article, o.Paragraph, o.Sentence)
	t := tally{Revision: o.Revision, Article: o.Article, Paragraph: o.Paragraph, Sentence: o.Sentence}
	if raw := b.Get(key); raw != nil {
		if err := json.Unmarshal(raw, &t); err != nil {
			return fmt.Errorf("tally of %q: %w", key, err)
		}
	}
	n := &t.Not
	if o.Helpful {
		n = &t.Helpful
	}
	*n = max(*n+by, 0)
	if t.Helpful+t.Not == 0 {
		return b.Delete(key)
	}
	return put(b, key, t)
}

// countAll makes the tallies where opinions were kept before there were any.
func countAll(root Branch) error {
	meta := root.Branch(bucketMeta)
	if meta.Get([]byte(keyTallied)) != nil {
		return nil
	}
	for _, b := range root.Branch(bucketOpinions).Branches() {
		if err := each(b, func(_ []byte, o Opinion) error { return o.count(root, 1) }); err != nil {
			return err
		}
	}
	return meta.Put([]byte(keyTallied), []byte("true"))
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
		key := fmt.Appendf(nil, "%s %s %s %d.%d", o.Server, o.Revision, o.Article, o.Paragraph, o.Sentence)
		if raw := b.Get(key); raw != nil {
			var old Opinion
			if err := json.Unmarshal(raw, &old); err != nil {
				return err
			}
			if err := old.count(root, -1); err != nil {
				return err
			}
		}
		return errors.Join(o.count(root, 1), put(b, key, o))
	})
	if err != nil {
		return fmt.Errorf("keep an opinion: %w", err)
	}
	return nil
}

// Opinions are what members of a server thought of answers, counted.
type Opinions struct {
	Helpful, Not int
	Unhelpful    []Unhelpful // those that most found so first
}

// Unhelpful is a passage that members found not helpful as an answer.
type Unhelpful struct {
	Revision, Article   string
	Paragraph, Sentence int
	Count               int
}

// Opinions counts what members of a server thought of answers, and lists at most
// n of the passages that they found not helpful. Nothing tells who did, or what
// they had asked: that isn't kept.
func (s *Store) Opinions(server string, n int) (Opinions, error) {
	var found Opinions
	err := s.place.View(func(root Branch) error {
		found = Opinions{}
		return each(part(root, server, bucketTallies), func(_ []byte, t tally) error {
			found.Helpful += t.Helpful
			found.Not += t.Not
			if t.Not > 0 {
				found.Unhelpful = append(found.Unhelpful, Unhelpful{t.Revision, t.Article, t.Paragraph, t.Sentence, t.Not})
			}
			return nil
		})
	})
	if err != nil {
		return Opinions{}, fmt.Errorf("count opinions of server %s: %w", server, err)
	}
	slices.SortFunc(found.Unhelpful, func(a, b Unhelpful) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Paragraph, b.Paragraph), cmp.Compare(a.Sentence, b.Sentence), cmp.Compare(a.Revision, b.Revision))
	})
	found.Unhelpful = found.Unhelpful[:min(len(found.Unhelpful), n)]
	return found, nil
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
		n = 0
		err := each(all.Branch(key), func(_ []byte, o Opinion) error { n++; return o.count(root, -1) })
		return errors.Join(err, deleted(root), all.Cut(key))
	})
	if err != nil {
		return 0, fmt.Errorf("forget a member: %w", err)
	}
	s.touch()
	return n, nil
}

// pruneOpinions deletes those that are as old as their server keeps anything,
// and counts them.
func pruneOpinions(root Branch, now time.Time, days func(server string) (int, error)) (n int, err error) {
	type old struct {
		member string
		key    []byte
		Opinion
	}
	var gone []old
	all := root.Branch(bucketOpinions)
	for id, b := range all.Branches() {
		err := each(b, func(k []byte, o Opinion) error {
			d, err := days(o.Server)
			if err != nil {
				return err
			}
			if o.At.Before(now.AddDate(0, 0, -d)) {
				gone = append(gone, old{id, slices.Clone(k), o})
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	for _, g := range gone {
		b := all.Branch(g.member)
		if err := errors.Join(g.count(root, -1), b.Delete(g.key)); err != nil {
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
