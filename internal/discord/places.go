package discord

import (
	"encoding/json"
	"sync"
)

// places knows what the bot may do where, from what the gateway tells: enough to
// look before speaking, and no more. It is safe for concurrent use.
type places struct {
	mu     sync.RWMutex
	guilds map[string]*guild
	owner  map[string]string // of a channel: the guild
}

// guild is a server as far as the bot's permissions go.
type guild struct {
	owner    string
	roles    map[string]role
	mine     []string // the roles of the bot
	channels map[string]channel
}

type role struct {
	ID          string `json:"id"`
	Permissions Bits   `json:"permissions"`
	Tags        struct {
		Bot string `json:"bot_id"`
	} `json:"tags"`
}

type channel struct {
	ID         string `json:"id"`
	Guild      string `json:"guild_id"`
	Parent     string `json:"parent_id"`
	Type       int    `json:"type"`
	Overwrites []struct {
		ID    string `json:"id"`
		Type  int    `json:"type"`
		Allow Bits   `json:"allow"`
		Deny  Bits   `json:"deny"`
	} `json:"permission_overwrites"`
	Metadata struct {
		Archived bool `json:"archived"`
	} `json:"thread_metadata"`
}

// thread reports whether the channel is a thread, whose permissions are those of
// the channel that it hangs on.
func (c channel) thread() bool { return c.Type >= 10 && c.Type <= 12 }

type guildEvent struct {
	ID       string     `json:"id"`
	Owner    string     `json:"owner_id"`
	Roles    []*role    `json:"roles"`
	Channels []*channel `json:"channels"`
	Threads  []*channel `json:"threads"`
	Members  []*member  `json:"members"`
}

func newPlaces() *places {
	return &places{guilds: make(map[string]*guild), owner: make(map[string]string)}
}

