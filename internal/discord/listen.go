package discord

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"verbatim/internal/answer"
)

// hearing is a message that is for the bot, and what is to be done about it.
type hearing struct {
	job
	ask       askRequest
	listening bool // nobody spoke to the bot: the channel is one where it answers every question
	cooldown  time.Duration
	edited    time.Time // when what it says was written; zero when it never changed
	hint      string    // key of what to say in place of an answer; "" for none
}

// heard takes a new message, and answers it if it is for the bot.
func (b *Bot) heard(work context.Context, m message) {
	h, ok := b.addressed(m)
	if !ok || b.tooMany(work, h) {
		return
	}
	t := &thread{turn: make(chan struct{}, 1), question: h.ask.Question, hearing: h, message: m}
	b.threads.put(m.ID, t)
	full := b.flight.do(func() { b.converse(work, t, h) }, func() {
		if h.listening {
			return
		}
		ctx, cancel := context.WithTimeout(work, b.pace.first)
		defer cancel()
		b.post(ctx, t, h, Reply{Text: b.handlers.speaker(h.caller).say("error.busy")})
	})
	if full {
		b.turnAway(work, h.asked(), outcomeBusy)
	}
}

// asked is the job of a question that is counted without being answered.
func (h hearing) asked() job {
	j := h.job
	j.reference, j.asks, j.question = reference(), true, h.ask.Question
	return j
}

// addressed decides whether a message speaks to the bot: a direct message, one
// that names the bot, a reply to one of the bot's, or a question in a channel
// where every question is answered. Bots, webhooks and what Discord writes itself
// are never answered.
func (b *Bot) addressed(m message) (hearing, bool) {
	self, _ := b.who()
	if m.Author == nil || m.Author.ID == "" || m.Author.ID == self || m.Author.Bot || m.Author.System || m.Webhook != "" {
		return hearing{}, false
	}
	if m.Type != messagePlain && m.Type != messageReply {
		return hearing{}, false
	}
	c := Caller{ID: m.Author.ID, Name: m.Author.name(), Server: m.Guild, Channel: m.Channel, Parent: b.places.parent(m.Channel)}
	if m.Member != nil {
		c.Member, c.Roles = true, m.Member.Roles
	}
	roles := b.places.names(m.Guild, self)
	replies := m.Referenced != nil && m.Referenced.Author != nil && m.Referenced.Author.ID == self
	named := m.names(self, roles)
	question := m.words(self, roles)
	nameless := m
	nameless.Mentions = nil
	h := hearing{job: job{name: "message", caller: c, limit: b.pace.answer}, ask: askRequest{Caller: c, Question: question, Nameless: cmp.Or(nameless.words(self, roles), " "), Follows: []string{askerKey(c)}}}
	if at, err := time.Parse(time.RFC3339, m.Edited); err == nil {
		h.edited = at
	}
	if replies {
		h.ask.Follows = append([]string{replyKey(m.Referenced.ID), replyKey(m.Referenced.interaction())}, h.ask.Follows...)
	}
	switch {
	case named:
		return h, true
	case replies || m.Guild == "":
		if question == "" && len(m.Attachments)+len(m.Stickers) > 0 {
			return hearing{}, false // a picture or a sticker under an answer asks nothing
		}
		if m.Content == "" && m.Guild != "" && !b.config.MessageContent {
			h.hint = "ask.unread"
		}
		return h, true
	}
	cooldown, ok := b.handlers.settings.Listens(m.Guild, c.Channel)
	if !ok && c.Parent != "" {
		cooldown, ok = b.handlers.settings.Listens(m.Guild, c.Parent)
	}
	if !ok || !b.handlers.asks(question) {
		return hearing{}, false
	}
	h.listening, h.ask.Quiet, h.cooldown = true, true, cooldown
	return h, true
}

// asks reports whether a text is a question: it has a question mark at its end,
// or begins as questions do in a language that the bot speaks.
func (h *handlers) asks(text string) bool {
	text = strings.TrimRight(text, " \t\"”»')!.")
	if text == "" {
		return false
	}
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "؟") || strings.HasSuffix(text, "？") {
		return true
	}
	words := strings.Fields(strings.ToLower(text))
	if len(words) < 3 {
		return false
	}
	for _, s := range h.words.speakers {
		for _, opener := range strings.Fields(s.say("listen.openers")) {
			if words[0] == opener {
				return true
			}
		}
	}
	return false
}

