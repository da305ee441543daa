package discordtest

import (
	"net/http"
	"slices"
)

// byWebhook finds the interaction of a webhook's route while its token lives.
func (c *call) byWebhook() (*Interaction, *apiError) {
	i := c.s.interactions.byToken[c.path("token")]
	if i == nil || c.path("app") != c.s.appID {
		return nil, unknown(CodeUnknownWebhook, "Webhook")
	}
	if c.s.now().Sub(i.sent) > tokenLives {
		return nil, &apiError{Status: http.StatusUnauthorized, Code: 50027, Message: "Invalid Webhook Token"}
	}
	if i.response == 0 {
		return nil, unknown(CodeUnknownWebhook, "Webhook")
	}
	if c.s.channels[i.channel.ID] == nil {
		return nil, unknown(CodeUnknownChannel, "Channel")
	}
	return i, nil
}

func checkFollowUp(c *call) []broken {
	b, bad := c.messageBody(c.body)
	if bad != nil {
		return bad
	}
	return checkMessage(b, nil, len(c.files))
}

func followUp(c *call) (any, *apiError) {
	i, e := c.byWebhook()
	if e != nil {
		return nil, e
	}
	if i.foreign && len(i.followUp) >= maxForeignFollowUps {
		return nil, &apiError{Status: http.StatusBadRequest, Code: CodeTooManyFollowUps,
			Message: "Maximum number of follow up messages has been reached"}
	}
	b, _ := c.messageBody(c.body)
	if first := c.s.messages[i.original]; i.response == ResponseDeferred && first != nil && first.Flags&FlagLoading != 0 {
		// The first follow-up of a deferral takes its place.
		msg := c.s.edited(first, b, c.uploads())
		c.s.replace(msg)
		i.edits++
		i.wake()
		return c.s.seen(msg), nil
	}
	msg := i.newMessage(b, c.uploads(), false)
	i.followUp = append(i.followUp, msg.ID)
	c.s.post(i.channel, msg)
	i.wake()
	return c.s.seen(msg), nil
}

// response finds the message that a webhook's route names.
func (c *call) response(i *Interaction) (*Message, *apiError) {
	id := c.path("message")
	if id == "@original" {
		if c.s.opts.Dialect.NoDeferral && c.r.Method == http.MethodPatch {
			return nil, unknown(CodeUnknownWebhook, "Webhook")
		}
		id = i.original
	} else if id != i.original && !slices.Contains(i.followUp, id) {
		return nil, unknown(CodeUnknownMessage, "Message")
	}
	if m := c.s.messages[id]; m != nil {
		return m, nil
	}
	return nil, unknown(CodeUnknownMessage, "Message")
}

func getResponse(c *call) (any, *apiError) {
	i, e := c.byWebhook()
	if e != nil {
		return nil, e
	}
	m, e := c.response(i)
	if e != nil {
		return nil, e
	}
	return c.s.seen(m), nil
}

func checkResponseEdit(c *call) []broken {
	b, bad := c.messageBody(c.body)
	if bad != nil {
		return bad
	}
	c.s.mu.Lock()
	var before *Message
	if i, e := c.byWebhook(); e == nil {
		before, _ = c.response(i)
	}
	c.s.mu.Unlock()
	if before == nil {
		before = &Message{Content: "?"} // gone: the handler says so
	}
	return checkMessage(b, before, len(c.files))
}

func editResponse(c *call) (any, *apiError) {
	i, e := c.byWebhook()
	if e != nil {
		return nil, e
	}
	old, e := c.response(i)
	if e != nil {
		return nil, e
	}
	b, _ := c.messageBody(c.body)
	msg := c.s.edited(old, b, c.uploads())
	c.s.replace(msg)
	i.edits++
	i.wake()
	return c.s.seen(msg), nil
}

func deleteResponse(c *call) (any, *apiError) {
	i, e := c.byWebhook()
	if e != nil {
		return nil, e
	}
	m, e := c.response(i)
	if e != nil {
		return nil, e
	}
	c.s.remove(m)
	i.wake()
	return nil, nil
}
