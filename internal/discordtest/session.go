package discordtest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Intent is a set of the gateway's intents.
type Intent uint64

// The intents that the server knows.
const (
	intentGuilds         Intent = 1 << 0
	IntentMembers        Intent = 1 << 1
	IntentPresences      Intent = 1 << 8
	intentMessages       Intent = 1 << 9
	intentReactions      Intent = 1 << 10
	intentDMs            Intent = 1 << 12
	intentDMReactions    Intent = 1 << 13
	IntentMessageContent Intent = 1 << 15

	privilegedIntents = IntentMembers | IntentPresences | IntentMessageContent
	knownIntents      = 1<<26 - 1
)

// replayLimit is how many events a session keeps for a resume.
const replayLimit = 5000

// session is a gateway session: it outlives its connection, so that the bot
// can resume it.
type session struct {
	id      string
	intents Intent
	shard   [2]int
	seq     int
	log     []logged
	conn    *conn // nil while disconnected
	ready   bool
	dead    bool // can't be resumed
}

type logged struct {
	seq int
	raw []byte
}

// held is an event that Hold keeps back.
type held struct {
	session *session
	raw     []byte
}

// event is something that happened in the world.
type event struct {
	kind    string
	intent  Intent // one of these is needed; 0 for none
	guild   *Guild // nil in direct messages, which go to shard 0
	channel *Channel
	data    any
	blanked any // in place of data for sessions without message content; nil for the same
}

// Presence is what the bot shows about itself.
type Presence struct {
	Status     string     `json:"status"`
	AFK        bool       `json:"afk"`
	Activities []Activity `json:"activities"`
}

// Activity is what a presence says that the bot does.
type Activity struct {
	Name  string `json:"name"`
	Type  int    `json:"type"`
	State string `json:"state"`
	URL   string `json:"url"`
}

func (c *conn) identify(data json.RawMessage) {
	s := c.s
	if c.session != nil {
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
		return
	}
	var d struct {
		Token      string          `json:"token"`
		Intents    *Intent         `json:"intents"`
		Shard      *[2]int         `json:"shard"`
		Presence   json.RawMessage `json:"presence"`
		Properties map[string]any  `json:"properties"`
	}
	if err := json.Unmarshal(data, &d); err != nil || d.Intents == nil || d.Properties == nil {
		s.recordLocked(Violation{Route: "gateway", Rule: "IDENTIFY has token, intents and properties"})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.stats.Identifies++
	shard := [2]int{0, 1}
	if d.Shard != nil {
		shard = *d.Shard
	}
	switch {
	case strings.TrimPrefix(d.Token, "Bot ") != s.opts.Token || s.gateway.script.revoked:
		code := CloseAuthenticationFailed
		if s.opts.Dialect.OddAuthErrors {
			code = 4000
		}
		c.close(code, "Authentication failed.")
	case shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1]:
		c.close(CloseInvalidShard, "Invalid shard.")
	case *d.Intents&^knownIntents != 0:
		c.close(CloseInvalidIntents, "Invalid intent(s).")
	case *d.Intents&privilegedIntents&^s.opts.Privileged != 0:
		c.close(CloseDisallowedIntents, "Disallowed intent(s).")
	case s.gateway.script.first(c):
	default:
		s.retire(shard)
		ses := &session{id: "session-" + s.newID(), intents: *d.Intents, shard: shard}
		s.gateway.sessions[ses.id] = ses
		s.gateway.order = append(s.gateway.order, ses)
		c.session, ses.conn = ses, c
		if len(d.Presence) > 0 {
			c.presence(d.Presence)
		}
		if !s.gateway.script.noReady {
			s.ready(ses)
		}
	}
	s.touch()
}

// retire forgets the sessions of a shard that have no connection, since a bot
// that identifies anew won't resume them.
func (s *Server) retire(shard [2]int) {
	s.gateway.order = slices.DeleteFunc(s.gateway.order, func(old *session) bool {
		gone := old.conn == nil && old.shard == shard
		if gone {
			old.dead = true
			delete(s.gateway.sessions, old.id)
		}
		return gone
	})
}

