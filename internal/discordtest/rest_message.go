package discordtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) messageRoutes() []route {
	base := "/channels/{channel}/messages"
	one := base + "/{message}"
	return []route{
		{pattern: "GET " + base, handle: listMessages},
		{pattern: "POST " + base, handle: createMessage, check: checkFollowUp},
		{pattern: "GET " + one, handle: getMessage},
		{pattern: "PATCH " + one, handle: editMessage, check: checkMessageEdit},
		{pattern: "DELETE " + one, handle: deleteMessage},
		{pattern: "PUT " + one + "/reactions/{emoji}/@me", handle: addReaction},
		{pattern: "DELETE " + one + "/reactions/{emoji}/@me", handle: removeReaction},
		{pattern: "POST /channels/{channel}/typing", handle: showTyping},
		{pattern: "GET /channels/{channel}", handle: getChannel},
	}
}

// channel finds the route's channel and checks that the bot may do there what
// the permissions say.
func (c *call) channel(need Permission) (*Channel, *apiError) {
	ch := c.s.channels[c.path("channel")]
	if ch == nil {
		return nil, unknown(CodeUnknownChannel, "Channel")
	}
	if !ch.withBot() {
		return nil, forbidden(CodeMissingAccess, "Missing Access")
	}
	if ch.guild == nil {
		return ch, nil
	}
	p := permissionsIn(ch.guild.bot, ch)
	if !p.has(ViewChannel) {
		return nil, forbidden(CodeMissingAccess, "Missing Access")
	}
	if ch.Type == channelThread && need.has(SendMessages) {
		need = need&^SendMessages | SendMessagesInThreads
	}
	if !p.has(need) {
		return nil, forbidden(CodeMissingPermissions, "Missing Permissions")
	}
	return ch, nil
}

func (c *call) message(ch *Channel) (*Message, *apiError) {
	m := c.s.messages[c.path("message")]
	if m == nil || m.ChannelID != ch.ID || m.Ephemeral() {
		return nil, unknown(CodeUnknownMessage, "Message")
	}
	return m, nil
}

// seen is the message as REST shows it to the bot: without the message
// content intent not everything, and never what only events carry.
func (s *Server) seen(m *Message) *Message {
	out := *m
	if s.opts.Privileged&IntentMessageContent == 0 {
		out = *s.blanked(m)
	}
	out.GuildID, out.Member = "", nil
	if r := out.ReferencedMessage; r != nil {
		inner := *r
		inner.GuildID = ""
		out.ReferencedMessage = &inner
	}
	return &out
}

func listMessages(c *call) (any, *apiError) {
	ch, e := c.channel(ReadMessageHistory)
	if e != nil {
		return nil, e
	}
	q := c.r.URL.Query()
	limit := 50
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	var out []*Message
	for _, m := range slices.Backward(ch.messages) {
		if m.Ephemeral() || !within(m.ID, q) {
			continue
		}
		out = append(out, c.s.seen(m))
	}
	if q.Get("after") != "" && len(out) > limit {
		out = out[len(out)-limit:] // the ones that follow at once
	}
	return append([]*Message{}, out[:min(limit, len(out))]...), nil
}

func within(id string, q url.Values) bool {
	if b := q.Get("before"); b != "" && !older(id, b) {
		return false
	}
	if a := q.Get("after"); a != "" && !older(a, id) {
		return false
	}
	return true
}

