package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// routes are all the routes that the server speaks.
func (s *Server) routes() []route {
	list := []route{
		{pattern: "GET /gateway", open: true, handle: getGateway},
		{pattern: "GET /gateway/bot", handle: getGatewayBot},
		{pattern: "GET /users/@me", handle: getSelf},
		{pattern: "GET /users/{user}", handle: getUser},
		{pattern: "POST /users/@me/channels", handle: openDM},
		{pattern: "GET /users/@me/guilds", handle: listGuilds},
		{pattern: "GET /applications/@me", handle: getApplication},
		{pattern: "GET /oauth2/applications/@me", handle: getApplication},
		{pattern: "GET /guilds/{guild}", handle: getGuild},
		{pattern: "GET /guilds/{guild}/channels", handle: listChannels},
		{pattern: "GET /guilds/{guild}/roles", handle: listRoles},
		{pattern: "GET /guilds/{guild}/members/{user}", handle: getMember},
	}
	list = append(list, s.commandRoutes()...)
	list = append(list, s.messageRoutes()...)
	return append(list, s.interactionRoutes()...)
}

func getGateway(c *call) (any, *apiError) { return object{"url": c.s.gatewayURL()}, nil }

func getGatewayBot(c *call) (any, *apiError) {
	aDay := c.s.opts.IdentifyBudget
	return object{"url": c.s.gatewayURL(), "shards": c.s.opts.Shards, "session_start_limit": object{
		"total": aDay, "remaining": max(0, aDay-c.s.stats.Identifies), "reset_after": 86_400_000, "max_concurrency": c.s.opts.Concurrency,
	}}, nil
}

func getSelf(c *call) (any, *apiError) {
	u := c.s.bot
	return object{"id": u.ID, "username": u.Name, "discriminator": "0", "global_name": nil, "avatar": nil,
		"bot": true, "verified": true, "mfa_enabled": true, "locale": "en-US", "email": nil,
		"flags": 0, "public_flags": 0}, nil
}

func getUser(c *call) (any, *apiError) {
	if u := c.s.usersByID[c.path("user")]; u != nil {
		return u.info(), nil
	}
	return nil, unknown(CodeUnknownUser, "User")
}

func openDM(c *call) (any, *apiError) {
	var b struct {
		Recipient string `json:"recipient_id"`
	}
	if err := json.Unmarshal(c.body, &b); err != nil {
		return nil, invalidForm(err)
	}
	u := c.s.usersByID[b.Recipient]
	if u == nil {
		return nil, unknown(CodeUnknownUser, "User")
	}
	if u.Bot {
		return nil, &apiError{Status: http.StatusBadRequest, Code: CodeCannotMessageUser,
			Message: "Cannot send messages to this user"}
	}
	return c.s.dmWith(u).json(), nil
}

func listGuilds(c *call) (any, *apiError) {
	out := []object{}
	for _, g := range c.s.guilds {
		if g.bot != nil {
			out = append(out, object{"id": g.ID, "name": g.Name, "icon": nil, "banner": nil, "owner": false,
				"permissions": g.bot.basePermissions().String(), "features": []string{}})
		}
	}
	return out, nil
}

func getApplication(c *call) (any, *apiError) {
	// The flags tell which privileged intents are switched on, as for a bot
	// in fewer than 100 guilds.
	flags := 0
	for intent, flag := range map[Intent]int{IntentPresences: 1 << 13, IntentMembers: 1 << 15, IntentMessageContent: 1 << 19} {
		if c.s.opts.Privileged&intent != 0 {
			flags |= flag
		}
	}
	return object{"id": c.s.appID, "name": BotName, "description": "", "icon": nil, "type": nil,
		"bot": c.s.bot.info(), "bot_public": true, "bot_require_code_grant": false, "flags": flags,
		"verify_key": "00", "summary": "", "team": nil, "owner": c.s.guilds[0].owner.User.info(),
		"approximate_guild_count": len(c.s.guilds), "interactions_endpoint_url": nil,
		"integration_types_config": object{"0": object{}, "1": object{}}, "flags_new": strconv.Itoa(flags),
		"redirect_uris": []string{}, "role_connections_verification_url": nil,
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"explicit_content_filter": 0, "eligible_oauth2_scopes": []string{},
	}, nil
}

// guild finds the route's guild, of which the bot must be a member.
func (c *call) guild() (*Guild, *apiError) {
	for _, g := range c.s.guilds {
		if g.ID == c.path("guild") {
			if g.bot == nil {
				return nil, forbidden(CodeMissingAccess, "Missing Access")
			}
			return g, nil
		}
	}
	return nil, unknown(CodeUnknownGuild, "Guild")
}

func getGuild(c *call) (any, *apiError) {
	g, e := c.guild()
	if e != nil {
		return nil, e
	}
	return g.json(false), nil
}

func listChannels(c *call) (any, *apiError) {
	g, e := c.guild()
	if e != nil {
		return nil, e
	}
	out := []object{}
	for _, ch := range g.channels {
		if ch.parent == nil {
			out = append(out, ch.json())
		}
	}
	return out, nil
}

func listRoles(c *call) (any, *apiError) {
	g, e := c.guild()
	if e != nil {
		return nil, e
	}
	out := []object{}
	for i, r := range g.roles {
		out = append(out, r.json(i))
	}
	return out, nil
}

func getMember(c *call) (any, *apiError) {
	g, e := c.guild()
	if e != nil {
		return nil, e
	}
	if m := g.memberByID(c.path("user")); m != nil {
		return m.info(nil, true), nil
	}
	return nil, unknown(CodeUnknownMember, "Member")
}