// ready sends READY and what follows it.
func (s *Server) ready(ses *session) {
	guilds := []object{}
	for _, g := range s.guilds {
		if g.bot != nil && ses.carries(g) {
			guilds = append(guilds, object{"id": g.ID, "unavailable": true})
		}
	}
	user := object{"id": s.bot.ID, "username": s.bot.Name, "discriminator": "0", "global_name": nil,
		"avatar": nil, "bot": true, "verified": true, "mfa_enabled": true, "email": nil, "flags": 0}
	ses.ready = true
	ses.dispatch(s, "READY", object{
		"v": 9, "user": user, "guilds": guilds, "session_id": ses.id,
		"resume_gateway_url": s.gatewayURL(), "shard": ses.shard,
		"application":      object{"id": s.appID, "flags": 0},
		"private_channels": []any{}, "relationships": []any{}, "user_settings": object{},
		"session_type": "normal", "_trace": []string{},
	})
	if s.opts.Dialect.LateEvents > 0 {
		s.holdFor(s.opts.Dialect.LateEvents)
	}
	if ses.intents&intentGuilds != 0 {
		for _, g := range s.guilds {
			if g.bot != nil && ses.carries(g) {
				ses.dispatch(s, "GUILD_CREATE", g.json(true))
			}
		}
	}
}

