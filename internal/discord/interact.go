package discord

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"verbatim/internal/summary"
)

// route finds the job for an interaction. An interaction that nobody handles
// gets a job that says so.
func (b *Bot) route(in interaction, c Caller) job {
	h := b.handlers.in(c.Server)
	j := job{name: "unknown", reference: reference(), caller: c, private: true, limit: b.pace.answer, opens: true}
	j.run = func(context.Context) (Reply, error) { return h.unknown(c), nil }
	switch in.Type {
	case interactionComponent:
		b.routePress(in, c, &j)
	case interactionAutocomplete:
		b.routeComplete(in, c, &j)
	case interactionModal:
		b.routeModal(in, c, &j)
	case interactionCommand:
		b.routeCommand(in, c, &j)
	}
	return j
}

// routed is route, where a panic fails the job.
func (b *Bot) routed(in interaction, c Caller) (j job) {
	defer func() {
		if p := recover(); p != nil {
			err := panicked(p)
			j = job{name: "unknown", reference: reference(), caller: c, private: true, limit: b.pace.answer,
				run: func(context.Context) (Reply, error) { return Reply{}, err }}
		}
	}()
	return b.route(in, c)
}

func (b *Bot) routePress(in interaction, c Caller, j *job) {
	h := b.handlers.in(c.Server)
	r := pressRequest{Caller: c, State: in.Data.CustomID}
	self, _ := b.who()
	if in.Message != nil {
		r.Message = in.Message.ID
		r.Hidden = in.Message.Flags&flagEphemeral != 0
		if in.Message.Author != nil && in.Message.Author.ID == self {
			r.Text, r.Card = in.Message.Content, in.Message.card()
		}
	}
	if st, err := decodeState(r.State); err == nil {
		j.update, j.private = st.Action == actPage && r.Hidden, st.Action != actShare
	}
	if v, err := decodeView(r.State); err == nil {
		j.update = v.Owner == c.ID
	}
	j.name = "button"
	if strings.HasPrefix(r.State, confirmPrefix) {
		j.update, j.private, j.limit, j.upkeep = true, true, b.pace.upkeep, true
		j.run = func(ctx context.Context) (Reply, error) { return h.confirm(ctx, r) }
		return
	}
	j.run = func(ctx context.Context) (Reply, error) { return h.press(ctx, r) }
}

func (b *Bot) routeComplete(in interaction, c Caller, j *job) {
	h := b.handlers.in(c.Server)
	command, opts := in.Data.path()
	r := completeRequest{Caller: c, Command: command, Article: opts.text(nameArticle)}
	for _, o := range opts {
		if o.Focused {
			r.Option = o.Name
			r.Typed, _ = o.Value.(string)
		}
	}
	j.name, j.opens = nameAutocomplete, false
	j.run = func(ctx context.Context) (Reply, error) {
		if !h.desk.Ready() {
			return Reply{}, nil // with the next key, perhaps
		}
		if strings.HasPrefix(command, nameCorpus+" ") {
			return h.choices(ctx, command, r)
		}
		return h.suggestions(ctx, r)
	}
}

