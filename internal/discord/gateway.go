package discord

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"
)

// gateway owns the connection to Discord's gateway: it opens, watches and
// replaces discordgo's sessions, and ends when nothing can mend what is wrong.
// discordgo's own reconnecting is off: it tries again even when the token was
// refused, and can't be stopped.
type gateway struct {
	token      string
	target     *endpoint
	intents    discordgo.Intent
	shard      int // its number, of so many shards
	shards     int
	logger     *slog.Logger
	pace       pace
	presence   func(context.Context) presence          // what to identify with
	event      func(kind string, data json.RawMessage) // every event, in order; must not block
	starts     *starts                                 // of all shards
	connection func(shard int, ready bool)             // told when it changes

	mu   sync.Mutex
	open *discordgo.Session // the session that is ready; nil for none
}

// Close codes after which the gateway is never to be tried again, or not with
// the same session.
const (
	closeNotAuthenticated = 4003
	closeRefusedToken     = 4004
	closeInvalidSequence  = 4007
	closeSessionTimedOut  = 4009
	closeInvalidShard     = 4010
	closeShardingRequired = 4011
	closeInvalidVersion   = 4012
	closeInvalidIntents   = 4013
	closeRefusedIntents   = 4014
)

// fatal turns a reason for which a connection ended into the error that ends the
// bot, nil when trying again makes sense.
func fatal(reason error) error {
	if httpStatus(reason) == http.StatusUnauthorized {
		return fmt.Errorf("%w: put the token of your application's bot in DISCORD_TOKEN; a new one is made in the Developer Portal under Bot", ErrToken)
	}
	var code closeCode
	if !errors.As(reason, &code) {
		return nil
	}
	switch code {
	case closeRefusedToken:
		return fmt.Errorf("%w (%w): put the token of your application's bot in DISCORD_TOKEN; a new one is made in the Developer Portal under Bot", ErrToken, code)
	case closeInvalidIntents, closeRefusedIntents:
		return fmt.Errorf("%w (%w): turn on the Message Content Intent in the Developer Portal under Bot, or start the bot without it", ErrIntents, code)
	case closeInvalidShard, closeShardingRequired:
		return fmt.Errorf("%w (%w): the bot is in more servers than so many shards may serve; set SHARD_COUNT=auto, or a greater number in all its processes", ErrGateway, code)
	case closeInvalidVersion:
		return fmt.Errorf("%w (%w): the bot is too old for this gateway", ErrGateway, code)
	}
	return nil
}

// run keeps a session open until ctx ends, and then returns nil, or until there
// is no point in trying, and then says why.
func (g *gateway) run(ctx context.Context) error {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.RandomizationFactor = g.pace.firstWait, g.pace.longestWait, 0.5
	var s *discordgo.Session
	lived := false // the session was ready once, so that it can be resumed
	identified := func() {}
	for {
		if s == nil {
			lived = false
			var err error
			if identified, err = g.starts.wait(ctx, g.shard); err != nil {
				return nil // only ctx ends the wait: the budget has no end of its own
			}
			if s, err = g.session(); err != nil {
				identified()
				return err
			}
		}
		conn, err := g.connect(ctx, s)
		identified()
		identified = func() {} // a session that resumes doesn't count
		if err == nil {
			waits.Reset()
			g.logger.LogAttrs(ctx, slog.LevelInfo, "connected to the gateway")
			g.use(s)
			select {
			case <-conn.closed:
			case <-ctx.Done():
			}
			g.use(nil)
		}
		if ctx.Err() != nil {
			g.leave(s, conn)
			return nil
		}
		reason := err
		if conn != nil {
			why, ready := conn.why()
			lived = lived || ready
			if why != nil {
				reason = why
			}
		}
		if err := fatal(reason); err != nil {
			return err
		}
		wait := waits.NextBackOff() + g.pace.settle
		resumes := lived && resumable(reason)
		g.logger.LogAttrs(ctx, slog.LevelWarn, "the gateway's connection ended", slog.Any("reason", reason), slog.Bool("resumes", resumes), slog.Duration("wait", wait))
		if !resumes {
			s = nil
		}
		if sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// resumable reports whether the session lives on after its connection ended for
// the reason.
func resumable(reason error) bool {
	var code closeCode
	if errors.As(reason, &code) {
		return code != closeNotAuthenticated && code != closeInvalidSequence && code != closeSessionTimedOut && code != websocket.CloseNormalClosure && code != websocket.CloseGoingAway
	}
	// What the gateway said wrong it would say again, first of all that was missed.
	return !errors.Is(reason, errInvalid) && !errors.Is(reason, errHung) && !errors.Is(reason, errProtocol)
}

var errHung = errors.New("the session did not open in time")

// session makes a session that will identify anew.
func (g *gateway) session() (*discordgo.Session, error) {
	s, err := newSession(g.token, g.target)
	if err != nil {
		return nil, err
	}
	s.Identify.Intents = g.intents
	s.ShardID, s.ShardCount = g.shard, g.shards
	s.Identify.Compress = false
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e != nil && e.Type != "" { // those without a name had the guard tell of them
			g.event(e.Type, e.RawData)
		}
	})
	return s, nil
}

