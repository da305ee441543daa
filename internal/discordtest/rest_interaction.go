package discordtest

import (
	"encoding/json"
	"net/http"
)

// callback is the first response to an interaction.
type callback struct {
	Type int             `json:"type"`
	Data json.RawMessage `json:"data"`
}

func (s *Server) interactionRoutes() []route {
	base := "/webhooks/{app}/{token}"
	return []route{
		{pattern: "POST /interactions/{id}/{token}/callback", open: true, noLimit: true,
			handle: respond, check: checkCallback},
		{pattern: "POST " + base, open: true, noLimit: true, handle: followUp, check: checkFollowUp},
		{pattern: "GET " + base + "/messages/{message}", open: true, noLimit: true, handle: getResponse},
		{pattern: "PATCH " + base + "/messages/{message}", open: true, noLimit: true,
			handle: editResponse, check: checkResponseEdit},
		{pattern: "DELETE " + base + "/messages/{message}", open: true, noLimit: true, handle: deleteResponse},
	}
}

// legal reports whether the interaction may have that first response.
func (i *Interaction) legal(response int) bool {
	switch response {
	case ResponseMessage, ResponseDeferred:
		return i.kind != interactionAutocomplete
	case ResponseDeferredUpdate, ResponseUpdate:
		return i.kind == interactionComponent || i.kind == interactionModal && i.message != nil
	case ResponseChoices:
		return i.kind == interactionAutocomplete
	case ResponseModal:
		return i.kind == interactionCommand || i.kind == interactionComponent
	}
	return false
}

func checkCallback(c *call) []broken {
	var cb callback
	if err := strictly(c.body, &cb); err != nil {
		return []broken{{rule: "a response is a JSON object", detail: err.Error()}}
	}
	c.s.mu.Lock()
	i := c.s.interactions.byID[c.path("id")]
	c.s.mu.Unlock()
	if i == nil {
		return nil // 10062
	}
	var r rules
	if !i.legal(cb.Type) {
		r.add("a response that this type of interaction may have", "type %d to a %s", cb.Type, i)
		return r.list
	}
	switch cb.Type {
	case ResponseMessage, ResponseUpdate:
		b, bad := c.messageBody(cb.Data)
		if bad != nil {
			return bad
		}
		var before *Message
		if cb.Type == ResponseUpdate {
			c.s.mu.Lock()
			before = c.s.messages[i.message.ID]
			c.s.mu.Unlock()
		}
		if extra := b.flags() &^ (FlagSuppressEmbeds | FlagEphemeral | FlagComponentsV2 | 1<<12); extra != 0 {
			r.add("flags that a response may have", "%d", extra)
		}
		r.list = append(r.list, checkMessage(b, before, len(c.files))...)
	case ResponseDeferred, ResponseDeferredUpdate:
		b, bad := c.messageBody(cb.Data)
		if bad != nil {
			return bad
		}
		if b.flags()&^FlagEphemeral != 0 {
			r.add("a deferral honours the flag EPHEMERAL only", "%d", b.flags())
		}
	case ResponseChoices:
		var d struct {
			Choices []Choice `json:"choices"`
		}
		if err := json.Unmarshal(cb.Data, &d); err != nil {
			r.add("suggestions are a list of choices", "%v", err)
			break
		}
		kind := i.option
		if kind == 0 {
			kind = optionString
		}
		r.choices(d.Choices, kind)
	case ResponseModal:
		var m Modal
		if err := json.Unmarshal(cb.Data, &m); err != nil {
			r.add("a modal is a JSON object", "%v", err)
			break
		}
		r.list = append(r.list, checkModal(m)...)
	}
	return r.list
}

