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
	"golang.org/x/time/rate"
)

// gateway owns the connection to Discord's gateway: it opens, watches and
// replaces discordgo's sessions, and ends when nothing can mend what is wrong.
// discordgo's own reconnecting is off: it tries again even when the token was
// refused, and can't be stopped. Nor does discordgo resume: each connection has a
// Session of its own, and the guard knows what a session of Discord's is resumed by.
type gateway struct {
	token      string
	target     *endpoint
	intents    discordgo.Intent
	shard      int // its number, of so many shards
	shards     int
	logger     *slog.Logger
	pace       pace
	clock      func() time.Time                        // tells how long a connection held
	presence   func(context.Context) presence          // what to identify with
	event      func(kind string, data json.RawMessage) // every event, in order; must not block
	starts     *starts                                 // of all shards
	connection func(shard int, ready bool)             // told when it changes
	dial       func(ctx context.Context, network, addr string) (net.Conn, error)

	leaving sync.WaitGroup // what discordgo does still in sessions that are open or were left

	mu   sync.Mutex
	open *session // the one that is ready; nil for none
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
// is no point in trying, and then says why. When it returns, discordgo's
// goroutines have ended.
func (g *gateway) run(ctx context.Context) error {
	defer g.settle()
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.RandomizationFactor = g.pace.firstWait, g.pace.longestWait, 0.5
	atOnce := rate.NewLimiter(rate.Every(g.pace.steady), g.pace.atOnce)
	var r *resumption // nil to begin a session
	for {
		identified := func() {} // a session that resumes doesn't count
		if r == nil {
			var err error
			if identified, err = g.starts.wait(ctx, g.shard); err != nil {
				return nil // only ctx ends the wait: the budget has no end of its own
			}
		}
		s, err := g.session()
		if err != nil {
			identified()
			return err
		}
		conn, err := g.connect(ctx, s, r)
		identified()
		opened := err == nil
		if opened {
			begin := g.clock()
			g.use(s)
			g.logger.LogAttrs(ctx, slog.LevelInfo, "connected to the gateway")
			select {
			case <-conn.closed:
			case <-ctx.Done():
			}
			g.use(nil)
			if g.clock().Sub(begin) >= g.pace.steady {
				waits.Reset()
			}
		}
		if ctx.Err() != nil {
			g.leave(s)
			return nil
		}
		reason := err
		if opened {
			reason = errHungUp
		}
		if conn != nil {
			if why := conn.why(); why != nil {
				reason = why
			}
			r = conn.resumption()
		}
		if err := fatal(reason); err != nil {
			return err
		}
		if !resumable(reason) {
			r = nil
		}
		var wait time.Duration
		switch {
		case errors.Is(reason, errInvalid):
			wait = waits.NextBackOff() + g.pace.invalid
		case opened && atOnce.AllowN(g.clock(), 1): // what members ask meanwhile has three seconds
		default:
			wait = waits.NextBackOff()
		}
		if !opened && r != nil {
			r = &resumption{id: r.id, seq: r.seq} // the address may be what is wrong
		}
		g.logger.LogAttrs(ctx, slog.LevelWarn, "the gateway's connection ended", slog.Any("reason", reason), slog.Bool("resumes", r != nil), slog.Duration("wait", wait))
		if sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// resumable reports whether the session lives on after its connection ended for
// the reason. It does when the gateway closes as servers that go away do, with
// 1000 or 1001: only from our side do these end it.
func resumable(reason error) bool {
	var code closeCode
	if errors.As(reason, &code) {
		return code != closeNotAuthenticated && code != closeInvalidSequence && code != closeSessionTimedOut
	}
	// What the gateway said wrong it would say again, first of all that was missed.
	return !errors.Is(reason, errInvalid) && !errors.Is(reason, errHung) && !errors.Is(reason, errProtocol)
}

var (
	errHung   = errors.New("the session did not open in time")
	errHungUp = errors.New("the gateway hung up")
)

// session is discordgo's side of one connection. After that it is left for
// another: when the connection is lost its goroutines go on for a second, and
// would close the next one.
type session struct {
	*discordgo.Session
	ended sync.Once
	gone  chan struct{} // closed when its goroutines have ended, if it was open
}

func (g *gateway) session() (*session, error) {
	under, err := newSession(g.token, g.target)
	if err != nil {
		return nil, err
	}
	s := &session{Session: under, gone: make(chan struct{})}
	s.Identify.Intents = g.intents
	s.ShardID, s.ShardCount = g.shard, g.shards
	s.Identify.Compress = false
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e != nil && e.Type != "" { // those without a name had the guard tell of them
			g.event(e.Type, e.RawData)
		}
	})
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { s.ended.Do(func() { close(s.gone) }) })
	return s, nil
}