// connect opens the session's connection and waits until it is ready. The guard
// is nil when it came to no connection at all.
func (g *gateway) connect(ctx context.Context, s *discordgo.Session) (*guard, error) {
	ctx, cancel := context.WithTimeout(ctx, g.pace.open)
	defer cancel()
	var mu sync.Mutex
	var conn *guard
	wrap := func(c net.Conn) net.Conn {
		mu.Lock()
		defer mu.Unlock()
		conn = newGuard(c, g.pace.guard, g.event)
		if ctx.Err() != nil {
			_ = conn.Close() // nobody waits for it any more
		}
		return conn
	}
	current := func() *guard {
		mu.Lock()
		defer mu.Unlock()
		return conn
	}
	s.Client = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return whole(g.target.RoundTrip(r.WithContext(ctx)))
	})}
	s.Dialer = g.dialer(ctx, wrap)
	s.Identify.Presence = g.presence(ctx).identify()

	done := make(chan error, 1)
	go func() { done <- s.Open() }() // ends when its connection does, which is closed below if need be
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		if c := current(); c != nil {
			_ = c.Close() // only to wake Open, which says what matters
		}
		select {
		case <-done:
		case <-time.After(g.pace.settle + time.Second):
			g.logger.LogAttrs(ctx, slog.LevelError, "a session that hung was left behind")
		}
		return current(), errHung
	}
	c := current()
	if err != nil || c == nil {
		return c, fmt.Errorf("open the gateway: %w", err)
	}
	select {
	case <-c.opened:
		return c, nil
	case <-c.closed:
		return c, errors.New("the gateway hung up before the session was ready")
	case <-ctx.Done():
		_ = c.Close() // the session is given up
		return c, errHung
	}
}

// dialer dials the gateway where the endpoint allows it to be, and nowhere else.
func (g *gateway) dialer(ctx context.Context, wrap func(net.Conn) net.Conn) *websocket.Dialer {
	dial := func(scheme, network, addr string) (net.Conn, error) {
		if !g.target.admits(&url.URL{Scheme: scheme, Host: addr}) {
			return nil, fmt.Errorf("connection to the gateway at %s refused: it is not where the API is", addr)
		}
		return (&net.Dialer{Timeout: g.pace.guard.hello}).DialContext(ctx, network, addr)
	}
	return &websocket.Dialer{
		HandshakeTimeout: g.pace.guard.hello,
		NetDialContext: func(_ context.Context, network, addr string) (net.Conn, error) {
			c, err := dial("ws", network, addr)
			if err != nil {
				return nil, err
			}
			return wrap(c), nil
		},
		NetDialTLSContext: func(_ context.Context, network, addr string) (net.Conn, error) {
			c, err := dial("wss", network, addr)
			if err != nil {
				return nil, err
			}
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, errors.Join(err, c.Close())
			}
			secured := tls.Client(c, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
			if err := secured.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, c.Close())
			}
			return wrap(secured), nil
		},
	}
}

// leave closes a session properly, so that Discord shows the bot offline at
// once, but does not wait for it longer than closing takes.
func (g *gateway) leave(s *discordgo.Session, conn *guard) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Close() // its error is always nil
	}()
	select {
	case <-done:
	case <-time.After(g.pace.settle + 2*time.Second):
	}
	if conn != nil {
		_ = conn.Close() // closed already, unless discordgo hangs
	}
}

func (g *gateway) use(s *discordgo.Session) {
	g.mu.Lock()
	g.open = s
	g.mu.Unlock()
	g.connection(g.shard, s != nil)
}

// show changes the presence of a session that is open.
func (g *gateway) show(p presence) error {
	g.mu.Lock()
	s := g.open
	g.mu.Unlock()
	if s == nil {
		return nil
	}
	if err := s.UpdateStatusComplex(p.update()); err != nil {
		return fmt.Errorf("update the presence: %w", err)
	}
	return nil
}

// connected reports whether a session is open and ready.
func (g *gateway) connected() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open != nil
}

// roundTrip is a function as an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// whole reads an answer to its end, so that the end of its context can't cut it.
func whole(resp *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
