package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/tidwall/gjson"
)

// event takes one event of the gateway. It is called in the goroutine that reads
// the connection, in order, and only sorts: what is to be done is done elsewhere, in
// the context work, which ends when the bot has waited long enough for what runs.
func (b *Bot) event(work context.Context, kind string, data json.RawMessage) {
	defer func() {
		if p := recover(); p != nil {
			ref := reference()
			b.logger.LogAttrs(work, slog.LevelError, "an event was lost", slog.String("reference", ref), slog.String("event", kind), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			b.flight.do(func() { b.tellLost(work, kind, data, ref) }, func() {})
		}
	}()
	var err error
	switch kind {
	case "READY":
		var e readyEvent
		if e, err = decode[readyEvent](data); err == nil {
			b.become(e.User.ID, e.Application.ID)
		}
	case "MESSAGE_CREATE":
		if self, _ := b.who(); gjson.GetBytes(data, "author.id").Str == self && self != "" {
			return // the bot's own, of which there is one for each answer
		}
		var m message
		if m, err = decode[message](data); err == nil && m.ID != "" && b.seen.first(m.ID) {
			if _, ok := b.threads.get(m.ID); !ok { // an edit of it came first
				b.heard(work, m)
			}
		}
	case "MESSAGE_UPDATE":
		var m message
		if m, err = decode[message](data); err == nil && m.ID != "" {
			b.edited(work, m)
		}
	case "MESSAGE_DELETE", "MESSAGE_DELETE_BULK":
		var e deletion
		if e, err = decode[deletion](data); err == nil {
			b.deleted(work, e.Channel, append(e.IDs, e.ID)...)
		}
	case "INTERACTION_CREATE":
		var in interaction
		if in, err = decode[interaction](data); err == nil && in.ID != "" && in.Token != "" && b.seen.first(in.ID) {
			b.arrived(work, in)
		}
	default:
		self, _ := b.who()
		err = b.places.note(kind, data, self)
	}
	if err != nil {
		b.logger.LogAttrs(work, slog.LevelWarn, "an event can't be read", slog.String("event", kind), slog.Any("error", err))
	}
}

// deletion is the event that messages are gone.
type deletion struct {
	ID      string   `json:"id"`
	IDs     []string `json:"ids"`
	Channel string   `json:"channel_id"`
}

// job is a request on its way to its handler.
type job struct {
	name      string // for the log; one of a few
	reference string // of the request, in the log and in a reply that says that it failed
	asks      bool   // it is a question
	question  string // what was asked, as far as it is known before the handler runs
	caller    Caller
	private   bool          // how a reply that isn't ready is announced
	update    bool          // the reply will take the place of the button's message
	limit     time.Duration // for the handler
	upkeep    bool          // it changes the articles, which may take long
	opens     bool          // it needs the articles of the caller's server, which may have to be opened
	run       func(ctx context.Context) (Reply, error)
	progress  func(ctx context.Context, late bool) string // what to say while it runs, at once and, late, every few seconds; "" for nothing new; nil when nothing is ever said
}

// place is where a job comes from, for those to share what there is.
func (j job) place() string {
	if j.caller.Server == "" {
		return "of " + j.caller.ID
	}
	return j.caller.Server
}

// launch runs a job's handler, when there is a place for it, and delivers its
// reply; what goes wrong becomes a reply too. The context ends with the job's
// limit.
func (b *Bot) launch(ctx context.Context, j job) <-chan Reply {
	result := make(chan Reply, 1)
	b.flight.extra(func() {
		start := b.config.Clock()
		reply, err := b.guarded(ctx, j)
		if err != nil {
			reply = b.failed(ctx, j, err)
		}
		b.finished(ctx, j, reply.Outcome, b.config.Clock().Sub(start), err)
		result <- reply
	})
	return result
}

// guarded runs a handler in one of the slots, which it takes once the articles that
// it needs are open: nobody else is to wait for them. It turns a panic into an error.
func (b *Bot) guarded(ctx context.Context, j job) (reply Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			reply, err = Reply{}, panicked(p)
		}
	}()
	if j.opens {
		if ok, err := b.opened(ctx, j.caller.Server); err != nil {
			return Reply{}, fmt.Errorf("wait for the articles: %w", err)
		} else if !ok {
			return Reply{Text: b.handlers.speaker(j.caller).say("error.busy"), Private: true, Outcome: outcomeBusy}, nil
		}
	}
	slots := b.flight.running
	if j.upkeep {
		slots = b.flight.upkeep
	}
	release, err := slots.take(ctx, j.place())
	if err != nil {
		return Reply{}, fmt.Errorf("wait for a slot: %w", err)
	}
	defer release()
	return j.run(ctx)
}

// opened waits until the articles of a server are open. It is not ok when too many
// wait for them already. The error is that of ctx.
func (b *Bot) opened(ctx context.Context, server string) (ok bool, err error) {
	desk := b.handlers.in(server).desk
	if desk.Ready() {
		return true, nil
	}
	done, ok := b.flight.opens(server)
	if !ok {
		return false, nil
	}
	defer done()
	desk.Corpus(ctx)
	return true, ctx.Err()
}

// panicked is a panic as an error. It must be called where the panic is
// recovered, for the stack.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// caught logs what panicked where no handler did.
func caught(logger *slog.Logger) func(any, []byte) {
	return func(p any, stack []byte) {
		logger.LogAttrs(context.Background(), slog.LevelError, "work was lost", slog.String("reference", reference()), slog.Any("panic", p), slog.String("stack", string(stack)))
	}
}

// failed is what a member is told when a request failed: what to do, and the
// name under which the log tells more. Nothing of the error itself is said.
func (b *Bot) failed(ctx context.Context, j job, err error) Reply {
	key := "error.failed"
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		key = "error.slow"
	}
	return Reply{Text: b.speaker(j.caller).say(key, "Reference", j.reference), Private: true}
}

// speaker is the voice for a caller, in English should finding out theirs be what
// fails.
func (b *Bot) speaker(c Caller) (s speaker) {
	defer func() {
		if recover() != nil { // the log has the failure that is told with this voice
			s = b.handlers.words.in(c.Locale)
		}
	}()
	return b.handlers.speaker(c)
}
