package discordtest

import (
	"slices"
	"time"
)

// Types of a channel.
const (
	channelText    = 0
	channelDM      = 1
	channelGroupDM = 3
	channelThread  = 11
)

// Guild is a Discord server in the test's world. Its fields don't change
// after it was made, but for Locale, which a test may set before the bot
// starts.
type Guild struct {
	ID     string
	Name   string
	Locale string // the guild's preferred locale, "en-US" unless set

	s        *Server
	everyone *Role
	owner    *Member
	roles    []*Role
	channels []*Channel
	members  []*Member
	bot      *Member // nil where the bot is not a member
	joined   time.Time
}

// Role is a role of a guild. Permissions is changed by Server.Update only.
type Role struct {
	ID          string
	Name        string
	Permissions Permission
}

// Channel is a text channel, a thread or a direct message.
type Channel struct {
	ID   string
	Name string
	Type int

	s          *Server
	guild      *Guild
	parent     *Channel
	overwrites []overwrite
	recipients []*User
	messages   []*Message // oldest first
	typing     int
}

// User is a person or a bot; the same in every guild.
type User struct {
	ID   string
	Name string
	Bot  bool

	s         *Server
	locale    string
	dm        *Channel // with the bot
	closedDMs bool
}

// CloseDMs makes the user refuse direct messages from the bot.
func (u *User) CloseDMs() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.closedDMs = true
}

func (u *User) info() UserInfo {
	name := u.Name
	return UserInfo{ID: u.ID, Username: u.Name, Discriminator: "0", GlobalName: &name, Bot: u.Bot}
}

// Mention is the text that mentions the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

// Mention is the text that mentions the channel.
func (c *Channel) Mention() string { return "<#" + c.ID + ">" }

// Mention is the text that mentions the role.
func (r *Role) Mention() string { return "<@&" + r.ID + ">" }

// Guild is the world's first guild, there from the start, in which the bot is
// a member.
func (s *Server) Guild() *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guilds[0]
}

// AddGuild makes another guild, with the bot in it unless withoutBot is
// given. A connected bot is told by GUILD_CREATE.
func (s *Server) AddGuild(name string, opts ...GuildOption) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addGuild(name, opts...)
}

// GuildOption changes how AddGuild makes a guild.
type GuildOption func(*guildConfig)

type guildConfig struct{ withoutBot bool }

// WithoutBot makes a guild that the bot hasn't joined: members who installed
// the application for themselves can still use its commands there.
func WithoutBot() GuildOption { return func(c *guildConfig) { c.withoutBot = true } }

func (s *Server) addGuild(name string, opts ...GuildOption) *Guild {
	var cfg guildConfig
	for _, o := range opts {
		o(&cfg)
	}
	g := &Guild{ID: s.newID(), Name: name, Locale: "en-US", s: s, joined: s.now()}
	g.everyone = &Role{ID: g.ID, Name: "@everyone", Permissions: EveryonePermissions}
	g.roles = []*Role{g.everyone}
	s.guilds = append(s.guilds, g)
	g.owner = g.addMember("owner of " + name)
	if !cfg.withoutBot {
		g.bot = &Member{User: s.bot, guild: g}
		g.members = append(g.members, g.bot)
	}
	g.channel("general")
	s.emitGuild(g)
	return g
}

// Channel is the text channel of that name; it is made when there is none.
func (g *Guild) Channel(name string) *Channel {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.channel(name)
}

func (g *Guild) channel(name string) *Channel {
	for _, c := range g.channels {
		if c.Name == name && c.parent == nil {
			return c
		}
	}
	c := &Channel{ID: g.s.newID(), Name: name, Type: channelText, s: g.s, guild: g}
	g.addChannel(c)
	return c
}

// Thread is a public thread of that name under the channel; it is made when
// there is none.
func (c *Channel) Thread(name string) *Channel {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, t := range c.guild.channels {
		if t.parent == c && t.Name == name {
			return t
		}
	}
	t := &Channel{ID: c.s.newID(), Name: name, Type: channelThread, s: c.s, guild: c.guild, parent: c}
	c.guild.addChannel(t)
	return t
}

func (g *Guild) addChannel(c *Channel) {
	g.channels = append(g.channels, c)
	g.s.channels[c.ID] = c
	kind := "CHANNEL_CREATE"
	if c.Type == channelThread {
		kind = "THREAD_CREATE"
	}
	if g.bot != nil {
		g.s.emit(event{kind: kind, intent: intentGuilds, guild: g, data: c.json()})
	}
}

