package discordtest

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// File is a file that a member or the bot uploads.
type File struct {
	Name        string
	ContentType string
	Data        []byte
}

// filePattern is the route of the content network, for Fail as for any other.
const filePattern = "GET /cdn/attachments/{id}/{name}"

type storedFile struct {
	contentType string
	data        []byte
}

// attach stores files and gives the attachments that stand for them. The
// caller holds the lock.
func (s *Server) attach(files []File) []Attachment {
	out := []Attachment{}
	for _, f := range files {
		id := s.newID()
		s.files[id] = storedFile{f.ContentType, f.Data}
		address := s.http.URL + "/cdn/attachments/" + id + "/" + addressed(f.Name)
		out = append(out, Attachment{ID: id, Filename: f.Name, ContentType: f.ContentType,
			Size: len(f.Data), URL: address, ProxyURL: address})
	}
	return out
}

// addressed is a file's name within its address.
func addressed(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, name)
	return "_" + strings.Trim(name, ".")
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	if f := s.nextFault(r.Method, r.URL.Path); f != nil {
		s.pause(r, f.Delay)
		if !f.onlyDelays() {
			s.inject(w, r, route{pattern: filePattern}, f)
			return
		}
	}
	s.mu.Lock()
	f, ok := s.files[r.PathValue("id")]
	s.stats.Downloads++
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if f.contentType != "" {
		w.Header().Set("Content-Type", f.contentType)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(f.data)))
	w.Write(f.data)
}

// FileData is what an attachment holds; nil when the server has no such file.
func (s *Server) FileData(a Attachment) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[a.ID].data
}

// post adds a message to its channel and tells the bot. The caller holds the
// lock; msg must not change afterwards.
func (s *Server) post(c *Channel, msg *Message) {
	if c.guild != nil && !msg.Ephemeral() {
		msg.GuildID = c.guild.ID
	}
	s.messages[msg.ID] = msg
	c.messages = append(c.messages, msg)
	if n := s.opts.Retain; n > 0 && len(c.messages) > n {
		for _, old := range c.messages[:len(c.messages)-n] {
			delete(s.messages, old.ID)
			delete(s.replies, old.ID)
			for _, a := range old.Attachments {
				delete(s.files, a.ID)
			}
		}
		clear(c.messages[:len(c.messages)-n])
		c.messages = c.messages[len(c.messages)-n:]
	}
	if r := msg.MessageReference; r != nil && msg.Author.ID == s.bot.ID && !msg.Ephemeral() {
		s.replyTo(r.MessageID).came(msg.ID)
	}
	s.emitMessage("MESSAGE_CREATE", c, msg)
	s.touch()
}

// replace puts a new version of a message in the place of the old one and
// tells the bot.
func (s *Server) replace(msg *Message) {
	s.swap(msg)
	s.emitMessage("MESSAGE_UPDATE", s.channels[msg.ChannelID], msg)
}

func (s *Server) swap(msg *Message) {
	c := s.channels[msg.ChannelID]
	s.messages[msg.ID] = msg
	for i, m := range slices.Backward(c.messages) {
		if m.ID == msg.ID {
			c.messages[i] = msg
			break
		}
	}
	s.wakeInteraction(msg)
	s.touch()
}

// wakeInteraction tells those who wait for the response that the message is.
func (s *Server) wakeInteraction(msg *Message) {
	if msg.InteractionMetadata != nil {
		if i := s.interactions.byID[msg.InteractionMetadata.ID]; i != nil {
			i.wake()
		}
	}
}

func (s *Server) remove(msg *Message) {
	c := s.channels[msg.ChannelID]
	delete(s.messages, msg.ID)
	c.messages = slices.DeleteFunc(c.messages, func(m *Message) bool { return m.ID == msg.ID })
	if !msg.Ephemeral() && c.withBot() {
		o := object{"id": msg.ID, "channel_id": c.ID}
		if c.guild != nil {
			o["guild_id"] = c.guild.ID
		}
		s.emit(event{kind: "MESSAGE_DELETE", intent: c.messageIntent(), guild: c.guild, channel: c, data: o})
	}
	s.wakeInteraction(msg)
	s.touch()
}

func withoutReference(m *Message) *Message {
	out := *m
	out.ReferencedMessage, out.Member = nil, nil
	return &out
}

// Message is the message as it is now; nil when it is gone.
func (s *Server) Message(id string) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages[id]
}

// WaitMessage waits for a message of the bot's in the channel, private
// replies left out, that the filter accepts, and gives the first. Without
// filter every message does.
func (s *Server) WaitMessage(ctx context.Context, c *Channel, filter func(*Message) bool) (*Message, error) {
	var found *Message
	err := s.waitFor(ctx, "a message in #"+c.Name, func() bool {
		for _, m := range c.messages {
			if m.Author.ID == s.bot.ID && !m.Ephemeral() && (filter == nil || filter(m)) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}

// WaitGone waits until the message is deleted; it fails the test when it
// stays.
func (s *Server) WaitGone(m *Message) {
	s.t.Helper()
	s.await("message "+m.ID+" to go", func() bool { return s.messages[m.ID] == nil })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.transcript != nil {
		s.transcript.look(m.ID, m.Author.Username+" takes its message back.", "")
	}
}

// WaitEdit waits until the message differs from this version of it, and gives
// the new one; it fails the test when it stays.
func (s *Server) WaitEdit(m *Message) *Message {
	s.t.Helper()
	var now *Message
	s.await("an edit of message "+m.ID, func() bool {
		now = s.messages[m.ID]
		return now != nil && now != m
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saw(now, " changes the message")
	return now
}

// Unfurl adds the embeds that Discord makes of a message's links: the bot is
// told of a change though nobody edited the message.
func (s *Server) Unfurl(m *Message, embeds ...Embed) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.messages[m.ID]
	if old == nil {
		return nil
	}
	next := *old
	next.Embeds = append(slices.Clone(old.Embeds), embeds...)
	s.replace(&next)
	return &next
}
