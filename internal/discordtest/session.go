package discordtest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
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
	zip     bool // large payloads may be compressed
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
	raw, err := json.Marshal(struct {
		Op   int    `json:"op"`
		Seq  int    `json:"s"`
		Kind string `json:"t"`
		Data any    `json:"d"`
	}{opDispatch, seq, kind, data})
	if err != nil {
		panic("discordtest: an event that is not JSON: " + err.Error())
	}
	ses.log = append(ses.log, logged{seq, raw})
	keep := replayLimit
	if n := s.opts.Retain; n > 0 {
		keep = min(keep, n)
	}
	if len(ses.log) > 2*keep {
		ses.log = append([]logged(nil), ses.log[len(ses.log)-keep:]...)
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

// reaches reports whether a bot is connected that gets the guild's events.
func (s *Server) reaches(g *Guild) bool {
	return slices.ContainsFunc(s.gateway.order, func(ses *session) bool {
		return ses.ready && !ses.dead && ses.conn != nil && ses.carries(g)
	})
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