// Role is the guild's role of that name; it is made when there is none.
func (g *Guild) Role(name string, p Permission) *Role {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.role(name, p)
}

func (g *Guild) role(name string, p Permission) *Role {
	for _, r := range g.roles {
		if r.Name == name {
			return r
		}
	}
	r := &Role{ID: g.s.newID(), Name: name, Permissions: p}
	g.roles = append(g.roles, r)
	if g.bot != nil {
		g.s.emit(event{kind: "GUILD_ROLE_CREATE", intent: intentGuilds, guild: g,
			data: object{"guild_id": g.ID, "role": r.json(len(g.roles))}})
	}
	return r
}

// Everyone is the guild's @everyone role.
func (g *Guild) Everyone() *Role { return g.everyone }

// Bot is the bot as a member of the guild; nil where it has not joined.
func (g *Guild) Bot() *Member {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.bot
}

// Owner is the member to whom the guild belongs.
func (g *Guild) Owner() *Member { return g.owner }

// Overwrite allows and denies permissions in one channel, to a *Role or to a
// *Member.
func (c *Channel) Overwrite(who any, allow, deny Permission) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	o := overwrite{allow: allow, deny: deny}
	switch w := who.(type) {
	case *Role:
		o.id = w.ID
	case *Member:
		o.id, o.forMember = w.ID, true
	default:
		c.s.t.Fatalf("discordtest: Overwrite for %T: want *Role or *Member", who)
	}
	c.overwrites = slices.DeleteFunc(c.overwrites, func(old overwrite) bool { return old.id == o.id })
	c.overwrites = append(c.overwrites, o)
	c.s.emit(event{kind: "CHANNEL_UPDATE", intent: intentGuilds, guild: c.guild, data: c.json()})
}

// Update changes a role's permissions under the server's lock and tells the
// bot.
func (g *Guild) Update(r *Role, p Permission) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	r.Permissions = p
	g.s.emit(event{kind: "GUILD_ROLE_UPDATE", intent: intentGuilds, guild: g,
		data: object{"guild_id": g.ID, "role": r.json(slices.Index(g.roles, r))}})
}

// PrivateChannel is a direct message between users other than the bot, in
// which members who installed the application for themselves can use its
// commands.
func (s *Server) PrivateChannel(users ...*User) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Channel{ID: s.newID(), Type: channelGroupDM, s: s, recipients: users}
	if len(users) == 2 {
		c.Type = channelDM
	}
	s.channels[c.ID] = c
	return c
}

// withBot reports whether the bot takes part in the channel.
func (c *Channel) withBot() bool {
	if c.guild != nil {
		return c.guild.bot != nil
	}
	return slices.Contains(c.recipients, c.s.bot)
}

// TypingCount is how often the bot has shown that it types in the channel.
func (c *Channel) TypingCount() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.typing
}

// Messages are the channel's messages, oldest first, private replies left out.
func (c *Channel) Messages() []*Message {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var out []*Message
	for _, m := range c.messages {
		if !m.Ephemeral() {
			out = append(out, m)
		}
	}
	return out
}

// Delete removes the channel and everything said in it.
func (c *Channel) Delete() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, m := range c.messages {
		delete(c.s.messages, m.ID)
	}
	c.messages = nil
	delete(c.s.channels, c.ID)
	if c.guild == nil {
		return
	}
	c.guild.channels = slices.DeleteFunc(c.guild.channels, func(o *Channel) bool { return o == c })
	kind := "CHANNEL_DELETE"
	if c.Type == channelThread {
		kind = "THREAD_DELETE"
	}
	if c.guild.bot != nil {
		c.s.emit(event{kind: kind, intent: intentGuilds, guild: c.guild, data: c.json()})
	}
	c.s.touch()
}

// RemoveBot throws the bot out of the guild.
func (g *Guild) RemoveBot() {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.bot == nil {
		return
	}
	g.s.emit(event{kind: "GUILD_DELETE", intent: intentGuilds, guild: g, data: object{"id": g.ID}})
	g.members = slices.DeleteFunc(g.members, func(m *Member) bool { return m == g.bot })
	g.bot = nil
	delete(g.s.commands.byScope, g.ID)
	g.s.touch()
}