func (c *conn) resume(data json.RawMessage) {
	s := c.s
	if c.session != nil {
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
		return
	}
	var d struct {
		Token string `json:"token"`
		ID    string `json:"session_id"`
		Seq   int    `json:"seq"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		s.recordLocked(Violation{Route: "gateway", Rule: "RESUME has token, session_id and seq", Detail: err.Error()})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.stats.Resumes++
	defer s.touch()
	if strings.TrimPrefix(d.Token, "Bot ") != s.opts.Token || s.gateway.script.revoked {
		c.close(CloseAuthenticationFailed, "Authentication failed.")
		return
	}
	if s.gateway.script.first(c) {
		return
	}
	ses := s.gateway.sessions[d.ID]
	if ses == nil || ses.dead || s.opts.Dialect.NoResume || !ses.reaches(d.Seq) {
		c.send(object{"op": opInvalidSession, "s": nil, "t": nil, "d": false})
		return
	}
	if ses.conn != nil {
		ses.conn.close(4000, "resumed elsewhere")
	}
	c.session, ses.conn = ses, c
	if h := s.gateway.held; h != nil {
		// The replay carries them.
		*h = slices.DeleteFunc(*h, func(h held) bool { return h.session == ses })
	}
	for _, l := range ses.log {
		if l.seq > d.Seq {
			c.sendRaw(l.raw)
		}
	}
	ses.dispatch(s, "RESUMED", object{"_trace": []string{}})
	s.stats.Resumed++
}

// reaches reports whether the log holds everything after the sequence number.
func (ses *session) reaches(seq int) bool {
	if seq > ses.seq {
		return false
	}
	return seq == ses.seq || len(ses.log) > 0 && ses.log[0].seq <= seq+1
}

func (c *conn) presence(data json.RawMessage) {
	var p Presence
	if err := json.Unmarshal(data, &p); err != nil {
		c.s.recordLocked(Violation{Route: "gateway", Rule: "a presence is an object", Detail: err.Error()})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	for _, a := range p.Activities {
		if n := len([]rune(a.Name)); n < 1 || n > 128 {
			c.s.recordLocked(Violation{Route: "gateway", Rule: "an activity's name is 1 to 128 characters", Detail: a.Name})
		}
		if len([]rune(a.State)) > 128 {
			c.s.recordLocked(Violation{Route: "gateway", Rule: "an activity's state is at most 128 characters", Detail: a.State})
		}
	}
	c.s.gateway.presences = append(c.s.gateway.presences, p)
	c.s.touch()
}

// carries reports whether the guild's events go to this session's shard.
func (ses *session) carries(g *Guild) bool {
	if g == nil {
		return ses.shard[0] == 0
	}
	id, _ := strconv.ParseUint(g.ID, 10, 64)
	return int((id>>22)%uint64(ses.shard[1])) == ses.shard[0]
}

// dispatch sends an event to the session, or keeps it for a resume.
func (ses *session) dispatch(s *Server, kind string, data any) {
	ses.seq++
	ses.deliver(s, ses.seq, kind, data)
}

func (ses *session) deliver(s *Server, seq int, kind string, data any) {
	raw, err := json.Marshal(object{"op": opDispatch, "s": seq, "t": kind, "d": data})
	if err != nil {
		panic("discordtest: an event that is not JSON: " + err.Error())
	}
	ses.log = append(ses.log, logged{seq, raw})
	if len(ses.log) > replayLimit {
		ses.log = append([]logged(nil), ses.log[len(ses.log)-replayLimit/2:]...)
	}
	s.stats.Events++
	if s.gateway.held != nil && kind != "READY" && kind != "RESUMED" {
		*s.gateway.held = append(*s.gateway.held, held{ses, raw})
		return
	}
	if ses.conn != nil {
		ses.conn.sendRaw(raw)
	}
}

// emit tells every session that may know of the event. The caller holds the
// lock.
func (s *Server) emit(e event) {
	for _, ses := range s.gateway.order {
		if !ses.ready || ses.dead || !ses.carries(e.guild) {
			continue
		}
		if e.intent != 0 && ses.intents&e.intent == 0 {
			continue
		}
		data := e.data
		if e.blanked != nil && ses.intents&IntentMessageContent == 0 {
			data = e.blanked
		}
		ses.dispatch(s, e.kind, data)
	}
}

func (s *Server) emitGuild(g *Guild) {
	if g.bot != nil {
		s.emit(event{kind: "GUILD_CREATE", intent: intentGuilds, guild: g, data: g.json(true)})
	}
}

func (c *Channel) messageIntent() Intent {
	if c.guild == nil {
		return intentDMs
	}
	return intentMessages
}

// emitMessage tells of a message where the bot may see it: private replies
// and channels that the bot can't view are left out, and without the message
// content intent so is what the message says.
func (s *Server) emitMessage(kind string, c *Channel, msg *Message) {
	if msg.Ephemeral() || !c.withBot() {
		return
	}
	if c.guild != nil && !permissionsIn(c.guild.bot, c).has(ViewChannel) {
		return
	}
	e := event{kind: kind, intent: c.messageIntent(), guild: c.guild, channel: c, data: msg}
	if b := s.blanked(msg); b != msg {
		e.blanked = b
	}
	s.emit(e)
}

// blanked is the message as a bot without the message content intent sees it.
func (s *Server) blanked(msg *Message) *Message {
	ref := msg.ReferencedMessage
	if ref != nil {
		ref = s.blanked(ref)
	}
	hide := s.channels[msg.ChannelID].guild != nil && msg.Author.ID != s.bot.ID && !msg.mentions(s.bot.ID)
	if !hide && ref == msg.ReferencedMessage {
		return msg
	}
	out := *msg
	out.ReferencedMessage = ref
	if hide {
		out.Content, out.Embeds, out.Components, out.Attachments = "", []Embed{}, []Component{}, []Attachment{}
	}
	return &out
}

// WaitReady waits until a bot has had READY, with as many shards as it says,
// or has resumed; it fails the test otherwise.
func (s *Server) WaitReady() {
	s.t.Helper()
	s.await("the bot to connect", s.connected)
}

// WaitConnected is WaitReady with a context and an error.
func (s *Server) WaitConnected(ctx context.Context) error {
	return s.waitFor(ctx, "the bot to connect", s.connected)
}

func (s *Server) connected() bool {
	shards := map[int]bool{}
	want := 1
	for _, ses := range s.gateway.order {
		if ses.ready && !ses.dead && ses.conn != nil {
			shards[ses.shard[0]], want = true, ses.shard[1]
		}
	}
	return len(shards) == want
}

// WaitDisconnected waits until no bot is connected; it fails the test
// otherwise.
func (s *Server) WaitDisconnected() {
	s.t.Helper()
	s.await("the bot to disconnect", func() bool { return len(s.gateway.conns) == 0 })
}

// Presence is what the bot shows about itself now.
func (s *Server) Presence() Presence {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.gateway.presences); n > 0 {
		return s.gateway.presences[n-1]
	}
	return Presence{}
}

// Presences are all that the bot has shown, oldest first.
func (s *Server) Presences() []Presence {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gateway.presences)
}

// WaitPresence waits until the bot shows a presence that the filter accepts;
// it fails the test when it doesn't.
func (s *Server) WaitPresence(filter func(Presence) bool) Presence {
	s.t.Helper()
	var now Presence
	s.await("a presence", func() bool {
		n := len(s.gateway.presences)
		if n == 0 {
			return false
		}
		now = s.gateway.presences[n-1]
		return filter(now)
	})
	return now
}
