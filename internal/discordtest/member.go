package discordtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Member is a user in a guild: what a person does in the tests. Its methods
// act as the Discord client would and fail the test when the client would not
// let the person do that.
type Member struct {
	*User
	Nick string

	guild *Guild
	roles []*Role
}

// MemberOption changes how a member is made.
type MemberOption func(*Member)

// WithPermissions gives the new member a role of its own with these
// permissions.
func WithPermissions(p Permission) MemberOption {
	return func(m *Member) { m.roles = append(m.roles, m.guild.role("role of "+m.Name, p)) }
}

// WithRoles gives the new member these roles.
func WithRoles(roles ...*Role) MemberOption {
	return func(m *Member) { m.roles = append(m.roles, roles...) }
}

// WithLocale sets the language of the new member's client; "en-US" otherwise.
func WithLocale(locale string) MemberOption {
	return func(m *Member) { m.User.locale = locale }
}

// AsBot makes the new member another bot.
func AsBot() MemberOption { return func(m *Member) { m.User.Bot = true } }

// Member is the member of the first guild of that name; it is made when there
// is none.
func (s *Server) Member(name string, opts ...MemberOption) *Member {
	return s.Guild().Member(name, opts...)
}

// Channel is the text channel of the first guild of that name; it is made
// when there is none.
func (s *Server) Channel(name string) *Channel { return s.Guild().Channel(name) }

// Member is the guild's member of that name; it is made when there is none. A
// user of that name from another guild is the same user.
func (g *Guild) Member(name string, opts ...MemberOption) *Member {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.addMember(name, opts...)
}

func (g *Guild) addMember(name string, opts ...MemberOption) *Member {
	for _, m := range g.members {
		if m.Name == name {
			return m
		}
	}
	u := g.s.users[name]
	if u == nil {
		u = &User{ID: g.s.newID(), Name: name, s: g.s, locale: "en-US"}
		g.s.users[name], g.s.usersByID[u.ID] = u, u
	}
	m := &Member{User: u, guild: g}
	for _, o := range opts {
		o(m)
	}
	g.members = append(g.members, m)
	return m
}

// SetRoles replaces the member's roles, as a moderator would.
func (m *Member) SetRoles(roles ...*Role) {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	m.roles = slices.Clone(roles)
	if m == m.guild.bot {
		o := object{"guild_id": m.guild.ID}
		info := m.info(nil, true)
		o["user"], o["roles"], o["nick"], o["joined_at"] = info.User, info.Roles, info.Nick, info.JoinedAt
		m.s.emit(event{kind: "GUILD_MEMBER_UPDATE", intent: intentGuilds, guild: m.guild, data: o})
	}
}

// Guild is the guild that this is a member of.
func (m *Member) Guild() *Guild { return m.guild }

// SayOption changes a message that a member writes.
type SayOption func(*say)

type say struct {
	replyTo    *Message
	noPing     bool
	webhook    bool
	components []Component
	embeds     []Embed
	files      []File
}

// ReplyTo makes the message a reply, with the ping that the client sends
// unless the member switches it off.
func ReplyTo(m *Message) SayOption { return func(s *say) { s.replyTo = m } }

// WithoutPing switches the ping of a reply off.
func WithoutPing() SayOption { return func(s *say) { s.noPing = true } }

// ByWebhook makes the message one that a webhook wrote in the member's name.
func ByWebhook() SayOption { return func(s *say) { s.webhook = true } }

// WithEmbeds adds embeds, such as Discord makes of links.
func WithEmbeds(e ...Embed) SayOption { return func(s *say) { s.embeds = e } }

// WithComponents adds components, such as another bot's message carries.
func WithComponents(c ...Component) SayOption { return func(s *say) { s.components = c } }

// WithFiles attaches files.
func WithFiles(f ...File) SayOption { return func(s *say) { s.files = f } }

// Says writes a message in the channel.
func (m *Member) Says(c *Channel, text string, opts ...SayOption) *Message {
	m.s.t.Helper()
	var cfg say
	for _, o := range opts {
		o(&cfg)
	}
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	msg := &Message{
		ID: m.s.newID(), ChannelID: c.ID, Author: m.User.info(), Content: text,
		Timestamp: m.s.stamp(), Embeds: shownEmbeds(cfg.embeds), Components: numbered(cfg.components),
		Nonce: json.RawMessage(`"` + m.s.newID() + `"`), Attachments: m.s.attach(cfg.files),
	}
	if cfg.webhook {
		msg.WebhookID, msg.Author.Bot = m.s.newID(), true
	} else if c.guild != nil {
		if !permissionsIn(m, c).has(ViewChannel) {
			m.s.t.Fatalf("discordtest: %s can't see #%s", m.Name, c.Name)
		}
		info := m.info(nil, false)
		msg.Member = &info
	}
	if r := cfg.replyTo; r != nil {
		current := m.s.messages[r.ID]
		if current == nil {
			m.s.t.Fatalf("discordtest: %s replies to message %s, which is gone", m.Name, r.ID)
		}
		msg.Type = messageReply
		msg.MessageReference = &MessageReference{MessageID: r.ID, ChannelID: r.ChannelID, GuildID: current.GuildID}
		msg.ReferencedMessage = withoutReference(current)
	}
	m.s.fillMentions(msg, c)
	if r := msg.ReferencedMessage; r != nil && !cfg.noPing && r.InteractionMetadata == nil {
		// Discord leaves the ping out when the answered message is the
		// response to a command: the bot isn't mentioned then.
		msg.addMention(r.Author)
	}
	if t := m.s.transcript; t != nil {
		t.write(m.s.headOf(msg, " "+c.place()), msg.Shown())
	}
	m.s.post(c, msg)
	return msg
}

