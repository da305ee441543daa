package discord

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// Own is the library as one server sees it: a Desk, and what moderators change.
// It must be safe for concurrent use.
type Own interface {
	Desk
	// History lists what answered lately, what answers now first.
	History(ctx context.Context) []library.Status
	// At is the corpus of a revision of the History, nil when it isn't there.
	At(ctx context.Context, r article.Revision) *article.Corpus
	Rollback(ctx context.Context, r article.Revision, by string) (library.Report, error)
	// Preview parses a file as Add would.
	Preview(a store.Article) (*article.Article, error)
	Add(ctx context.Context, a store.Article) (library.Report, error)
	Remove(ctx context.Context, name, by string) (library.Report, error)
	// Checked is what came of the last check of its golden questions; ok is
	// false when there was none of what answers now.
	Checked(ctx context.Context) (c library.Check, ok bool)
}

// tended is a desk, with a note of whether the last reload through any of them
// failed.
type tended struct {
	Desk
	failed *atomic.Bool
}

// Reload implements Desk.
func (t *tended) Reload(ctx context.Context, by string) (library.Report, error) {
	report, err := t.Desk.Reload(ctx, by)
	t.failed.Store(err != nil)
	return report, err
}

// in are the handlers for what comes from a server: on their desk is nothing
// that another server added. Every request is handled by these.
func (h *handlers) in(server string) *handlers {
	if h.servers == nil || server == "" {
		return h
	}
	bound, own := *h, h.servers(server)
	bound.desk = &tended{Desk: own, failed: h.desk.failed}
	bound.suggest, _ = own.(Suggester)
	return &bound
}

// moderate is how every request of a moderator's begins: with the permission at
// this moment. The reply, when there is one, refuses it.
func (h *handlers) moderate(c Caller) (speaker, *Reply) {
	s := h.speaker(c)
	key := h.mayModerate(c)
	if key == "" && (h.store == nil || h.servers == nil) {
		key = "keep.nothing"
	}
	if key == "" {
		return s, nil
	}
	return s, &Reply{Text: s.say(key), Private: true}
}

// by is how a moderator stands in the log.
func by(c Caller) string { return fmt.Sprintf("%s (%s)", c.Name, c.ID) }

// signed matches what by writes.
var signed = regexp.MustCompile(`^(.*) \(([0-9]{15,20})\)$`)

// who shows who did something: a member as their client knows them today, for
// names change.
func (s speaker) who(by string) string {
	if key := noMember(by); key != "" {
		return s.say(key)
	}
	if m := signed.FindStringSubmatch(by); m != nil {
		return "<@" + m[2] + ">"
	}
	return s.inline(shorten(by, maxTitle))
}

// noMember is the key of the message for who changes articles where no member of
// the server does; "" for a member.
func noMember(by string) string {
	switch by {
	case library.ByStart:
		return "who.start"
	case library.BySignal:
		return "who.signal"
	case library.ByFiles:
		return "who.files"
	case library.ByElsewhere:
		return "who.elsewhere"
	}
	return ""
}

// named is who in plain text.
func (s speaker) named(by string) string {
	if key := noMember(by); key != "" {
		return s.say(key)
	}
	return signed.ReplaceAllString(by, "$1")
}

// loader is who loaded what a server is served, without the name of a member of
// another.
func loader(st library.Status, server string) string {
	if st.LoadedIn != "" && st.LoadedIn != server {
		return library.ByElsewhere
	}
	return st.LoadedBy
}

// loaded says which revision was loaded, when and by whom.
func (s speaker) loaded(st library.Status, server string) string {
	return s.say("status.revision", "Revision", string(st.Revision), "When", moment(st.LoadedAt), "By", s.who(loader(st, server)))
}

// Notice is a line for the channel that a server's log is posted to.
type Notice struct{ Channel, Text string }

// noticed adds to a reply the line for the channel of the server's log, if it
// has one. It is in the server's language.
func (h *handlers) noticed(c Caller, reply Reply, action store.Action, name string) Reply {
	if channel := h.store.Settings(c.Server).LogChannel; channel != "" {
		s := h.words.in(h.settings.Language(c.Server))
		reply.Notice = &Notice{Channel: channel, Text: s.logged(store.Entry{By: by(c), Action: action, Detail: name})}
	}
	return reply
}

// logged says what an entry of the log tells.
func (s speaker) logged(e store.Entry) string {
	name := e.Article
	if e.Detail != "" {
		name = e.Detail
	}
	shown := s.inline(shorten(name, maxTitle))
	if e.Action == store.Decided {
		shown = s.detail(name)
	}
	return s.say("log."+string(e.Action), "By", s.who(e.By), "Name", shown)
}

