package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Settings are what a server has decided. The zero value is that of one that
// has decided nothing.
type Settings struct {
	Moderators []string            `json:"moderators,omitempty"` // IDs of roles
	Listen     map[string]int      `json:"listen,omitempty"`     // channels where every question is answered, with the silence after each answer, in seconds
	Use        map[string][]string `json:"use,omitempty"`        // IDs of the articles that a channel asks about
	Language   string              `json:"language,omitempty"`   // of the bot's own words; "" is English
	Private    bool                `json:"private,omitempty"`    // answers are for their asker alone unless asked for otherwise
	Retention  int                 `json:"retention,omitempty"`  // days; 0 is the operator's
	NoGaps     bool                `json:"no_gaps,omitempty"`    // unanswered questions are not kept
	LogChannel string              `json:"log_channel,omitempty"`
}

// clone is a copy that shares nothing.
func (s Settings) clone() Settings {
	s.Moderators = slices.Clone(s.Moderators)
	s.Listen = maps.Clone(s.Listen)
	s.Use = maps.Clone(s.Use)
	for c, ids := range s.Use {
		s.Use[c] = slices.Clone(ids)
	}
	return s
}

// Settings are those of a server.
func (s *Store) Settings(server string) Settings {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings[server].clone()
}

// Change changes the settings of a server, and its log with them. change is
// given the settings as they are.
func (s *Store) Change(server string, e Entry, change func(*Settings)) error {
	// One at a time, so that two changes at once are both kept; those who only
	// read don't wait for the disk.
	s.changes.Lock()
	defer s.changes.Unlock()
	set := s.Settings(server)
	change(&set)
	err := s.place.Update(func(root Branch) error {
		if err := s.log(root, server, e); err != nil {
			return err
		}
		return put(root.Branch(bucketServers).Branch(server), []byte(keySettings), set)
	})
	if err != nil {
		return fmt.Errorf("change the settings of server %s: %w", server, err)
	}
	s.mu.Lock()
	s.settings[server] = set
	s.mu.Unlock()
	s.touch()
	return nil
}

// Listens reports whether every question in a channel is to be answered, and
// how long to be silent after each answer.
func (s *Store) Listens(server, channel string) (time.Duration, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seconds, ok := s.settings[server].Listen[channel]
	return time.Duration(seconds) * time.Second, ok
}

// Moderator reports whether a member with these roles is a moderator by the
// server's own settings.
func (s *Store) Moderator(server string, roles []string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.ContainsFunc(s.settings[server].Moderators, func(r string) bool { return slices.Contains(roles, r) })
}

// Language is that of the bot's own words in a server; "" for English.
func (s *Store) Language(server string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings[server].Language
}

// Private reports whether answers are for their asker alone unless asked for
// otherwise.
func (s *Store) Private(server string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings[server].Private
}

// Use are the IDs of the articles that a channel asks about, nil for all.
func (s *Store) Use(server, channel string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.settings[server].Use[channel])
}

// Retention is how many days a server's unanswered questions are kept.
func (s *Store) Retention(server string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if d := s.settings[server].Retention; d > 0 {
		return d
	}
	return s.days
}

// decided are the settings of all servers, also of those whose settings another
// process changes, for the length of a transaction.
func decided(root Branch) func(server string) (Settings, error) {
	known := map[string]Settings{}
	return func(server string) (Settings, error) {
		if set, ok := known[server]; ok {
			return set, nil
		}
		var set Settings
		if b := root.Branch(bucketServers).Branch(server); b != nil {
			if raw := b.Get([]byte(keySettings)); raw != nil {
				if err := json.Unmarshal(raw, &set); err != nil {
					return Settings{}, fmt.Errorf("settings of server %s: %w", server, err)
				}
			}
		}
		known[server] = set
		return set, nil
	}
}

// retentions are those of all servers, for the length of a transaction.
func (s *Store) retentions(root Branch) func(server string) (int, error) {
	of := decided(root)
	return func(server string) (int, error) {
		set, err := of(server)
		return cmp.Or(set.Retention, s.days), err
	}
}