// note takes what an event tells. Events of no concern, and broken ones, change
// nothing. Shards decode at the same time: what a large server tells of itself
// takes long to read.
func (p *places) note(kind string, data json.RawMessage, self string) error {
	switch kind {
	case "GUILD_CREATE", "GUILD_UPDATE":
		e, err := decode[guildEvent](data)
		if err != nil || e.ID == "" {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if kind == "GUILD_CREATE" {
			p.forget(p.guilds[e.ID]) // it tells all there are; what went while nobody told isn't there
		}
		p.guild(e, self)
	case "GUILD_DELETE":
		e, err := decode[guildEvent](data)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.forget(p.guilds[e.ID])
		delete(p.guilds, e.ID)
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE":
		e, err := decode[struct {
			Guild string `json:"guild_id"`
			Role  *role  `json:"role"`
			ID    string `json:"role_id"`
		}](data)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if g := p.guilds[e.Guild]; g != nil {
			delete(g.roles, e.ID)
			if e.Role != nil {
				g.roles[e.Role.ID] = *e.Role
			}
		}
	case "GUILD_MEMBER_UPDATE":
		e, err := decode[struct {
			Guild string   `json:"guild_id"`
			User  user     `json:"user"`
			Roles []string `json:"roles"`
		}](data)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if g := p.guilds[e.Guild]; g != nil && e.User.ID == self {
			g.mine = e.Roles
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE", "CHANNEL_DELETE", "THREAD_DELETE":
		c, err := decode[channel](data)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.channel(c, kind == "CHANNEL_DELETE" || kind == "THREAD_DELETE" || c.Metadata.Archived)
	}
	return nil
}

func (p *places) guild(e guildEvent, self string) {
	g := p.guilds[e.ID]
	if g == nil {
		g = &guild{channels: make(map[string]channel)}
		p.guilds[e.ID] = g
	}
	if e.Owner != "" {
		g.owner = e.Owner
	}
	if e.Roles != nil {
		g.roles = make(map[string]role, len(e.Roles))
	}
	for _, r := range e.Roles {
		if r != nil {
			g.roles[r.ID] = *r
		}
	}
	for _, m := range e.Members {
		if m != nil && m.User != nil && m.User.ID == self {
			g.mine = m.Roles
		}
	}
	for _, list := range [][]*channel{e.Channels, e.Threads} {
		for _, c := range list {
			if c != nil {
				c.Guild = e.ID
				p.channel(*c, false)
			}
		}
	}
}

// channel takes note of a channel, or that it is gone, as an archived thread is
// until someone writes in it. With a channel go its threads, which nobody tells of.
func (p *places) channel(c channel, gone bool) {
	g := p.guilds[c.Guild]
	if g == nil || c.ID == "" {
		return
	}
	if !gone {
		g.channels[c.ID] = c
		p.owner[c.ID] = c.Guild
		return
	}
	for id, x := range g.channels {
		if id == c.ID || x.thread() && x.Parent == c.ID {
			delete(g.channels, id)
			delete(p.owner, id)
		}
	}
}

// forget forgets the channels of a guild, if it is known.
func (p *places) forget(g *guild) {
	if g == nil {
		return
	}
	for id := range g.channels {
		delete(p.owner, id)
	}
	clear(g.channels)
}

// Permissions that the bot needs, as Discord numbers them.
const (
	permViewChannel    = 1 << 10
	permSendMessages   = 1 << 11
	permReadHistory    = 1 << 16
	permSendInThreads  = 1 << 38
	permEverythingElse = 1<<62 - 1
)

// may is what the bot may do in a channel; known is false when the gateway
// hasn't told enough to say.
func (p *places) may(channelID, self string) (permissions int64, thread, known bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	guildID := p.owner[channelID]
	g := p.guilds[guildID]
	if g == nil || len(g.roles) == 0 {
		return 0, false, false
	}
	c := g.channels[channelID]
	thread = c.thread()
	if thread {
		parent, ok := g.channels[c.Parent]
		if !ok {
			return 0, thread, false
		}
		c = parent
	}
	if g.owner == self {
		return permEverythingElse, thread, true
	}
	permissions = g.roles[guildID].Permissions.value()
	for _, id := range g.mine {
		permissions |= g.roles[id].Permissions.value()
	}
	if permissions&permAdministrator != 0 {
		return permEverythingElse, thread, true
	}
	return overwritten(c, permissions, guildID, self, g.mine), thread, true
}

// overwritten applies a channel's own rules, in Discord's order: everyone's,
// those of the roles together, the member's.
func overwritten(c channel, permissions int64, everyone, self string, roles []string) int64 {
	var allow, deny int64
	for _, o := range c.Overwrites {
		if o.ID == everyone {
			permissions = permissions&^o.Deny.value() | o.Allow.value()
		}
		for _, id := range roles {
			if o.Type == 0 && o.ID == id && id != everyone {
				allow, deny = allow|o.Allow.value(), deny|o.Deny.value()
			}
		}
	}
	permissions = permissions&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == self {
			permissions = permissions&^o.Deny.value() | o.Allow.value()
		}
	}
	return permissions
}

// manner is how the bot can reply in a channel.
type manner struct {
	mute   bool // not at all
	loose  bool // not as a reply: it can't read the history
	nocard bool // without cards
}

// manner looks what the bot may do before it speaks. Where that isn't known it
// tries as if it might everything.
func (p *places) manner(channelID, self string) manner {
	perms, thread, known := p.may(channelID, self)
	if !known {
		return manner{}
	}
	send := int64(permSendMessages)
	if thread {
		send = permSendInThreads
	}
	return manner{
		mute:   perms&permViewChannel == 0 || perms&send == 0,
		loose:  perms&permReadHistory == 0,
		nocard: perms&permEmbedLinks == 0,
	}
}

// names are the roles that stand for the bot: members who mean the bot often
// mention the role that Discord made for it.
func (p *places) names(guildID, self string) []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []string
	if g := p.guilds[guildID]; g != nil {
		for id, r := range g.roles {
			if r.Tags.Bot == self && self != "" {
				out = append(out, id)
			}
		}
	}
	return out
}
