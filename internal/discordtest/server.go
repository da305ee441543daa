package discordtest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Options say how the server behaves. The zero value is Discord with an
// application that has no privileged intent.
type Options struct {
	// Token is the bot's token; DefaultToken when empty.
	Token string
	// Privileged are the privileged intents that the application may ask
	// for, such as IntentMessageContent. Asking for another closes with 4014.
	Privileged Intent
	// HeartbeatInterval is what HELLO tells the bot; 41.25 s when zero.
	HeartbeatInterval time.Duration
	// Now is the clock by which interactions expire; time.Now when nil.
	Now func() time.Time
	// Patience is how long the methods that wait without a context do so;
	// 10 s when zero. It bounds a failing test and slows no passing one.
	Patience time.Duration
	// Retain is how many messages each channel keeps, how many events each
	// session does, and how many interactions and presences the server does;
	// 0 keeps all. For long runs.
	Retain int
	// IdentifyEvery is how long apart IDENTIFYs must be whose shards leave the
	// same remainder by Concurrency; a sooner one is answered with
	// INVALID_SESSION. Discord's 5 s are too long for most tests: zero means
	// that there is no limit.
	IdentifyEvery time.Duration
	Concurrency   int // 1 when zero
	// IdentifyBudget is how often the bot may identify before the token is
	// revoked; 1000 when zero.
	IdentifyBudget int
	// Shards is the number of shards that Discord recommends; 1 when zero.
	Shards int
	// NoDescription leaves requests unchecked against Discord's description,
	// which costs more than all else that the server does with them. For load
	// tests; the server's own rules hold all the same.
	NoDescription bool
	// AllowPings lets messages ping without that being a violation.
	AllowPings bool
	// AllowViolations leaves the test passing whatever the bot sent; it can
	// look at Violations itself.
	AllowViolations bool
	// Dialect is how the server differs from Discord.
	Dialect Dialect
	// OnClose is given the final count, for a total over several servers.
	OnClose func(Stats)
}

// DefaultToken is the bot's token unless Options say otherwise.
const DefaultToken = "MTA4.discordtest.only-good-for-the-test-server"

// BotName is the name of the bot's user.
const BotName = "verbatim"

// Server is a Discord server in this process, with its own world of guilds,
// channels and members. Its methods and those of the world's things are safe
// for concurrent use; those that can fail the test must, like
// testing.T.Fatal, be called from the test's goroutine.
type Server struct {
	t    testing.TB
	opts Options
	http *httptest.Server
	wg   sync.WaitGroup // the gateway's connections
	done chan struct{}  // closed when the server closes

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything changed; nil when nobody waits
	closed  bool
	lastID  uint64

	bot          *User
	appID        string
	guilds       []*Guild
	channels     map[string]*Channel
	users        map[string]*User // by name
	usersByID    map[string]*User
	messages     map[string]*Message
	files        map[string]storedFile
	commands     commandStore
	interactions interactionStore

	gateway gateway
	faults  faults
	limits  limits
	stats   Stats
	broken  []Violation
	hushed  map[string]bool   // messages that must have no reply
	replies map[string]*reply // by the message that is replied to

	transcript *Transcript // nil when none is written
}

