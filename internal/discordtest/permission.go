package discordtest

import "strconv"

// Permission is a set of Discord's permission bits.
type Permission uint64

// The permissions that matter to a bot which reads and writes.
const (
	KickMembers             Permission = 1 << 1
	BanMembers              Permission = 1 << 2
	Administrator           Permission = 1 << 3
	ManageChannels          Permission = 1 << 4
	ManageGuild             Permission = 1 << 5
	AddReactions            Permission = 1 << 6
	ViewChannel             Permission = 1 << 10
	SendMessages            Permission = 1 << 11
	ManageMessages          Permission = 1 << 13
	EmbedLinks              Permission = 1 << 14
	AttachFiles             Permission = 1 << 15
	ReadMessageHistory      Permission = 1 << 16
	MentionEveryone         Permission = 1 << 17
	ManageRoles             Permission = 1 << 28
	ManageWebhooks          Permission = 1 << 29
	UseApplicationCommands  Permission = 1 << 31
	ManageThreads           Permission = 1 << 34
	SendMessagesInThreads   Permission = 1 << 38
	ModerateMembers         Permission = 1 << 40
	UseExternalApplications Permission = 1 << 50

	// AllPermissions is what the owner of a guild may do.
	AllPermissions Permission = 1<<53 - 1

	// EveryonePermissions is what the @everyone role of a new guild allows.
	EveryonePermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
		AddReactions | UseApplicationCommands | SendMessagesInThreads | UseExternalApplications

	// dmPermissions is what an application may do in a direct message.
	dmPermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
		AddReactions | MentionEveryone
)

func (p Permission) has(q Permission) bool { return p&q == q }

func (p Permission) String() string { return strconv.FormatUint(uint64(p), 10) }

// overwrite changes in one channel what a role or a member may do.
type overwrite struct {
	id          string
	forMember   bool
	allow, deny Permission
}

// permissionsIn computes what the member may do in the channel, as Discord
// does: roles, then the channel's overwrites for @everyone, for the roles and
// for the member. A thread takes its parent's overwrites.
func permissionsIn(m *Member, c *Channel) Permission {
	p := m.basePermissions()
	if p.has(Administrator) {
		return AllPermissions
	}
	if c == nil {
		return p
	}
	place := c
	if c.parent != nil {
		place = c.parent
	}
	var roleAllow, roleDeny, ownAllow, ownDeny Permission
	for _, o := range place.overwrites {
		switch {
		case o.forMember && o.id == m.ID:
			ownAllow, ownDeny = o.allow, o.deny
		case !o.forMember && o.id == m.guild.ID:
			p = p&^o.deny | o.allow
		case !o.forMember && m.hasRole(o.id):
			roleAllow |= o.allow
			roleDeny |= o.deny
		}
	}
	p = p&^roleDeny | roleAllow
	p = p&^ownDeny | ownAllow
	if !p.has(ViewChannel) {
		return 0
	}
	return p
}

func (m *Member) basePermissions() Permission {
	if m.guild.owner == m {
		return AllPermissions
	}
	p := m.guild.everyone.Permissions
	for _, r := range m.roles {
		p |= r.Permissions
	}
	if p.has(Administrator) {
		return AllPermissions
	}
	return p
}

func (m *Member) hasRole(id string) bool {
	for _, r := range m.roles {
		if r.ID == id {
			return true
		}
	}
	return false
}

func parsePermission(text string) Permission {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return Permission(n)
}