// placed matches a channel or a role as the details of a setting name it.
var placed = regexp.MustCompile(`^<(#|@&)[0-9]{15,20}>$`)

// detail shows what was decided, with channels and roles as members see them.
func (s speaker) detail(text string) string {
	words := strings.Fields(shorten(text, maxEcho))
	for i, w := range words {
		if !placed.MatchString(w) {
			words[i] = s.inline(library.Label(w))
		}
	}
	return strings.Join(words, " ")
}

// pending is what a moderator was shown and has to confirm.
type pending struct {
	server, user string
	article      store.Article // to add, or, without data, to remove
	was          string        // content of what had the article's name then; "" for nothing
}

// What waits to be confirmed in all servers is bounded by time, by number and by
// bytes: 32 of the largest articles, or hundreds of usual ones.
const (
	pendingTime     = 15 * time.Minute
	maxPending      = 1000
	maxPendingBytes = 64 << 20
)

// newPending is an empty memory of what waits to be confirmed.
func newPending(clock func() time.Time) *recent[string, pending] {
	r := newRecent[string, pending](clock, pendingTime, maxPending)
	r.weigh, r.room = func(p pending) int { return len(p.article.Data) }, maxPendingBytes
	return r
}

// What the buttons of a confirmation do, and that of /privacy.
const (
	confirmYes    = "yes"
	confirmNo     = "no"
	confirmForget = "forget"

	// confirmPrefix is what their custom_ids begin with, in place of that of a
	// state.
	confirmPrefix = "c1."
	// pasteID is the custom_id of the dialogue for pasted text, without its
	// owner.
	pasteID = "p1."
)

// confirmation shows two buttons for something that waits. What it is stands
// nowhere but in memory, under a name that can't be guessed.
func (h *handlers) confirmation(s speaker, p pending) [][]Button {
	token := rand.Text()
	h.pending.put(token, p)
	id := func(what string) string { return confirmPrefix + what + "." + p.user + "." + token }
	return [][]Button{{
		{Label: s.say("button.confirm"), State: id(confirmYes), Strong: true},
		{Label: s.say("button.cancel"), State: id(confirmNo)},
	}}
}

// confirm does what a button of a confirmation says, once. Everything that its
// custom_id claims is checked.
func (h *handlers) confirm(ctx context.Context, r pressRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	private := func(key string) (Reply, error) { return Reply{Text: s.say(key), Private: true}, nil }
	parts := strings.Split(strings.TrimPrefix(r.State, confirmPrefix), ".")
	if len(parts) < 2 {
		return private("button.old")
	}
	if parts[1] != r.ID {
		return private("button.owner")
	}
	if parts[0] == confirmForget {
		return h.forget(r.Caller)
	}
	if _, refused := h.moderate(r.Caller); refused != nil {
		return *refused, nil
	}
	if len(parts) != 3 {
		return private("button.old")
	}
	p, ok := h.pending.get(parts[2])
	if !ok || p.server != r.Server || p.user != r.ID {
		return private("confirm.old")
	}
	if _, mine := h.pending.drop(parts[2]); !mine {
		return private("confirm.old")
	}
	switch {
	case parts[0] == confirmNo:
		return Reply{Text: s.say("confirm.cancelled"), Update: true, Private: true}, nil
	case parts[0] != confirmYes:
		return private("button.old")
	}
	leave, err := h.turns.take(ctx, r.Server)
	if err != nil {
		return Reply{}, fmt.Errorf("wait for what was confirmed before: %w", err)
	}
	defer leave()
	now, there, err := h.own(r.Server, p.article.Name)
	if err != nil {
		return Reply{}, err
	}
	if there && contentOf(now) != p.was {
		return h.askAgain(s, r.Caller, p, now)
	}
	if p.article.Data == nil {
		return h.removeNow(ctx, s, r.Caller, p.article.Name)
	}
	return h.addNow(ctx, s, r.Caller, p.article)
}

// askAgain shows once more what was to be confirmed: someone else has put
// another article, now, under its name since it was shown.
func (h *handlers) askAgain(s speaker, c Caller, p pending, now store.Article) (reply Reply, err error) {
	if p.article.Data == nil {
		reply = h.removal(s, c, now)
	} else {
		reply, err = h.offer(s, c, p.article)
	}
	reply.Text, reply.Update = s.say("confirm.meanwhile", "By", s.who(now.By), "Name", s.inline(p.article.Name))+"\n"+reply.Text, true
	return reply, err
}

// contentOf tells articles of one name apart.
func contentOf(a store.Article) string {
	if a.Name == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(a.Data))
}
