package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// keyReload stands in the meta bucket for the last reload that was announced.
const keyReload = "reload"

// announcement is a reload of the operator's articles, which all processes are
// to do. They are numbered from 1.
type announcement struct {
	Number int    `json:"number"`
	By     string `json:"by"`
}

func announced(root Branch) (a announcement, err error) {
	if raw := root.Branch(bucketMeta).Get([]byte(keyReload)); raw != nil {
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
	err := s.place.Update(func(root Branch) (err error) {
		if before, err = announced(root); err != nil {
			return err
		}
		return put(root.Branch(bucketMeta), []byte(keyReload), announcement{before.Number + 1, by})
	})
	if err != nil {
		return fmt.Errorf("announce a reload: %w", err)
	}
	if s.heard == before.Number { // else another's is still to be told of
		s.heard++
	}
	return nil
}

// lookTime is how often a process looks whether another has announced a reload.
const lookTime = time.Second

// Announced calls f after another process has announced a reload, once for
// several, until ctx ends. f runs in Announced's own goroutine.
func (s *Store) Announced(ctx context.Context, f func(ctx context.Context, by string)) {
	if !s.shares {
		return
	}
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.look(ctx, f)
		}
	}
}

// look calls f if another process has announced a reload since the last look.
func (s *Store) look(ctx context.Context, f func(ctx context.Context, by string)) {
	var by string
	var news bool
	changed, err := s.place.Changed()
	if err == nil && changed {
		by, news, err = s.hear()
	}
	if err != nil {
		s.logger.Warn("whether another process reads the articles again is not known", "error", err)
	}
	if news {
		f(ctx, by)
	}
}

// hear tells whether a reload was announced that this process hasn't heard of.
func (s *Store) hear() (by string, news bool, err error) {
	s.news.Lock()
	defer s.news.Unlock()
	var a announcement
	err = s.place.View(func(root Branch) (err error) {
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
