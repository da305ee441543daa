// Package discord is the bot in Discord: it decodes what members do, hands it to
// plain functions from request to reply, and sends what these return. It is the
// only package that imports discordgo.
//
// Everything a reply shows of an article is a passage of that article, escaped
// so that a reader sees its very bytes, and checked against them before it is
// sent. Nobody is ever pinged.
package discord

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/sync/errgroup"

	"verbatim/internal/answer"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// Config is what a Bot is made of. Token, Logger and Desk are needed.
type Config struct {
	Token          string
	APIURL         string // scheme, host and port of a server that speaks Discord's API, a path stands for /api/v9; "" means Discord
	GuildID        string // register commands in this server alone; "" means everywhere
	Shards         Shards // which part of the servers this process serves
	MessageContent bool   // ask for the privileged intent to read every message
	Logger         *slog.Logger
	Clock          func() time.Time // nil means time.Now
	Desk           Desk
	Settings       Settings                // nil means that no server has decided anything
	Servers        func(server string) Own // what each server sees; nil means that all see the Desk alone
	Store          *store.Store            // keeps what servers decide; nil means that nothing is kept
	// Fetch gets a page of the web as an HTML file; ok is false when it can't. nil means
	// that no page is added. It logs why it could not.
	Fetch        func(ctx context.Context, address string) (title string, data []byte, ok bool)
	Drifts       <-chan library.Check                 // golden questions that a reload has answered differently, to be told; nil means that none are
	Opinion      func(context.Context, Opinion) error // keeps what members think of answers; nil means nobody does
	Observer     Observer                             // nil means that nobody counts
	LogQuestions bool                                 // write into the log what members ask
	Limits       *Limits                              // nil means DefaultLimits
}

// Bot is the bot, not yet connected. Make one with New.
type Bot struct {
	config   Config
	handlers *handlers
	client   *client
	gateways []*gateway // one for each shard, made by Run
	target   *endpoint
	logger   *slog.Logger
	pace     pace
	flight   *flight
	seen     *seen
	places   *places
	threads  *recent[string, *thread]   // by message: what was asked lately, and the replies
	answered *recent[string, time.Time] // by channel: when the bot last answered unasked
	told     *recent[string, bool]      // who was told that the bot can't speak where they asked
	buckets  *buckets
	warned   *recent[string, time.Time] // by member: when they were told that there are too many requests
	turned   *turnedAway
	revoked  chan struct{} // closed when a request was told that the token isn't valid any more
	revoke   sync.Once

	mu          sync.Mutex
	self        string // the bot's user
	application string
}

// pace is how fast and how patient the bot is. Tests make it faster.
type pace struct {
	deferral    time.Duration // when a reply that isn't ready is announced; Discord allows 3 s
	first       time.Duration // until when the first response to an interaction is tried
	answer      time.Duration // for one question
	upkeep      time.Duration // for a reload
	drain       time.Duration // for what runs when the bot stops
	invalid     time.Duration // before a new session after Discord called one invalid, beside the back-off
	atOnce      int           // connections that were lost and are made again without a wait
	steady      time.Duration // after which there is one more of those, and what a connection lives for that the back-off begins anew
	open        time.Duration // for opening a session
	apart       time.Duration // between two IDENTIFYs that Discord counts together
	firstWait   time.Duration // of the back-off
	longestWait time.Duration
	presence    time.Duration // how often what is loaded is looked at
	progress    time.Duration // how often whoever waits for a reload is told how far it has come
	guard       guardTimes
	late        latePace
}

func defaultPace() pace {
	return pace{
		deferral: time.Second, first: 2800 * time.Millisecond, answer: 10 * time.Second, upkeep: 10 * time.Minute, drain: 8 * time.Second,
		invalid: 2 * time.Second, atOnce: 3, steady: 30 * time.Second, open: time.Minute, apart: identifyApart, firstWait: time.Second, longestWait: 5 * time.Minute, presence: 5 * time.Second, progress: 3 * time.Second,
		guard: guardTimes{hello: 15 * time.Second, ready: 40 * time.Second, grace: 10 * time.Second},
		late:  defaultLatePace(),
	}
}

// New makes a bot. An error means that the configuration can't work.
func New(config Config) (*Bot, error) { return newBot(config, defaultPace()) }