// connect opens the session's connection, on which it begins anew or resumes,
// and waits until it is ready. The guard is nil when it came to no connection at
// all.
func (g *gateway) connect(ctx context.Context, s *session, r *resumption) (*guard, error) {
	ctx, cancel := context.WithTimeout(ctx, g.pace.open)
	defer cancel()
	var mu sync.Mutex
	var conn *guard
	wrap := func(c net.Conn) net.Conn {
		mu.Lock()
		defer mu.Unlock()
		conn = newGuard(c, g.pace.guard, g.event, r)
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
	s.Client = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		return g.locate(req.WithContext(ctx), r)
	})}
	s.Dialer = g.dialer(ctx, wrap)
	s.Identify.Presence = g.presence(ctx).identify()

	done := make(chan error, 1)
	g.leaving.Go(func() { // ends when its connection does, which is closed below if need be
		err := s.Open()
		done <- err
		if err == nil {
			<-s.gone
		}
	})
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		if c := current(); c != nil {
			_ = c.Close() // only to wake Open, which says what matters
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
		select {
		case <-c.opened: // it was well before
			return c, nil
		default:
			return c, errHungUp
		}
	case <-ctx.Done():
		_ = c.Close() // the session is given up
		return c, errHung
	}
}

// locate answers discordgo's question where the gateway is: for a session that is
// resumed READY has told.
func (g *gateway) locate(req *http.Request, r *resumption) (*http.Response, error) {
	if r == nil || r.address == "" {
		return whole(g.target.RoundTrip(req))
	}
	u, err := url.Parse(r.address)
	if err != nil || !g.target.admits(u) {
		return whole(g.target.RoundTrip(req))
	}
	body, err := json.Marshal(map[string]string{"url": r.address})
	if err != nil {
		return nil, fmt.Errorf("tell where the gateway is: %w", err)
	}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
}

// dialer dials the gateway where the endpoint allows it to be, and nowhere else.
func (g *gateway) dialer(ctx context.Context, wrap func(net.Conn) net.Conn) *websocket.Dialer {
	dial := func(scheme, network, addr string) (net.Conn, error) {
		if !g.target.admits(&url.URL{Scheme: scheme, Host: addr}) {
			return nil, fmt.Errorf("connection to the gateway at %s refused: it is not where the API is", addr)
		}
		return g.dial(ctx, network, addr)
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

// closeTime is how long discordgo may take to close a session, which it does in
// one second, or to give one up.
const closeTime = 4 * time.Second

// leave closes a session properly, so that Discord shows the bot offline at
// once. settle waits for it.
func (g *gateway) leave(s *session) {
	g.leaving.Go(func() { _ = s.Close() }) // its error is always nil
}

// settle waits until discordgo has closed the sessions that were left. It has no
// means to end one that hangs.
func (g *gateway) settle() {
	done := make(chan struct{})
	go func() {
		g.leaving.Wait()
		close(done)
	}()
	timer := time.NewTimer(closeTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		g.logger.LogAttrs(context.Background(), slog.LevelError, "a session that hung was left behind")
	}
}

func (g *gateway) use(s *session) {
	g.mu.Lock()
	g.open = s
	g.mu.Unlock()
	g.connection(g.shard, s != nil)
}

// current is the session that is open and ready, nil for none.
func (g *gateway) current() *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
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