// thread is a message of a member's and the bot's reply to it.
type thread struct {
	turn    chan struct{} // held by whoever works on the reply
	message message
	hearing hearing

	question string    // that the reply answers; under turn, like the rest
	edited   time.Time // when that was written; zero when it never changed
	reply    string    // the reply's identifier; "" while there is none
	gone     bool      // the question was deleted
}

// take waits for the turn to work on the reply.
func (t *thread) take(ctx context.Context) bool {
	select {
	case t.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t *thread) leave() { <-t.turn }

// converse answers a message, or edits the answer after the message was. When
// that takes long, the bot is seen typing.
func (b *Bot) converse(work context.Context, t *thread, h hearing) {
	ctx, cancel := context.WithTimeout(work, h.limit)
	defer cancel()
	if !t.take(ctx) {
		return
	}
	defer t.leave()
	if t.gone || h.edited.Before(t.edited) {
		return // edits may come in any order
	}
	t.question, t.edited = h.ask.Question, h.edited
	h.reference, h.asks, h.question = reference(), true, h.ask.Question
	var remember *turn
	h.opens = h.hint == ""
	h.run = func(ctx context.Context) (Reply, error) {
		if h.hint != "" {
			return Reply{Text: b.handlers.speaker(h.caller).say(h.hint)}, nil
		}
		out, err := b.handlers.in(h.caller.Server).ask(ctx, h.ask)
		remember = out.turn
		return out.Reply, err
	}
	result := b.launch(ctx, h.job)
	timer := time.NewTimer(b.pace.deferral)
	defer timer.Stop()
	var reply Reply
	for waiting := true; waiting; {
		select {
		case reply = <-result:
			waiting = false
		case <-timer.C:
			if err := b.client.do(ctx, http.MethodPost, "channels/"+t.message.Channel+"/typing", nil, nil); err != nil {
				b.logger.LogAttrs(ctx, slog.LevelDebug, "typing was not shown", slog.Any("error", err))
			}
		case <-ctx.Done():
			select {
			case reply = <-result: // the handler may have noticed the end as well
			case <-time.After(b.pace.deferral):
				b.logger.LogAttrs(work, slog.LevelError, "a request took too long", slog.String("request", h.name), slog.String("reference", h.reference))
				reply = b.failed(ctx, h.job, ctx.Err())
				h.listening = h.listening || work.Err() != nil
			}
			waiting = false
		}
	}
	if h.listening && (reply.Private || reply.Empty() || t.reply == "" && !b.mayBreakSilence(t.message.Channel, h.cooldown)) {
		return // nobody asked the bot: what isn't an answer isn't said
	}
	last, cancelLast := context.WithTimeout(context.WithoutCancel(work), b.pace.drain)
	defer cancelLast()
	b.post(last, t, h, reply)
	if t.reply != "" && remember != nil {
		b.handlers.talks.note(*remember, askerKey(h.caller), replyKey(t.reply))
		b.handlers.answers.put(replyKey(t.reply), remember.golden())
	}
}

// mayBreakSilence reports whether the bot may answer unasked in a channel now,
// and begins the next silence if so.
func (b *Bot) mayBreakSilence(channel string, cooldown time.Duration) bool {
	now := b.config.Clock()
	return b.answered.claim(channel, now, func(last time.Time) bool { return now.Sub(last) >= cooldown })
}

// post sends a reply to a message, or edits the one that was sent. If it is sent
// twice, for the answer to the first sending was lost, Discord shows it once.
func (b *Bot) post(ctx context.Context, t *thread, h hearing, reply Reply) {
	if reply.Empty() {
		return
	}
	self, _ := b.who()
	m := t.message
	how := manner{}
	if m.Guild != "" {
		how = b.places.manner(m.Channel, self)
	}
	if how.mute {
		b.whisper(ctx, h)
		return
	}
	if how.nocard {
		reply = reply.flat(b.speaker(h.caller))
	}
	err := b.say(ctx, t, reply, how)
	if instead, ok := b.instead(ctx, h.job, err); ok {
		err = b.say(ctx, t, instead, how)
	}
	if httpStatus(err) == http.StatusForbidden {
		b.whisper(ctx, h)
	}
	b.sent(ctx, h.job, err)
}

// parent is the channel that a thread hangs on; "" when the channel is no thread,
// or isn't known.
func (p *places) parent(id string) string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if g := p.guilds[p.owner[id]]; g != nil && g.channels[id].thread() {
		return g.channels[id].Parent
	}
	return ""
}