func newBot(config Config, p pace) (*Bot, error) {
	config.Token = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(config.Token), "Bot "))
	if config.Token == "" || strings.ContainsAny(config.Token, " \t\r\n") {
		return nil, fmt.Errorf("%w: it is empty or has white space in it", ErrToken)
	}
	if config.Desk == nil || config.Logger == nil {
		return nil, errors.New("a bot needs a desk and a logger")
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Limits == nil {
		limits := DefaultLimits()
		config.Limits = &limits
	}
	if config.Observer == nil {
		config.Observer = unobserved{}
	}
	if config.GuildID != "" && !isSnowflake(config.GuildID) {
		return nil, fmt.Errorf("the server %q is not an identifier of Discord's: it must be a number", config.GuildID)
	}
	if err := config.Shards.Check(); err != nil {
		return nil, err
	}
	target, err := newEndpoint(config.APIURL)
	if err != nil {
		return nil, err
	}
	target.answered = config.Observer.Answered
	suggest, _ := config.Desk.(Suggester)
	h, err := newHandlers(config.Desk, suggest, config.Settings, config.Opinion, config.Clock)
	if err != nil {
		return nil, err
	}
	h.servers, h.store, h.download, h.fetch = config.Servers, config.Store, target.download, config.Fetch
	h.reads = config.MessageContent
	b := &Bot{config: config, handlers: h, target: target, logger: config.Logger,
		pace: p, flight: newFlight(caught(config.Logger)), seen: newSeen(maxSeen), revoked: make(chan struct{}),
		places: newPlaces(), threads: newRecent[string, *thread](config.Clock, answer.FollowUpTime, maxReplies),
		answered: newRecent[string, time.Time](config.Clock, 24*time.Hour, maxReplies), told: newRecent[string, bool](config.Clock, time.Hour, maxReplies)}
	b.buckets, b.warned = newBuckets(*config.Limits, config.Clock), newRecent[string, time.Time](config.Clock, time.Minute, maxBuckets)
	b.turned = newTurnedAway()
	if b.client, err = newClient(config.Token, target, config.Logger, func() { b.revoke.Do(func() { close(b.revoked) }) }); err != nil {
		return nil, err
	}
	b.client.held = config.Observer.Held
	h.lacks = b.lacks
	return b, nil
}

func (b *Bot) intents() discordgo.Intent {
	intents := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if b.config.MessageContent {
		intents |= discordgo.IntentMessageContent
	}
	return intents
}

// Run connects and serves until ctx ends; then it takes no new work, finishes
// what runs, within a deadline, ends the rest, closes, and returns nil. It returns
// when all its work has stopped; only what doesn't stop though it was told to, for
// about as long again, is left behind, and the log says so. An error means that the bot
// can't go on: ErrToken, ErrIntents and ErrGateway tell why, and the message what
// to do. Run may be called once.
func (b *Bot) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer b.target.closeIdle()
	defer b.tellTurnedAway(ctx)
	if !b.config.MessageContent {
		b.logger.LogAttrs(ctx, slog.LevelInfo, "running without the message content intent: questions are read in mentions of the bot, direct messages and commands only")
	}

	b.tellUnconnected(b.config.Shards.list(1)) // while nothing else is known
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		select {
		case <-b.revoked:
			return fatal(closeCode(closeRefusedToken))
		case <-running.Done():
			return nil
		}
	})
	group.Go(func() error {
		if err := b.introduce(running); err != nil || running.Err() != nil {
			return err
		}
		if err := b.shard(running, work); err != nil {
			return nil // only the end of the run is in the way of that
		}
		inner, background := errgroup.WithContext(running)
		if b.first() {
			inner.Go(func() error { b.register(background); return nil })
		}
		inner.Go(func() error { b.watch(background); return nil })
		inner.Go(func() error { b.tell(background, work); return nil })
		for _, g := range b.gateways {
			inner.Go(func() error { return g.run(background) })
		}
		return inner.Wait()
	})
	err := group.Wait()

	b.flight.close()
	if !b.flight.wait(b.pace.drain) {
		b.logger.LogAttrs(ctx, slog.LevelWarn, "stopping with replies unfinished")
		cancel()
		if !b.flight.wait(b.pace.drain + 2*b.pace.deferral) { // which those are told who wait, and more
			b.logger.LogAttrs(ctx, slog.LevelError, "stopping while something runs that doesn't stop though it was told to")
		}
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		return nil
	}
	return err
}

