package discord

import (
	"context"
	"sync/atomic"
	"time"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// Desk is what the bot asks and tells: the library, as seen from here. It must
// be safe for concurrent use.
type Desk interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
	Guide
	Corpus(ctx context.Context) *article.Corpus
	Reload(ctx context.Context, by string) (library.Report, error)
	Status(ctx context.Context) library.Status
	// Ready reports whether nothing above has to wait for articles to be
	// opened, which begins where it has to.
	Ready() bool
}

// Suggester is a Desk that knows questions which its articles answer. They are
// offered to members who don't know what to ask.
type Suggester interface {
	// Suggestions returns at most n of them, the best first.
	Suggestions(ctx context.Context, n int) []string
}

// Settings are what moderators decide for their server. It must be safe for
// concurrent use and answer from memory.
type Settings interface {
	// Listens reports whether every question in a channel is to be answered,
	// and how long to be silent after each answer.
	Listens(server, channel string) (cooldown time.Duration, ok bool)
	// Moderator reports whether a member with these roles is a moderator, besides
	// those who may manage the server.
	Moderator(server string, roles []string) bool
	// Language is the language of the bot's own words where the member's isn't
	// known; "" for English.
	Language(server string) string
	// Private reports whether answers are shown to their asker alone unless
	// asked for otherwise.
	Private(server string) bool
}

// plainSettings are those of a server that has decided nothing.
type plainSettings struct{}

func (plainSettings) Listens(string, string) (time.Duration, bool) { return 0, false }
func (plainSettings) Moderator(string, []string) bool              { return false }
func (plainSettings) Language(string) string                       { return "" }
func (plainSettings) Private(string) bool                          { return false }

// Opinion is what a member thinks of an answer.
type Opinion struct {
	Helpful  bool
	Server   string // "" in direct messages
	Member   string // who pressed the button
	Revision article.Revision
	Passages []article.Citation // what was answered
}

// handlers turn requests into replies. They know nothing of the network, may
// run at the same time, and leave it to their caller to recover and to bound
// them.
type handlers struct {
	desk     *tended          // of no server
	servers  func(string) Own // nil when servers have nothing of their own
	store    *store.Store     // nil when nothing is kept
	download func(ctx context.Context, address string, limit int64) ([]byte, error)
	fetch    func(ctx context.Context, address string) (title string, data []byte, ok bool) // nil when nothing is
	turns    *turns[string]                                                                 // of servers, to do what was confirmed
	pending  *recent[string, pending]                                                       // by token
	answers  *recent[string, golden]                                                        // by reply: what may become golden
	suggest  Suggester                                                                      // nil when there is none
	settings Settings
	reads    bool                        // messages that don't name the bot, too
	lacks    func(channel string) string // what the bot may not do that takes to write there, "" for nothing: view, send or threads
	opinion  func(context.Context, Opinion) error
	words    *words
	talks    *conversations
	tongues  *recent[string, string] // the locale of a member's client, which messages don't tell
	shared   *recent[string, bool]   // the private answers that were made public already

	checkers   *prepared[*checker]
	completers *prepared[*completer]
}

func newHandlers(desk Desk, suggest Suggester, settings Settings, opinion func(context.Context, Opinion) error, clock func() time.Time) (*handlers, error) {
	w, err := newWords()
	if err != nil {
		return nil, err
	}
	if settings == nil {
		settings = plainSettings{}
	}
	const day = 24 * time.Hour
	return &handlers{desk: &tended{Desk: desk, failed: new(atomic.Bool)}, turns: newTurns[string](), pending: newPending(clock), answers: newRecent[string, golden](clock, day, maxReplies), suggest: suggest, settings: settings, lacks: func(string) string { return "" }, opinion: opinion, words: w, talks: newConversations(clock),
		tongues: newRecent[string, string](clock, 30*day, maxTurns), shared: newRecent[string, bool](clock, day, maxReplies),
		checkers: newPrepared(clock, (*checker).bytes, newChecker), completers: newPrepared(clock, (*completer).bytes, newCompleter)}, nil
}

// speaker is the voice for a caller: in the language of their client, else in
// what it was last, else in the server's.
func (h *handlers) speaker(c Caller) speaker {
	if c.Locale != "" {
		h.tongues.put(c.ID, c.Locale)
		return h.words.in(c.Locale, h.settings.Language(c.Server))
	}
	known, _ := h.tongues.get(c.ID)
	return h.words.in(known, h.settings.Language(c.Server))
}
