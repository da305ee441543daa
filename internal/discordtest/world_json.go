package discordtest

import "time"

// This file shows the world's things as Discord's JSON.

func (r *Role) json(position int) object {
	return object{
		"id": r.ID, "name": r.Name, "permissions": r.Permissions.String(), "position": position,
		"color": 0, "colors": object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "managed": false, "mentionable": false, "flags": 0,
		"icon": nil, "unicode_emoji": nil, "description": nil,
	}
}

func (c *Channel) json() object {
	o := object{"id": c.ID, "type": c.Type, "flags": 0, "last_message_id": nil}
	if n := len(c.messages); n > 0 {
		o["last_message_id"] = c.messages[n-1].ID
	}
	if c.guild == nil {
		list := []UserInfo{}
		for _, u := range c.recipients {
			if u != c.s.bot {
				list = append(list, u.info())
			}
		}
		o["recipients"] = list
		if c.Type == channelGroupDM {
			o["owner_id"], o["name"], o["icon"] = c.recipients[0].ID, nil, nil
		}
		return o
	}
	o["guild_id"], o["name"], o["nsfw"], o["rate_limit_per_user"] = c.guild.ID, c.Name, false, 0
	list := []object{}
	for _, w := range c.overwrites {
		kind := 0
		if w.forMember {
			kind = 1
		}
		list = append(list, object{"id": w.id, "type": kind, "allow": w.allow.String(), "deny": w.deny.String()})
	}
	if c.parent != nil {
		o["parent_id"], o["owner_id"] = c.parent.ID, c.guild.owner.ID
		o["message_count"], o["member_count"], o["total_message_sent"] = len(c.messages), 1, len(c.messages)
		o["thread_metadata"] = object{"archived": false, "locked": false, "auto_archive_duration": 1440,
			"archive_timestamp": c.guild.joined, "create_timestamp": c.guild.joined}
		return o
	}
	o["position"], o["topic"], o["parent_id"], o["permission_overwrites"] = 0, nil, nil, list
	return o
}

// json shows the guild; full adds what only GUILD_CREATE carries.
func (g *Guild) json(full bool) object {
	roles := []object{}
	for i, r := range g.roles {
		roles = append(roles, r.json(i))
	}
	o := object{
		"id": g.ID, "name": g.Name, "owner_id": g.owner.ID, "roles": roles,
		"emojis": []any{}, "stickers": []any{}, "features": []any{},
		"preferred_locale": g.Locale, "verification_level": 0, "default_message_notifications": 1,
		"explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "nsfw": false,
		"premium_tier": 0, "premium_subscription_count": 0, "premium_progress_bar_enabled": false,
		"incidents_data":       nil,
		"system_channel_flags": 0, "system_channel_id": nil, "afk_channel_id": nil, "afk_timeout": 300,
		"icon": nil, "description": nil, "banner": nil, "splash": nil, "discovery_splash": nil,
		"home_header": nil, "region": "deprecated", "widget_enabled": false, "widget_channel_id": nil,
		"application_id": nil, "vanity_url_code": nil, "rules_channel_id": nil,
		"public_updates_channel_id": nil, "safety_alerts_channel_id": nil,
		"max_presences": nil, "max_members": 500000, "max_video_channel_users": 25,
		"max_stage_video_channel_users": 50,
	}
	if !full {
		return o
	}
	channels, threads := []object{}, []object{}
	for _, c := range g.channels {
		if c.parent != nil {
			threads = append(threads, c.json())
		} else {
			channels = append(channels, c.json())
		}
	}
	// Without the members intent Discord sends the bot itself only.
	members := []MemberInfo{}
	if g.bot != nil {
		members = append(members, g.bot.info(nil, true))
	}
	o["channels"], o["threads"], o["members"] = channels, threads, members
	o["member_count"], o["large"], o["unavailable"] = len(g.members), false, false
	o["joined_at"] = g.joined
	o["voice_states"], o["presences"], o["stage_instances"] = []any{}, []any{}, []any{}
	o["guild_scheduled_events"], o["soundboard_sounds"] = []any{}, []any{}
	return o
}

// info shows the member; with a channel, also what it may do there.
func (m *Member) info(in *Channel, withUser bool) MemberInfo {
	out := MemberInfo{Roles: []string{}, JoinedAt: m.guild.joined.UTC().Truncate(time.Millisecond)}
	if m.Nick != "" {
		nick := m.Nick
		out.Nick = &nick
	}
	for _, r := range m.roles {
		out.Roles = append(out.Roles, r.ID)
	}
	if withUser {
		u := m.User.info()
		out.User = &u
	}
	if in != nil {
		out.Permissions = permissionsIn(m, in).String()
		if m.guild.s.opts.Dialect.NoPermissions {
			out.Permissions = "0"
		}
	}
	return out
}