// Edits changes the text of a message of the member's own.
func (m *Member) Edits(msg *Message, text string) *Message {
	m.s.t.Helper()
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	old := m.s.messages[msg.ID]
	if old == nil || old.Author.ID != m.ID {
		m.s.t.Fatalf("discordtest: %s can't edit message %s", m.Name, msg.ID)
	}
	next := *old
	next.Content = text
	now := m.s.stamp()
	next.EditedTimestamp = &now
	next.Mentions, next.MentionRoles, next.MentionEveryone = nil, nil, false
	m.s.fillMentions(&next, m.s.channels[old.ChannelID])
	if r := old.ReferencedMessage; r != nil && slices.ContainsFunc(old.Mentions, func(u UserInfo) bool { return u.ID == r.Author.ID }) {
		next.addMention(r.Author)
	}
	m.s.transcript.write(m.Name+" edits that to:", next.Shown())
	m.s.replace(&next)
	return &next
}

// Deletes removes a message of the member's own, or anyone's with the
// permission to manage messages.
func (m *Member) Deletes(msg *Message) {
	m.s.t.Helper()
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	old := m.s.messages[msg.ID]
	if old == nil {
		m.s.t.Fatalf("discordtest: %s deletes message %s, which is gone", m.Name, msg.ID)
	}
	c := m.s.channels[old.ChannelID]
	if old.Author.ID != m.ID && !permissionsIn(m, c).has(ManageMessages) {
		m.s.t.Fatalf("discordtest: %s may not delete message %s", m.Name, msg.ID)
	}
	m.s.transcript.write(m.Name+" deletes:", old.Shown())
	m.s.remove(old)
}

// DMChannel is the direct message between the user and the bot.
func (u *User) DMChannel() *Channel {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return u.s.dmWith(u)
}

// DM writes to the bot in a direct message.
func (m *Member) DM(text string, opts ...SayOption) *Message {
	m.s.t.Helper()
	return m.Says(m.DMChannel(), text, opts...)
}

func (s *Server) dmWith(u *User) *Channel {
	if u.dm == nil {
		u.dm = &Channel{ID: s.newID(), Type: channelDM, s: s, recipients: []*User{u, s.bot}}
		s.channels[u.dm.ID] = u.dm
	}
	return u.dm
}

var mentionPattern = regexp.MustCompile(`<@(!?|&)(\d{1,20})>`)

// fillMentions sets whom the text mentions, as Discord does.
func (s *Server) fillMentions(msg *Message, c *Channel) {
	if msg.Mentions == nil {
		msg.Mentions = []UserInfo{}
	}
	if msg.MentionRoles == nil {
		msg.MentionRoles = []string{}
	}
	for _, m := range mentionPattern.FindAllStringSubmatch(msg.Content, -1) {
		if m[1] == "&" {
			if c.guild != nil && slices.ContainsFunc(c.guild.roles, func(r *Role) bool { return r.ID == m[2] }) &&
				!slices.Contains(msg.MentionRoles, m[2]) {
				msg.MentionRoles = append(msg.MentionRoles, m[2])
			}
			continue
		}
		if u := s.usersByID[m[2]]; u != nil {
			msg.addMention(u.info())
		}
	}
	if strings.Contains(msg.Content, "@everyone") || strings.Contains(msg.Content, "@here") {
		if c.guild != nil {
			if m := c.guild.memberByID(msg.Author.ID); m != nil && permissionsIn(m, c).has(MentionEveryone) {
				msg.MentionEveryone = true
			}
		}
	}
}

func (msg *Message) addMention(u UserInfo) {
	if !slices.ContainsFunc(msg.Mentions, func(v UserInfo) bool { return v.ID == u.ID }) {
		msg.Mentions = append(msg.Mentions, u)
	}
}

func (msg *Message) mentions(id string) bool {
	return slices.ContainsFunc(msg.Mentions, func(u UserInfo) bool { return u.ID == id })
}

func (g *Guild) memberByID(id string) *Member {
	for _, m := range g.members {
		if m.ID == id {
			return m
		}
	}
	return nil
}
