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
	Question    string // as it was last asked
	Count       int    // in the days that are kept, as are First and Last
	First, Last time.Time
}

// keptGap is a gap as it is stored, with the times at which it was asked, the
// oldest first, so that each of them is kept no longer than the server wants.
type keptGap struct {
	Question string    `json:"question"`
	Last     time.Time `json:"last"`
	Asked    []asking  `json:"asked"`

	// In place of Asked in stores of before: how often since when.
	Count int        `json:"count,omitempty"`
	First *time.Time `json:"first,omitempty"`
}

// asking is how often something was asked from a moment, in seconds of Unix, until
// the next.
type asking struct {
	At    int64 `json:"at"`
	Count int   `json:"n"`
}

const (
	// askingTime is how many seconds one asking is long: what is in it is forgotten
	// together, up to so much early.
	askingTime = 3600
	// maxAskings bounds those of a gap. Of one that is asked every hour for a year
	// they are some two days long.
	maxAskings = 400
)

// add adds an asking.
func (g *keptGap) add(a asking) {
	i := len(g.Asked)
	for i > 0 && g.Asked[i-1].At > a.At {
		i--
	}
	if i > 0 && a.At-g.Asked[i-1].At < askingTime {
		g.Asked[i-1].Count += a.Count
		return
	}
	if g.Asked = slices.Insert(g.Asked, i, a); len(g.Asked) <= maxAskings {
		return
	}
	closest := 1
	for i := 1; i < len(g.Asked); i++ {
		if g.Asked[i].At-g.Asked[i-1].At < g.Asked[closest].At-g.Asked[closest-1].At {
			closest = i
		}
	}
	g.Asked[closest-1].Count += g.Asked[closest].Count
	g.Asked = slices.Delete(g.Asked, closest, closest+1)
}

// renew brings a gap of a store of before into today's form: once at its last
// time, and all other times, of which nothing is known, at the first.
func (g *keptGap) renew() {
	if g.First != nil {
		g.add(asking{g.Last.Unix(), 1})
		if g.Count > 1 {
			g.add(asking{g.First.Unix(), g.Count - 1})
		}
	}
	g.Count, g.First = 0, nil
}

// forget drops what was asked before oldest, and reports whether anything was.
func (g *keptGap) forget(oldest time.Time) bool {
	n := len(g.Asked)
	g.Asked = slices.DeleteFunc(g.Asked, func(a asking) bool { return a.At < oldest.Unix() })
	return len(g.Asked) < n
}

// gap is what is told of it. It has been asked at least once.
func (g *keptGap) gap() Gap {
	out := Gap{Question: g.Question, First: time.Unix(g.Asked[0].At, 0).UTC(), Last: g.Last}
	for _, a := range g.Asked {
		out.Count += a.Count
	}
	return out
}

// missed is a gap that isn't written yet.
type missed struct {
	server, key string
	keptGap
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
	m := s.missed[id]
	if m == nil {
		if len(s.missed) == maxMissed {
			return
		}
		m = &missed{server: server, key: key}
		s.missed[id] = m
	}
	m.Question, m.Last = question, now
	m.add(asking{now.Unix(), 1})
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
			var gap keptGap
			if raw := b.Get([]byte(m.key)); raw != nil {
				if err := json.Unmarshal(raw, &gap); err != nil {
					return err
				}
				gap.renew()
			}
			gap.Question, gap.Last = m.Question, m.Last
			for _, a := range m.Asked {
				gap.add(a)
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
			for _, a := range m.Asked {
				later.add(a)
			}
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
		return each(part(root, server, bucketGaps), func(_ []byte, g keptGap) error {
			g.renew()
			g.forget(oldest)
			if len(g.Asked) > 0 {
				out = append(out, g.gap())
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
		n, err := pruneOpinions(root, now, days)
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

// pruneGaps deletes what was asked before oldest, and the oldest of too many
// gaps, and counts those that it changed.
func pruneGaps(b Branch, oldest time.Time) (n int, err error) {
	type kept struct {
		key []byte
		keptGap
		changed bool
	}
	var all []kept
	if err := each(b, func(k []byte, g keptGap) error {
		g.renew()
		changed := g.forget(oldest)
		all = append(all, kept{slices.Clone(k), g, changed})
		return nil
	}); err != nil {
		return 0, err
	}
	slices.SortFunc(all, func(a, b kept) int { return b.Last.Compare(a.Last) })
	for i, g := range all {
		switch {
		case i >= maxGaps || len(g.Asked) == 0:
			err = b.Delete(g.key)
		case g.changed:
			err = put(b, g.key, g.keptGap)
		default:
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
