package discord

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// heard decides whether a message is for the bot, and answers it if so.
func (b *Bot) heard(m message) {
	j, ok := b.addressed(m)
	if !ok {
		return
	}
	b.flight.do(func() { b.reply(m, j) }, func() {
		ctx, cancel := context.WithTimeout(b.base(), b.pace.first)
		defer cancel()
		b.post(ctx, m, j, Reply{Text: b.handlers.speaker(j.caller).say("error.busy")})
	})
}

// addressed finds the job for a message that speaks to the bot: a direct
// message, one that names the bot, or a reply to one of the bot's. Bots, webhooks
// and what Discord writes itself are never answered.
func (b *Bot) addressed(m message) (job, bool) {
	self, _ := b.who()
	if m.Author == nil || m.Author.ID == "" || m.Author.ID == self || m.Author.Bot || m.Author.System || m.Webhook != "" {
		return job{}, false
	}
	if m.Type != messagePlain && m.Type != messageReply {
		return job{}, false
	}
	c := Caller{ID: m.Author.ID, Name: m.Author.name(), Server: m.Guild, Channel: m.Channel}
	if m.Member != nil {
		c.Member, c.Roles = true, m.Member.Roles
	}
	replies := m.Referenced != nil && m.Referenced.Author != nil && m.Referenced.Author.ID == self
	named := m.names(self, nil)
	if m.Guild != "" && !named && !replies {
		return job{}, false
	}
	question := m.words(self, nil)
	j := job{name: "message", caller: c, limit: b.pace.answer}
	switch {
	case question == "" && len(m.Attachments)+len(m.Stickers) > 0 && !named:
		return job{}, false // a picture or a sticker under an answer asks nothing
	case question == "" && m.Content == "" && replies && !b.config.MessageContent && m.Guild != "":
		j.run = func(context.Context) (Reply, error) {
			return Reply{Text: b.handlers.speaker(c).say("ask.unread")}, nil
		}
	default:
		r := askRequest{Caller: c, Question: question}
		j.run = func(ctx context.Context) (Reply, error) { return b.handlers.ask(ctx, r) }
	}
	return j, true
}

// reply answers a message. When that takes long, the bot is seen typing.
func (b *Bot) reply(m message, j job) {
	work := b.base()
	ctx, cancel := context.WithTimeout(work, j.limit)
	defer cancel()
	result := b.launch(ctx, j)
	timer := time.NewTimer(b.pace.deferral)
	defer timer.Stop()
	for {
		select {
		case reply := <-result:
			last, cancelLast := context.WithTimeout(context.WithoutCancel(work), b.pace.drain)
			defer cancelLast()
			b.post(last, m, j, reply)
			return
		case <-timer.C:
			if err := b.client.do(ctx, http.MethodPost, "channels/"+m.Channel+"/typing", nil, nil); err != nil {
				b.logger.LogAttrs(ctx, slog.LevelDebug, "typing was not shown", slog.Any("error", err))
			}
		case <-ctx.Done():
			last, cancelLast := context.WithTimeout(context.WithoutCancel(work), b.pace.drain)
			defer cancelLast()
			ref := reference()
			b.logger.LogAttrs(work, slog.LevelError, "a request took too long", slog.String("request", j.name), slog.String("reference", ref))
			b.post(last, m, j, b.failed(ctx, j, ctx.Err(), ref))
			return
		}
	}
}

// post sends a reply to a message. If it is sent twice, for the answer to the
// first sending was lost, Discord shows it once.
func (b *Bot) post(ctx context.Context, m message, j job, reply Reply) {
	if reply.Empty() {
		return
	}
	reply.Private = false // a message can't be
	if j.caller.Plain {
		reply = reply.flat()
	}
	data := reply.message(false)
	data.Reference = &replied{Message: m.ID}
	data.Nonce = m.ID
	b.sent(ctx, j, b.client.do(ctx, http.MethodPost, "channels/"+m.Channel+"/messages", *data, nil))
}