// introduce finds out who the bot is. It tries until it knows, ctx ends, or the
// token is refused.
func (b *Bot) introduce(ctx context.Context) error {
	for wait := b.pace.firstWait; ; wait = min(2*wait, b.pace.longestWait) {
		var me user
		err := b.client.do(ctx, http.MethodGet, "users/@me", nil, &me)
		switch status := httpStatus(err); {
		case err == nil && me.ID == "":
			err = errors.New("the answer to who the bot is names nobody")
		case err == nil:
			b.become(me.ID, b.applicationID(ctx, me.ID))
			return nil
		case status == http.StatusUnauthorized, status == http.StatusBadRequest, status == http.StatusForbidden:
			return fatal(closeCode(closeRefusedToken))
		}
		if ctx.Err() != nil {
			return nil
		}
		pause := wait + jitter(wait)
		b.logger.LogAttrs(ctx, slog.LevelWarn, "Discord can't be reached", slog.Any("error", err), slog.Duration("wait", pause))
		if sleep(ctx, pause) != nil {
			return nil
		}
	}
}

// applicationID asks for the application's identifier, which is that of the
// bot's user but for applications of long ago.
func (b *Bot) applicationID(ctx context.Context, self string) string {
	var app struct {
		ID string `json:"id"`
	}
	if err := b.client.do(ctx, http.MethodGet, "applications/@me", nil, &app); err != nil || app.ID == "" {
		b.logger.LogAttrs(ctx, slog.LevelDebug, "the application is not told; taking the bot's own identifier", slog.Any("error", err))
		return self
	}
	return app.ID
}

func (b *Bot) become(self, application string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if self != "" {
		b.self = self
	}
	if application != "" {
		b.application = application
	}
}

// who is the bot's user and application.
func (b *Bot) who() (self, application string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.self, b.application
}

// register makes Discord's commands ours, trying until it succeeds or ctx ends.
func (b *Bot) register(ctx context.Context) {
	_, application := b.who()
	for wait := b.pace.firstWait; ; wait = min(2*wait, b.pace.longestWait) {
		changes, err := b.client.register(ctx, application, b.config.GuildID, b.handlers.words.commands())
		if err == nil {
			b.logger.LogAttrs(ctx, slog.LevelInfo, "commands are registered", slog.Int("changes", len(changes)))
			return
		}
		if ctx.Err() != nil {
			return
		}
		hint := ""
		if httpStatus(err) == http.StatusForbidden {
			hint = "invite the bot to that server with the scope applications.commands"
		}
		pause := wait + jitter(wait)
		b.logger.LogAttrs(ctx, slog.LevelWarn, "commands could not be registered", slog.Any("error", err), slog.String("hint", hint), slog.Duration("wait", pause))
		if sleep(ctx, pause) != nil {
			return
		}
	}
}

// presence is what to show now.
func (b *Bot) presence(ctx context.Context) presence {
	return presenceOf(b.handlers.words.in(), b.handlers.desk.Status(ctx), b.handlers.desk.failed.Load())
}

// watch keeps the presence true, and tells the log of who was turned away. The
// presence is sent when it changes and when a new connection was made, and never
// oftener than the pace allows.
func (b *Bot) watch(ctx context.Context) {
	ticker := time.NewTicker(b.pace.presence)
	defer ticker.Stop()
	shown := make([]presence, len(b.gateways))
	where := make([]*session, len(b.gateways)) // it was shown
	for {
		b.tellTurnedAway(ctx)
		p := b.presence(ctx)
		for i, g := range b.gateways {
			s := g.current()
			if s == nil || s == where[i] && p == shown[i] {
				continue
			}
			if err := s.UpdateStatusComplex(p.update()); err != nil {
				b.logger.LogAttrs(ctx, slog.LevelDebug, "the presence was not shown", slog.Any("error", err))
				continue
			}
			where[i], shown[i] = s, p
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// reference makes a short random name for something that went wrong, which the
// member is shown and the log holds.
func reference() string { return strings.ToLower(rand.Text()[:8]) }
