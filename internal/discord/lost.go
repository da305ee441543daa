package discord

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

var errLost = errors.New("the event was lost")

// tellLost tells who waits for an answer to an event that was lost to a panic
// under which reference the log says why.
func (b *Bot) tellLost(work context.Context, kind string, data json.RawMessage, ref string) {
	switch kind {
	case "INTERACTION_CREATE":
		if in, err := decode[interaction](data); err == nil && in.ID != "" && in.Token != "" {
			b.interactionLost(work, in, ref)
		}
	case "MESSAGE_CREATE":
		if m, err := decode[message](data); err == nil && b.spokenTo(m) {
			b.messageLost(work, m, ref)
		}
	}
}

func (b *Bot) interactionLost(work context.Context, in interaction, ref string) {
	c, ok := in.caller()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(work, b.pace.first)
	defer cancel()
	j := job{name: "unknown", reference: ref, caller: c, private: true}
	if in.Type == interactionAutocomplete {
		b.offer(ctx, in, j, Reply{})
		return
	}
	b.respond(ctx, in, j, b.failed(ctx, j, errLost))
}

func (b *Bot) messageLost(work context.Context, m message, ref string) {
	ctx, cancel := context.WithTimeout(work, b.pace.answer)
	defer cancel()
	h := hearing{job: job{name: "message", reference: ref, caller: Caller{ID: m.Author.ID, Server: m.Guild, Channel: m.Channel}}}
	t := &thread{turn: make(chan struct{}, 1), hearing: h, message: m}
	b.post(ctx, t, h, b.failed(ctx, h.job, errLost))
}

// spokenTo reports whether a message is for the bot beyond doubt: a person wrote it
// in a direct message or named the bot. It depends on nothing but the message.
func (b *Bot) spokenTo(m message) bool {
	self, _ := b.who()
	if m.ID == "" || m.Author == nil || m.Author.Bot || m.Author.System || m.Webhook != "" || m.Type != messagePlain && m.Type != messageReply {
		return false
	}
	return m.Guild == "" || slices.ContainsFunc(m.Mentions, func(u user) bool { return u.ID == self })
}