func (b *Bot) routeCommand(in interaction, c Caller, j *job) {
	name, opts := in.Data.path()
	h := b.handlers.in(c.Server)
	if in.Data.Type == commandMessage {
		name = in.Data.Name
	} else {
		j.name = "/" + name
	}
	private := func() bool {
		if wish, ok := opts.find(namePrivate).(bool); ok {
			return wish
		}
		return h.settings.Private(c.Server)
	}
	asks := func(run func(context.Context) (asked, error)) func(context.Context) (Reply, error) {
		return func(ctx context.Context) (Reply, error) {
			out, err := run(ctx)
			if err == nil && out.turn != nil {
				h.talks.note(*out.turn, askerKey(c), replyKey(in.ID))
				h.answers.put(replyKey(in.ID), out.turn.golden())
			}
			return out.Reply, err
		}
	}
	if b.routeModerator(name, opts, in, c, j) {
		return
	}
	switch name {
	case nameAsk:
		r := askRequest{Caller: c, Question: opts.text(nameQuestion), Article: opts.text(nameArticle), Passages: opts.number(namePassages),
			Private: private(), Echo: true, Follows: []string{askerKey(c)}}
		j.private, j.asks, j.question = r.Private, true, r.Question
		j.run = asks(func(ctx context.Context) (asked, error) { return h.ask(ctx, r) })
	case nameAbout:
		r := aboutRequest{Caller: c}
		if m := in.Data.Resolved.Messages[in.Data.Target]; m != nil {
			self, _ := b.who()
			r.Message = m.words(self, nil)
		}
		j.name, j.asks, j.question = "about", true, r.Message
		j.run = asks(func(ctx context.Context) (asked, error) { return h.about(ctx, r) })
	case nameSummary:
		r := summaryRequest{Caller: c, Length: summary.Length(opts.text(nameLength)), Article: opts.text(nameArticle), Focus: opts.text(nameFocus), Private: private()}
		j.private = r.Private
		j.run = func(ctx context.Context) (Reply, error) { return h.summarize(ctx, r) }
	case nameArticle + " " + nameAboutIt, nameArticle + " " + nameFacts, nameArticle + " " + nameTimeline, nameArticle + " " + namePeople, nameArticle + " " + nameMentions:
		r := lookRequest{Caller: c, Kind: viewCalled(name), Article: opts.text(nameArticle), Topic: opts.text(nameTerm), Private: private()}
		j.private = r.Private
		j.run = func(ctx context.Context) (Reply, error) { return h.look(ctx, r) }
	case nameVerify:
		j.private = false
		r := checkRequest{Caller: c, Quote: opts.text(nameQuote)}
		j.run = func(ctx context.Context) (Reply, error) { return h.check(ctx, r) }
	case nameHelp:
		j.run = func(ctx context.Context) (Reply, error) { return h.help(ctx, helpRequest{Caller: c, Private: true}) }
	default:
		j.name = "unknown" // kinds are counted, so that there must be few
	}
}

// unknown answers what the bot doesn't know, such as a command that was removed.
func (h *handlers) unknown(c Caller) Reply {
	return Reply{Text: h.speaker(c).say("error.unknown"), Private: true}
}