// respond takes the first response.
func respond(c *call) (any, *apiError) {
	s := c.s
	i := s.interactions.byID[c.path("id")]
	if i == nil || i.Token != c.path("token") {
		return nil, unknown(CodeUnknownInteraction, "interaction")
	}
	if i.response != 0 {
		if !s.faults.misled {
			s.recordLocked(Violation{Route: c.route.pattern, Rule: "an interaction is answered once",
				Detail: i.String(), Body: shorten(string(c.body), 300)})
		}
		return nil, &apiError{Status: http.StatusBadRequest, Code: CodeAlreadyAcknowledged,
			Message: "Interaction has already been acknowledged."}
	}
	if late := c.arrived.Sub(i.sent); late > firstResponseWithin {
		// A bot that was disconnected meanwhile can't help it.
		if i.delivered {
			s.recordLocked(Violation{Route: c.route.pattern, Rule: "an interaction is answered within 3 s",
				Detail: i.String() + " after " + late.String()})
		}
		return nil, unknown(CodeUnknownInteraction, "interaction")
	}
	if s.channels[i.channel.ID] == nil {
		return nil, unknown(CodeUnknownChannel, "Channel")
	}
	var cb callback
	if err := json.Unmarshal(c.body, &cb); err != nil {
		return nil, invalidForm(err)
	}
	if s.opts.Dialect.NoDeferral && (cb.Type == ResponseDeferred || cb.Type == ResponseDeferredUpdate) {
		return nil, &apiError{Status: http.StatusNotImplemented, Message: "deferrals are not implemented"}
	}
	var msg *Message
	switch cb.Type {
	case ResponseMessage, ResponseDeferred:
		b, _ := c.messageBody(cb.Data)
		msg = i.newMessage(b, c.uploads(), cb.Type == ResponseDeferred)
		i.original = msg.ID
		s.post(i.channel, msg)
	case ResponseDeferredUpdate:
		i.original = i.message.ID
	case ResponseUpdate:
		old := s.messages[i.message.ID]
		if old == nil {
			return nil, unknown(CodeUnknownMessage, "Message")
		}
		i.original = old.ID
		b, _ := c.messageBody(cb.Data)
		msg = s.edited(old, b, c.uploads())
		s.replace(msg)
	case ResponseChoices:
		var d struct {
			Choices []Choice `json:"choices"`
		}
		if err := json.Unmarshal(cb.Data, &d); err != nil {
			return nil, invalidForm(err)
		}
		i.choices = append([]Choice{}, d.Choices...)
	case ResponseModal:
		i.modal = new(Modal)
		if err := json.Unmarshal(cb.Data, i.modal); err != nil {
			return nil, invalidForm(err)
		}
		i.modal.Components = numbered(i.modal.Components)
	}
	i.response = cb.Type
	i.wake()
	if c.r.URL.Query().Get("with_response") != "true" {
		return nil, nil
	}
	out := object{"interaction": object{"id": i.ID, "type": i.kind, "response_message_ephemeral": false}}
	if msg != nil {
		out["resource"] = object{"type": cb.Type, "message": s.seen(msg)}
	}
	return out, nil
}

// newMessage makes the message of a response or of a follow-up. The caller
// holds the lock.
func (i *Interaction) newMessage(b messageBody, files []File, loading bool) *Message {
	s := i.s
	owners := map[string]string{"0": "0"}
	if i.channel.guild != nil {
		owners["0"] = i.channel.guild.ID
	}
	if i.foreign {
		owners = map[string]string{"1": i.user.ID}
	}
	msg := s.made(i.channel, b, files)
	msg.WebhookID, msg.ApplicationID = s.appID, s.appID
	msg.InteractionMetadata = &InteractionMetadata{ID: i.ID, Type: i.kind, User: i.user.info(),
		AuthorizingIntegrationOwners: owners}
	switch {
	case i.original != "":
		msg.Type = messageReply
		msg.MessageReference = &MessageReference{MessageID: i.original, ChannelID: i.channel.ID}
		msg.InteractionMetadata.OriginalResponseMessageID = i.original
	case i.message != nil:
		msg.Type = messageReply
		msg.MessageReference = &MessageReference{MessageID: i.message.ID, ChannelID: i.channel.ID}
	case i.kind == interactionCommand && i.command.Type == CommandSlash:
		msg.Type = messageChatCommand
	case i.kind == interactionCommand:
		msg.Type = messageMenuCommand
	}
	if loading {
		msg.Flags |= FlagLoading
	}
	return msg
}
