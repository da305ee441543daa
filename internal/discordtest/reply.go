package discordtest

import (
	"context"
	"fmt"
	"slices"
)

// reply is the bot's first reply to a message, or the wait for it. It saves
// those who wait from looking through the channel at every change.
type reply struct {
	id   string        // of the reply; empty while there is none
	done chan struct{} // closed when there is one
}

// replyTo finds the place of the reply to a message. The caller holds the
// lock.
func (s *Server) replyTo(id string) *reply {
	r := s.replies[id]
	if r == nil {
		r = &reply{done: make(chan struct{})}
		s.replies[id] = r
	}
	return r
}

func (r *reply) came(id string) {
	if r.id == "" {
		r.id = id
		close(r.done)
	}
}

// WaitReply waits for the bot's first reply to a member's message, and gives
// it as it is now. It may be called from any goroutine.
func (s *Server) WaitReply(ctx context.Context, to *Message) (*Message, error) {
	s.mu.Lock()
	r := s.replyTo(to.ID)
	s.mu.Unlock()
	select {
	case <-r.done:
	case <-s.done:
		return nil, fmt.Errorf("waiting for a reply to %q: the server has stopped", to.Content)
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a reply to %q: %w", to.Content, context.Cause(ctx))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.messages[r.id]; m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("the reply to %q is gone", to.Content)
}

// Replies are all of the bot's replies to a message that stand now, oldest
// first.
func (s *Server) Replies(to *Message) []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Message
	for _, m := range s.channels[to.ChannelID].messages {
		if r := m.MessageReference; r != nil && r.MessageID == to.ID && m.Author.ID == s.bot.ID {
			out = append(out, m)
		}
	}
	return out
}

// Reply waits for the bot's first reply to a member's message; it fails the
// test when none comes.
func (s *Server) Reply(to *Message) *Message {
	s.t.Helper()
	ctx, cancel := s.patience()
	defer cancel()
	m, err := s.WaitReply(ctx, to)
	if err != nil {
		s.t.Fatalf("discordtest: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saw(m, "")
	return m
}

// ExpectSilence makes it a failure of the test if, by the time the server
// closes, the bot has replied to the message. Stop the bot before that, so
// that nothing is still to come.
func (s *Server) ExpectSilence(m *Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hushed[m.ID] = true
}

// spoken says where the bot replied though it was to be silent.
func (s *Server) spoken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, m := range s.messages {
		if r := m.MessageReference; r != nil && m.Author.ID == s.bot.ID && s.hushed[r.MessageID] {
			out = append(out, fmt.Sprintf("the bot was to be silent, but said %q", m.Text()))
		}
	}
	slices.Sort(out)
	return out
}
