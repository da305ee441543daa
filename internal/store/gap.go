package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"verbatim/internal/lang"
)

// Gap is a question that the articles could not answer. It doesn't say who
// asked.
type Gap struct {
	Question string    `json:"question"` // as it was first asked
	Count    int       `json:"count"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

// missed is a gap that isn't written yet.
type missed struct {
	server, key string
	Gap
}

const (
	// maxMissed bounds what waits to be written: five seconds of a thousand
	// questions a second, all different and none answered.
	maxMissed = 5000
	// maxGap is the length of a question that is kept, in bytes.
	maxGap = 300
)

// Missed notes that a server's articles could not answer a question, unless
// the server wants none kept. It is written within flushTime, by
// Gaps and by Close; a kill may lose what was noted since.
func (s *Store) Missed(server, question string) {
	question = strings.Join(strings.Fields(question), " ")
	if server == "" || question == "" {
		return
	}
	for len(question) > maxGap {
		cut := question[:maxGap]
		for !utf8.ValidString(cut) {
			cut = cut[:len(cut)-1]
		}
		question = cut
	}
	key := likeness(question)
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings[server].NoGaps {
		return
	}
	id := server + "\x00" + key
	if m := s.missed[id]; m != nil {
		m.Count++
		m.Last = now
		return
	}
	if len(s.missed) < maxMissed {
		s.missed[id] = &missed{server, key, Gap{Question: question, Count: 1, First: now, Last: now}}
	}
}

// likeness is the same for questions that differ in their small words, the
// forms of their words, order and punctuation only. The first word stays, for
// who and when are different questions.
func likeness(question string) string {
	tokens := lang.For("en").Tokens(question)
	if len(tokens) == 0 {
		return question
	}
	var stems []string
	for _, t := range tokens {
		if !t.Stop {
			stems = append(stems, t.Stem)
		}
	}
	if len(stems) == 0 {
		for _, t := range tokens {
			stems = append(stems, t.Norm)
		}
	}
	slices.Sort(stems)
	return tokens[0].Norm + " " + strings.Join(slices.Compact(stems), " ")
}

// flush writes the gaps that are in memory. What can't be written waits on.
func (s *Store) flush() error {
	s.gaps.Lock()
	defer s.gaps.Unlock()
	s.mu.Lock()
	waiting := s.missed
	s.missed = map[string]*missed{}
	s.mu.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	err := s.place.Update(func(root Branch) error {
		settings := decided(root)
		for _, m := range waiting {
			set, err := settings(m.server)
			if err != nil {
				return err
			}
			if set.NoGaps { // since it was noted
				continue
			}
			b, err := makePart(root, m.server, bucketGaps)
			if err != nil {
				return err
			}
			gap := m.Gap
			if raw := b.Get([]byte(m.key)); raw != nil {
				var old Gap
				if err := json.Unmarshal(raw, &old); err != nil {
					return err
				}
				gap.Question, gap.First, gap.Count = old.Question, old.First, old.Count+gap.Count
			}
			if err := put(b, []byte(m.key), gap); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, m := range waiting {
		if later := s.missed[id]; later != nil {
			later.Count += m.Count
			later.First = m.First
		} else if len(s.missed) < maxMissed {
			s.missed[id] = m
		}
	}
	return fmt.Errorf("write %d unanswered questions: %w", len(waiting), err)
}

// Gaps are a server's unanswered questions, the most asked first.
func (s *Store) Gaps(server string) ([]Gap, error) {
	if err := s.flush(); err != nil {
		return nil, err
	}
	oldest := s.clock().AddDate(0, 0, -s.Retention(server))
	var out []Gap
	err := s.place.View(func(root Branch) error {
		return each(part(root, server, bucketGaps), func(_ []byte, g Gap) error {
			if !g.Last.Before(oldest) {
				out = append(out, g)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the unanswered questions of server %s: %w", server, err)
	}
	slices.SortFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), cmp.Compare(a.Question, b.Question))
	})
	return out, nil
}

// ForgetGaps deletes all unanswered questions of a server.
func (s *Store) ForgetGaps(server string) error {
	s.gaps.Lock()
	defer s.gaps.Unlock()
	s.mu.Lock()
	maps.DeleteFunc(s.missed, func(_ string, m *missed) bool { return m.server == server })
	s.mu.Unlock()
	err := s.place.Update(func(root Branch) error {
		if part(root, server, bucketGaps) == nil {
			return nil
		}
		return errors.Join(deleted(root), root.Branch(bucketServers).Branch(server).Cut(bucketGaps))
	})
	if err != nil {
		return fmt.Errorf("forget the unanswered questions of server %s: %w", server, err)
	}
	s.touch()
	return nil
}

// Prune deletes what has been kept for as long as it may be, unanswered
// questions and opinions, from the backup too.
func (s *Store) Prune() error {
	now := s.clock()
	gone := 0
	err := s.place.Update(func(root Branch) error {
		gone = 0
		days := s.retentions(root)
		for id, server := range root.Branch(bucketServers).Branches() {
			b := server.Branch(bucketGaps)
			if b == nil {
				continue
			}
			d, err := days(id)
			if err != nil {
				return err
			}
			n, err := pruneGaps(b, now.AddDate(0, 0, -d))
			if gone += n; err != nil {
				return err
			}
		}
		n, err := pruneOpinions(root.Branch(bucketOpinions), now, days)
		if gone += n; err != nil || gone == 0 {
			return err
		}
		return deleted(root)
	})
	if err != nil {
		return fmt.Errorf("forget what is old: %w", err)
	}
	if gone > 0 {
		s.touch()
	}
	return nil
}

// pruneGaps deletes those last asked before oldest, and the oldest of too many,
// and counts them.
func pruneGaps(b Branch, oldest time.Time) (n int, err error) {
	type kept struct {
		key  []byte
		last time.Time
	}
	var all []kept
	if err := each(b, func(k []byte, g Gap) error {
		all = append(all, kept{slices.Clone(k), g.Last})
		return nil
	}); err != nil {
		return 0, err
	}
	slices.SortFunc(all, func(a, b kept) int { return b.last.Compare(a.last) })
	for i, g := range all {
		if i >= maxGaps || g.last.Before(oldest) {
			if err := b.Delete(g.key); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