// New starts a server on the loopback interface and closes it when the test
// ends. The test fails then if the bot sent anything that Discord would have
// refused, unless the options allow that.
func New(t testing.TB, opts Options) *Server {
	t.Helper()
	if opts.Token == "" {
		opts.Token = DefaultToken
	}
	if opts.HeartbeatInterval == 0 {
		opts.HeartbeatInterval = 41250 * time.Millisecond
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Patience == 0 {
		opts.Patience = 10 * time.Second
	}
	if opts.Shards == 0 {
		opts.Shards = 1
	}
	if opts.Concurrency == 0 {
		opts.Concurrency = 1
	}
	if opts.IdentifyBudget == 0 {
		opts.IdentifyBudget = 1000
	}
	s := &Server{
		t: t, opts: opts, done: make(chan struct{}),
		channels: map[string]*Channel{}, users: map[string]*User{}, usersByID: map[string]*User{},
		messages: map[string]*Message{}, files: map[string]storedFile{},
		commands:     commandStore{byScope: map[string][]*Command{}},
		interactions: interactionStore{byID: map[string]*Interaction{}, byToken: map[string]*Interaction{}},
		gateway:      gateway{sessions: map[string]*session{}, conns: map[*conn]struct{}{}, identified: map[int]time.Time{}},
		limits:       limits{byRoute: map[string]*limit{}},
		stats:        newStats(),
		hushed:       map[string]bool{},
		replies:      map[string]*reply{},
	}
	s.appID = s.newID()
	s.bot = &User{ID: s.newID(), Name: BotName, Bot: true, s: s}
	s.usersByID[s.bot.ID] = s.bot
	s.addGuild("Verbatim Test")
	s.http = httptest.NewServer(s.handler())
	t.Cleanup(s.close)
	sayWhetherValidated(t)
	return s
}

// In makes failures those of a subtest until that ends: a test must not be
// failed from a subtest's goroutine.
func (s *Server) In(t testing.TB) {
	outer := s.t
	s.t = t
	t.Cleanup(func() { s.t = outer })
}

// URL is the server's scheme, host and port, for DISCORD_API_URL.
func (s *Server) URL() string { return s.http.URL }

// Token is the token with which the bot must come.
func (s *Server) Token() string { return s.opts.Token }

// BotUser is the bot's user.
func (s *Server) BotUser() *User { return s.bot }

// AppID is the application's id.
func (s *Server) AppID() string { return s.appID }

// close ends every connection, waits for what served them, and reports what
// the bot did wrong.
func (s *Server) close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.done)
	for c := range s.gateway.conns {
		c.close(closeGoingAway, "the server stops")
	}
	s.mu.Unlock()
	s.http.CloseClientConnections()
	s.http.Close()
	s.wg.Wait()

	stats := s.Stats()
	s.t.Logf("discordtest: %s", stats)
	for _, text := range s.spoken() {
		s.t.Errorf("discordtest: %s", text)
	}
	if s.opts.OnClose != nil {
		s.opts.OnClose(stats)
	}
	if !s.opts.AllowViolations {
		for _, v := range s.Violations() {
			s.t.Errorf("discordtest: the bot broke a rule: %s", v)
		}
	}
}

func (s *Server) now() time.Time { return s.opts.Now() }

// stamp is the time as Discord writes it in a message.
func (s *Server) stamp() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// discordEpoch is the first millisecond of 2015, from which ids count.
const discordEpoch = 1420070400000

// newID makes the next snowflake: it carries the clock's time and is greater
// than any before it. The caller holds the lock, or nobody else can have s.
func (s *Server) newID() string {
	id := uint64(max(s.now().UnixMilli()-discordEpoch, 1)) << 22
	if id <= s.lastID {
		id = s.lastID + 1
	}
	s.lastID = id
	return strconv.FormatUint(id, 10)
}

// touch wakes everyone who waits for a change. The caller holds the lock.
func (s *Server) touch() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// WaitFor waits until cond holds. It is called with the server's lock held,
// after each change, so it must not call the server's methods.
func (s *Server) waitFor(ctx context.Context, what string, cond func() bool) error {
	for {
		s.mu.Lock()
		if cond() {
			s.mu.Unlock()
			return nil
		}
		if s.closed {
			s.mu.Unlock()
			return fmt.Errorf("waiting for %s: the server has stopped", what)
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.done:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		}
	}
}

// await is waitFor within the server's patience; it fails the test.
func (s *Server) await(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := s.patience()
	defer cancel()
	if err := s.waitFor(ctx, what, cond); err != nil {
		s.t.Fatalf("discordtest: %v", err)
	}
}

func (s *Server) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), s.opts.Patience)
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	api := s.api()
	mux.Handle("/api/v9/", http.StripPrefix("/api/v9", api))
	mux.Handle("/api/v10/", http.StripPrefix("/api/v10", api))
	mux.HandleFunc(filePattern, s.serveFile)
	mux.HandleFunc("/gateway", s.serveGateway)
	mux.HandleFunc("/gateway/", s.serveGateway)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.record(Violation{Route: r.Method + " " + r.URL.Path, Rule: "no such address at Discord"})
		http.NotFound(w, r)
	})
	return mux
}