// lacks names the permission that the bot would need to write in a channel; ""
// when it has all, or isn't told.
func (b *Bot) lacks(channel string) string {
	self, _ := b.who()
	perms, thread, known := b.places.may(channel, self)
	switch {
	case !known:
		return ""
	case perms&permViewChannel == 0:
		return "view"
	case thread && perms&permSendInThreads == 0:
		return "threads"
	case !thread && perms&permSendMessages == 0:
		return "send"
	}
	return ""
}

// say sends the reply of a thread, or edits it.
func (b *Bot) say(ctx context.Context, t *thread, reply Reply, how manner) error {
	reply.Private = false // a message can't be
	path := "channels/" + t.message.Channel + "/messages"
	if t.reply != "" {
		return b.client.do(ctx, http.MethodPatch, path+"/"+t.reply, *reply.edit(), nil)
	}
	data := reply.message(false)
	if !how.loose {
		data.Reference = &replied{Message: t.message.ID}
	}
	data.Nonce = t.message.ID
	var posted struct {
		ID string `json:"id"`
	}
	err := b.client.do(ctx, http.MethodPost, path, *data, &posted)
	t.reply = posted.ID
	return err
}

// whisper tells a member in a direct message that the bot may not speak where
// they asked, once an hour at most. Members who take no direct messages aren't
// told.
func (b *Bot) whisper(ctx context.Context, h hearing) {
	c := h.caller
	if h.listening {
		return
	}
	if !b.told.claim(askerKey(c), true, func(bool) bool { return false }) {
		return
	}
	b.direct(ctx, h.job, Reply{Text: b.handlers.speaker(c).say("refused.speak", "Channel", "<#"+c.Channel+">")})
}

// edited takes a change of a message: the reply to a question that was edited is
// edited, and a message that asks only now is answered.
func (b *Bot) edited(work context.Context, m message) {
	t, known := b.threads.get(m.ID)
	if !known {
		if m.Edited != "" && m.Author != nil && b.young(m.ID) {
			b.heard(work, m)
		}
		return
	}
	if m.Author == nil {
		m.Author, m.Guild, m.Member, m.Type, m.Referenced = t.message.Author, t.message.Guild, t.message.Member, t.message.Type, t.message.Referenced
	}
	h, ok := b.addressed(m)
	if !ok || h.ask.Question == "" {
		return
	}
	full := b.flight.do(func() {
		ctx, cancel := context.WithTimeout(work, b.pace.answer)
		defer cancel()
		if !t.take(ctx) {
			return
		}
		same := t.question == h.ask.Question
		t.leave()
		if !same && !b.tooMany(work, h) {
			b.converse(work, t, h)
		}
	}, func() {})
	if full {
		b.turnAway(work, h.asked(), outcomeBusy)
	}
}

// young reports whether a message was written lately: Discord also tells of
// changes to messages of long ago.
func (b *Bot) young(id string) bool {
	written, ok := written(id)
	return ok && b.config.Clock().Sub(written) < answer.FollowUpTime
}

// deleted takes the deletion of messages: the reply to a question that is gone
// goes too.
func (b *Bot) deleted(work context.Context, channel string, ids ...string) {
	for _, id := range ids {
		t, ok := b.threads.drop(id)
		if !ok && id != "" {
			b.seen.first(id) // should the message itself come after this
		}
		if !ok {
			continue
		}
		b.flight.do(func() {
			ctx, cancel := context.WithTimeout(work, b.pace.answer)
			defer cancel()
			if !t.take(ctx) {
				return
			}
			defer t.leave()
			t.gone = true
			if t.reply == "" {
				return
			}
			err := b.client.do(ctx, http.MethodDelete, "channels/"+channel+"/messages/"+t.reply, nil, nil)
			b.sent(ctx, t.hearing.job, err)
		}, func() {})
	}
}