// arrived takes an interaction, which is answered in the context work.
func (b *Bot) arrived(work context.Context, in interaction) {
	full := b.flight.do(func() {
		defer func() {
			if p := recover(); p != nil {
				ref := reference()
				b.logger.LogAttrs(work, slog.LevelError, "an interaction was lost", slog.String("reference", ref), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
				b.interactionLost(work, in, ref)
			}
		}()
		b.interact(work, in)
	}, func() { b.tellBusy(work, in) })
	if c, ok := in.caller(); full && ok {
		b.turnAway(work, b.routed(in, c), outcomeBusy)
	}
}

// interact answers one interaction: at once when the reply is ready in time,
// else it announces one and edits that. Whatever happens, no interaction is left
// without an answer that Discord would still take.
func (b *Bot) interact(work context.Context, in interaction) {
	arrived := time.Now()
	c, ok := in.caller()
	if !ok {
		return // nobody to answer
	}
	if c.Parent == "" {
		c.Parent = b.places.parent(c.Channel)
	}
	j := b.routed(in, c)
	b.limited(&j)
	first, cancelFirst := context.WithDeadline(work, arrived.Add(b.pace.first))
	defer cancelFirst()
	if in.Type == interactionAutocomplete {
		select {
		case reply := <-b.launch(first, j):
			b.offer(first, in, j, reply)
		case <-first.Done(): // nobody waits for suggestions any more
		}
		return
	}
	ctx, cancel := context.WithTimeout(work, j.limit)
	defer cancel()
	result := b.launch(ctx, j)
	timer := time.NewTimer(b.pace.deferral)
	defer timer.Stop()
	select {
	case reply := <-result:
		b.respond(first, in, j, reply)
		b.notify(work, j, reply)
		return
	case <-timer.C:
	}
	deferred := b.announce(first, in, j)
	var reply Reply
	stop := func() {}
	if deferred && j.progress != nil {
		stop = b.telling(ctx, in, j)
	}
	select {
	case reply = <-result:
		stop()
	case <-ctx.Done():
		stop()
		b.logger.LogAttrs(work, slog.LevelError, "a request took too long", slog.String("request", j.name), slog.String("reference", j.reference))
		reply = b.failed(ctx, j, ctx.Err())
	}
	last, cancelLast := context.WithTimeout(context.WithoutCancel(work), b.pace.drain)
	defer cancelLast()
	if deferred || b.late(last, in, j, reply) {
		b.complete(last, work, lateEdit{in: in, job: j, reply: reply, until: arrived.Add(b.pace.late.token)})
	}
	b.notify(work, j, reply)
}

// telling puts what the job says of its progress where its reply will stand, at
// once and then as often as the pace allows, until stop is called.
func (b *Bot) telling(ctx context.Context, in interaction, j job) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	b.flight.extra(func() {
		defer close(ended)
		ticker := time.NewTicker(b.pace.progress)
		defer ticker.Stop()
		for said, late := "", false; ; late = true {
			if text := j.progress(ctx, late); text != said && text != "" && ctx.Err() == nil {
				if _, err := b.fill(ctx, in, j, Reply{Text: text, Private: j.private}, 0); err != nil && ctx.Err() == nil {
					b.logger.LogAttrs(ctx, slog.LevelDebug, "the progress was not shown", slog.Any("error", err))
				}
				said = text
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		<-ended // so that the reply isn't overwritten
	}
}

// late gives the first answer after one could not be announced. It reports
// whether Discord says that there is one: then the announcement came through,
// though its answer didn't, and the reply goes there.
func (b *Bot) late(ctx context.Context, in interaction, j job, reply Reply) (announced bool) {
	err := b.answerFirst(ctx, in, j, reply)
	if announced = apiCode(err) == codeAcknowledged; !announced {
		b.sent(ctx, j, err)
	}
	return announced
}

func callbackPath(in interaction) string {
	return "interactions/" + in.ID + "/" + in.Token + "/callback"
}

func (b *Bot) originalPath(in interaction) string {
	return b.webhookPath(in) + "/messages/@original"
}

func (b *Bot) webhookPath(in interaction) string {
	application := in.Application
	if application == "" {
		_, application = b.who()
	}
	return "webhooks/" + application + "/" + in.Token
}

// respond gives the first answer to an interaction.
func (b *Bot) respond(ctx context.Context, in interaction, j job, reply Reply) {
	b.sent(ctx, j, b.answerFirst(ctx, in, j, reply))
}

func (b *Bot) answerFirst(ctx context.Context, in interaction, j job, reply Reply) error {
	err := b.callback(ctx, in, j, reply)
	if instead, ok := b.instead(ctx, j, err); ok {
		err = b.callback(ctx, in, j, instead)
	}
	return err
}

// instead is what to send in place of a reply whose content Discord refuses, which
// is a fault of the bot's; ok is false when that isn't so.
func (b *Bot) instead(ctx context.Context, j job, err error) (reply Reply, ok bool) {
	if httpStatus(err) != http.StatusBadRequest || isFinal(err) {
		return Reply{}, false
	}
	b.sent(ctx, j, err)
	return b.failed(ctx, j, err), true
}

func (b *Bot) callback(ctx context.Context, in interaction, j job, reply Reply) error {
	if j.caller.Plain {
		reply = reply.flat(b.speaker(j.caller))
	}
	r := response{Type: respondMessage, Data: reply.message(reply.Update)}
	if reply.Update && in.Type == interactionComponent {
		r.Type = respondUpdate
	}
	if reply.Modal != nil {
		r = response{Type: respondModal, Data: reply.Modal.dialogue()}
	}
	return b.client.answer(ctx, http.MethodPost, callbackPath(in), reply.carry(r), endless)
}

// notify posts the line that goes to the channel of a server's log.
func (b *Bot) notify(work context.Context, j job, reply Reply) {
	n := reply.Notice
	if n == nil {
		return
	}
	ctx, cancel := context.WithTimeout(work, b.pace.answer)
	defer cancel()
	j.name = "notice"
	line := Reply{Text: n.Text}.message(false)
	line.Nonce = j.reference
	b.sent(ctx, j, b.client.do(ctx, http.MethodPost, "channels/"+n.Channel+"/messages", *line, nil))
}

// offer answers an autocompletion, with nothing when it went wrong: there is no
// other way to answer one.
func (b *Bot) offer(ctx context.Context, in interaction, j job, reply Reply) {
	choices := make([]choice, 0, len(reply.Choices))
	for _, c := range reply.Choices {
		choices = append(choices, choice{Name: c.Label, Value: c.Value})
	}
	b.sent(ctx, j, b.client.answer(ctx, http.MethodPost, callbackPath(in), response{Type: respondChoices, Data: &body{Choices: &choices}}, endless))
}

// announce tells Discord that a reply will come, and reports whether it took
// that.
func (b *Bot) announce(ctx context.Context, in interaction, j job) bool {
	r := response{Type: respondDefer}
	switch {
	case j.update && in.Type == interactionComponent:
		r.Type = respondThink
	case j.private:
		private := flagEphemeral
		r.Data = &body{Flags: &private}
	}
	err := b.client.answer(ctx, http.MethodPost, callbackPath(in), r, endless)
	b.sent(ctx, j, err)
	return err == nil || apiCode(err) == codeAcknowledged
}

// complete puts the reply where it was announced. Where the server refuses that,
// it follows as a message of its own; not where the answer is only lost, for then
// it may stand there already. What Discord doesn't take before ctx ends lingers,
// in the context work.
func (b *Bot) complete(ctx, work context.Context, e lateEdit) {
	again, err := b.fill(ctx, e.in, e.job, e.reply, endless)
	if instead, ok := b.instead(ctx, e.job, err); ok {
		e.reply = instead
		again, err = b.fill(ctx, e.in, e.job, e.reply, endless)
	}
	if !again || !b.linger(work, e, err) {
		b.sent(ctx, e.job, err)
	}
}

// fill puts the reply where it was announced, with so many retries, and reports
// whether that may be tried again.
func (b *Bot) fill(ctx context.Context, in interaction, j job, reply Reply, retries int) (again bool, err error) {
	if j.caller.Plain {
		reply = reply.flat(b.speaker(j.caller))
	}
	if j.update && in.Type == interactionComponent && !reply.Update {
		// What the button stands under is no place for this.
		reply.Private = true
		return false, b.client.answer(ctx, http.MethodPost, b.webhookPath(in), reply.carry(reply.message(false)), 1)
	}
	data := reply.message(true)
	data.Flags = nil // whether it is private was settled when it was announced
	err = b.client.answer(ctx, http.MethodPatch, b.originalPath(in), reply.carry(data), retries)
	switch {
	case err == nil || isFinal(err) || httpStatus(err) == http.StatusBadRequest:
		return false, err
	case refused(err):
		b.logger.LogAttrs(ctx, slog.LevelDebug, "the announced reply can't be edited", slog.Any("error", err))
		reply.Private = reply.Private || j.private
		return false, b.client.answer(ctx, http.MethodPost, b.webhookPath(in), reply.carry(reply.message(false)), 1)
	}
	return true, err
}

// sent logs what came of sending. An interaction that has expired, or that was
// answered already, can't be helped and is no fault.
func (b *Bot) sent(ctx context.Context, j job, err error) {
	switch {
	case err == nil:
	case isFinal(err):
		b.logger.LogAttrs(ctx, slog.LevelDebug, "too late to reply", slog.String("request", j.name), slog.String("reference", j.reference), slog.Any("error", err))
	default:
		b.logger.LogAttrs(ctx, slog.LevelWarn, "a reply was not sent", slog.String("request", j.name), slog.String("reference", j.reference), slog.Any("error", err))
	}
}

// tellBusy tells a member that there is no room for a request now.
func (b *Bot) tellBusy(work context.Context, in interaction) {
	c, ok := in.caller()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(work, b.pace.first)
	defer cancel()
	if in.Type == interactionAutocomplete {
		b.offer(ctx, in, job{name: "busy", caller: c}, Reply{})
		return
	}
	b.respond(ctx, in, job{name: "busy", caller: c}, Reply{Text: b.handlers.speaker(c).say("error.busy"), Private: true})
}