// older reports whether snowflake a comes before b.
func older(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

func createMessage(c *call) (any, *apiError) {
	b, _ := c.messageBody(c.body)
	need := SendMessages
	if len(b.Embeds) > 0 {
		need |= EmbedLinks
	}
	if len(c.files) > 0 {
		need |= AttachFiles
	}
	ch, e := c.channel(need)
	if e != nil {
		return nil, e
	}
	s := c.s
	if ch.guild == nil && slices.ContainsFunc(ch.recipients, func(u *User) bool { return u.closedDMs }) {
		return nil, forbidden(CodeCannotMessageUser, "Cannot send messages to this user")
	}
	if b.EnforceNonce && len(b.Nonce) > 0 {
		for _, m := range slices.Backward(ch.messages) {
			if m.Author.ID == s.bot.ID && string(m.Nonce) == string(b.Nonce) {
				return s.seen(m), nil // it was sent before
			}
		}
	}
	msg := s.made(ch, b, c.uploads())
	if r := b.MessageReference; r != nil {
		if ch.guild != nil && !permissionsIn(ch.guild.bot, ch).has(ReadMessageHistory) {
			return nil, &apiError{Status: http.StatusForbidden, Code: CodeNoHistory,
				Message: "Cannot reply without permission to read message history"}
		}
		to := s.messages[r.MessageID]
		switch {
		case to != nil && to.ChannelID == ch.ID && !to.Ephemeral():
			msg.Type = messageReply
			msg.MessageReference = &MessageReference{MessageID: to.ID, ChannelID: ch.ID, GuildID: to.GuildID}
			msg.ReferencedMessage = withoutReference(to)
			if m := b.AllowedMentions; m == nil || m.RepliedUser {
				msg.addMention(to.Author)
			}
		case r.FailIfNotExists == nil || *r.FailIfNotExists:
			return nil, &apiError{Status: http.StatusBadRequest, Code: CodeInvalidForm, Message: "Invalid Form Body",
				Errors: object{"message_reference": object{"_errors": []object{
					{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}}}}}
		}
	}
	s.post(ch, msg)
	return s.seen(msg), nil
}

func getMessage(c *call) (any, *apiError) {
	ch, e := c.channel(ReadMessageHistory)
	if e != nil {
		return nil, e
	}
	m, e := c.message(ch)
	if e != nil {
		return nil, e
	}
	return c.s.seen(m), nil
}

func checkMessageEdit(c *call) []broken {
	b, bad := c.messageBody(c.body)
	if bad != nil {
		return bad
	}
	c.s.mu.Lock()
	before := c.s.messages[c.path("message")]
	c.s.mu.Unlock()
	if before == nil {
		before = &Message{Content: "?"} // gone: the handler says so
	}
	return checkMessage(b, before, len(c.files))
}

func editMessage(c *call) (any, *apiError) {
	ch, e := c.channel(0)
	if e != nil {
		return nil, e
	}
	old, e := c.message(ch)
	if e != nil {
		return nil, e
	}
	if old.Author.ID != c.s.bot.ID {
		return nil, forbidden(CodeOtherAuthor, "Cannot edit a message authored by another user")
	}
	b, _ := c.messageBody(c.body)
	msg := c.s.edited(old, b, c.uploads())
	c.s.replace(msg)
	return c.s.seen(msg), nil
}

func deleteMessage(c *call) (any, *apiError) {
	ch, e := c.channel(0)
	if e != nil {
		return nil, e
	}
	m, e := c.message(ch)
	if e != nil {
		return nil, e
	}
	if m.Author.ID != c.s.bot.ID && (ch.guild == nil || !permissionsIn(ch.guild.bot, ch).has(ManageMessages)) {
		return nil, forbidden(CodeMissingPermissions, "Missing Permissions")
	}
	c.s.remove(m)
	return nil, nil
}

func addReaction(c *call) (any, *apiError) {
	return c.react(AddReactions|ReadMessageHistory, func(list []Reaction, name string) []Reaction {
		at := slices.IndexFunc(list, func(r Reaction) bool { return r.Emoji.Name == name })
		if at < 0 {
			return append(list, newReaction(name, 1, true))
		}
		if !list[at].Me {
			list[at] = newReaction(name, list[at].Count+1, true)
		}
		return list
	})
}

func removeReaction(c *call) (any, *apiError) {
	return c.react(ReadMessageHistory, func(list []Reaction, name string) []Reaction {
		for i, r := range list {
			if r.Emoji.Name == name && r.Me {
				list[i] = newReaction(name, r.Count-1, false)
			}
		}
		return slices.DeleteFunc(list, func(r Reaction) bool { return r.Count <= 0 })
	})
}

func newReaction(name string, count int, me bool) Reaction {
	return Reaction{Count: count, Details: object{"normal": count, "burst": 0}, Me: me, Emoji: Emoji{Name: name},
		BurstColors: []string{}}
}

func (c *call) react(need Permission, change func([]Reaction, string) []Reaction) (any, *apiError) {
	ch, e := c.channel(need)
	if e != nil {
		return nil, e
	}
	m, e := c.message(ch)
	if e != nil {
		return nil, e
	}
	name, _, _ := strings.Cut(c.path("emoji"), ":")
	next := *m
	next.Reactions = change(slices.Clone(m.Reactions), name)
	c.s.swap(&next)
	return nil, nil
}

func showTyping(c *call) (any, *apiError) {
	ch, e := c.channel(SendMessages)
	if e != nil {
		return nil, e
	}
	ch.typing++
	return nil, nil
}

func getChannel(c *call) (any, *apiError) {
	ch, e := c.channel(0)
	if e != nil {
		return nil, e
	}
	return ch.json(), nil
}

// made is a new message of the bot's. The caller holds the lock and posts it.
func (s *Server) made(ch *Channel, b messageBody, files []File) *Message {
	msg := &Message{
		ID: s.newID(), ChannelID: ch.ID, Author: s.bot.info(), Content: strings.TrimSpace(b.text()),
		Timestamp: s.stamp(), Embeds: shownEmbeds(b.Embeds), Components: numbered(b.Components), Flags: b.flags(),
		TTS: b.TTS, Attachments: s.attach(files),
	}
	if len(b.Nonce) > 0 && string(b.Nonce) != "null" {
		msg.Nonce = b.Nonce
	}
	b.describe(msg.Attachments)
	s.fillMentions(msg, ch)
	return msg
}

// edited is the message after an edit. The caller holds the lock and puts
// it in the old one's place.
func (s *Server) edited(old *Message, b messageBody, files []File) *Message {
	msg := *old
	msg.Flags &^= FlagLoading
	if b.has("content") {
		msg.Content = strings.TrimSpace(b.text())
	}
	if b.has("embeds") {
		msg.Embeds = shownEmbeds(b.Embeds)
	}
	if b.has("components") {
		msg.Components = numbered(b.Components)
	}
	if b.Flags != nil {
		const settable = FlagSuppressEmbeds | FlagComponentsV2
		msg.Flags = msg.Flags&^FlagSuppressEmbeds | *b.Flags&settable | msg.Flags&FlagComponentsV2
	}
	if b.has("attachments") {
		msg.Attachments = slices.DeleteFunc(slices.Clone(msg.Attachments), func(a Attachment) bool {
			return !slices.ContainsFunc(b.Attachments, func(r attachmentRequest) bool { return r.id() == a.ID })
		})
	}
	if len(files) > 0 {
		added := s.attach(files)
		b.describe(added)
		msg.Attachments = append(slices.Clone(msg.Attachments), added...)
	}
	if old.Flags&FlagLoading == 0 {
		now := s.stamp()
		msg.EditedTimestamp = &now
	}
	msg.Mentions, msg.MentionRoles = nil, nil
	s.fillMentions(&msg, s.channels[msg.ChannelID])
	return &msg
}

func (a *attachmentRequest) id() string { return strings.Trim(string(a.ID), `"`) }

// describe gives uploaded files the descriptions that the body has for them.
func (b *messageBody) describe(list []Attachment) {
	for i := range list {
		for _, a := range b.Attachments {
			if a.id() == strconv.Itoa(i) {
				list[i].Description = a.Description
			}
		}
	}
}

func shownEmbeds(list []Embed) []Embed {
	out := append([]Embed{}, list...)
	for i := range out {
		if out[i].Type == "" {
			out[i].Type = "rich"
		}
	}
	return out
}
