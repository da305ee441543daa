package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// goldenRequest is about golden questions: to keep the answer that a message
// shows, to remove one, or to list them.
type goldenRequest struct {
	Caller
	Keys   []string // of the answer to keep
	Text   string   // what its message says, when the bot wrote it
	Asked  string   // what the message says that it replies to; "" when that isn't known
	Remove string   // ID
}

// golden is an answer that may become golden. It lasts longer than the articles of
// its revision may, so that it holds on to nothing of theirs.
type golden struct {
	server string
	store.Golden
}

// golden is what the turn makes a golden question of.
func (t turn) golden() golden {
	p := t.Passages[0]
	return golden{t.server, store.Golden{Question: t.Question, Articles: t.Articles, Article: p.Article.ID, Quote: strings.Clone(p.Text())}}
}

// keepGolden keeps a question with its answer.
func (h *handlers) keepGolden(ctx context.Context, r goldenRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	var g golden
	ok := false
	for _, k := range r.Keys {
		if g, ok = h.answers.get(k); ok {
			break
		}
	}
	if !ok {
		var err error
		if g, ok, err = h.shownGolden(ctx, r); err != nil {
			return Reply{}, fmt.Errorf("ask again what a message answers: %w", err)
		}
	}
	if !ok || g.server != r.Server {
		return Reply{Text: s.say("golden.unknown"), Private: true}, nil
	}
	g.By = by(r.Caller)
	err := h.store.KeepGolden(r.Server, g.Golden)
	if errors.Is(err, store.ErrFull) {
		return Reply{Text: s.say("golden.full", "Count", store.MaxGoldens), Private: true}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Text: s.say("golden.kept", "Question", s.inline(shorten(g.Question, maxEcho))), Private: true}
	return h.noticed(r.Caller, reply, store.KeptGolden, g.Question), nil
}

// shownGolden makes a golden question of what a message shows, when the question
// stands there whole and the passage that it quotes is still the answer: of the
// articles that the channel asks about, else of all, else of the one cited.
func (h *handlers) shownGolden(ctx context.Context, r goldenRequest) (golden, bool, error) {
	quotes := pressRequest{Text: r.Text}.quotations()
	asked := cmp.Or(h.words.value(r.Text, "answer.asked", "Question"), r.Asked)
	about := h.words.value(r.Text, "answer.about", "Topic")
	if len(quotes) == 0 || asked == "" || strings.HasSuffix(asked, "…") || strings.HasSuffix(about, "…") {
		return golden{}, false, nil
	}
	t := turn{Turn: answer.Turn{Question: asked}, server: r.Server}
	questions := []string{asked}
	if about != "" {
		questions = []string{answer.InFull(asked, about), about}
	}
	corpus := h.desk.Corpus(ctx)
	scopes := [][]string{h.used(r.Caller, corpus), nil}
	for _, a := range quotes[0].sources(corpus) {
		scopes = append(scopes, []string{a.ID})
	}
	for _, t.Question = range questions {
		for _, t.Articles = range scopes[:min(len(scopes), maxScopes)] {
			a, err := h.desk.Ask(ctx, answer.Question{Text: t.Question, Articles: t.Articles})
			if err != nil {
				return golden{}, false, err
			}
			if a.Answered && len(a.Passages) > 0 && a.Passages[0].Passage.Text() == quotes[0].text {
				t.Passages = []article.Passage{a.Passages[0].Passage}
				return t.golden(), true, nil
			}
		}
	}
	return golden{}, false, nil
}

// maxScopes bounds how often a question is asked again, should many articles have
// one title.
const maxScopes = 4

// goldens lists the golden questions, or removes one.
func (h *handlers) goldens(_ context.Context, r goldenRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	if r.Remove != "" {
		err := h.store.RemoveGolden(r.Server, r.Remove, by(r.Caller))
		if errors.Is(err, store.ErrNotFound) {
			return Reply{Text: s.say("golden.none"), Private: true}, nil
		}
		if err != nil {
			return Reply{}, err
		}
		return h.noticed(r.Caller, Reply{Text: s.say("golden.removed"), Private: true}, store.ForgotGolden, ""), nil
	}
	goldens, err := h.store.Goldens(r.Server)
	if err != nil {
		return Reply{}, err
	}
	if len(goldens) == 0 {
		return Reply{Text: s.say("golden.empty"), Private: true}, nil
	}
	lines := []string{bold + s.say("golden.head") + bold}
	for _, g := range goldens {
		lines = append(lines, "- "+s.inline(shorten(g.Question, maxTitle))+" → "+s.say("quoted", "Text", s.inline(shorten(g.Quote, maxTitle))))
	}
	text, left := fill(lines, maxText-100)
	if len(left) > 0 {
		text += "\n" + s.say("status.more", "Count", len(left))
	}
	return Reply{Text: text, Private: true}, nil
}

// drifts lists in at most room units the golden questions that are answered
// otherwise now; the message of key counts those that don't fit.
func drifts(s speaker, r library.Report, room int, key string) (text string, whole bool) {
	if r.Unchecked {
		return s.say("golden.unchecked"), true
	}
	if r.Goldens == 0 {
		return "", true
	}
	if len(r.Drifts) == 0 {
		return s.say("golden.same", "Count", r.Goldens), true
	}
	var items []string
	for _, d := range r.Drifts[:min(len(r.Drifts), maxProblems)] {
		now := s.say("golden.unanswered")
		if d.Now != "" {
			now = s.say("quoted", "Text", s.inline(shorten(d.Now, 80)))
		}
		items = append(items, "- "+s.inline(shorten(d.Golden.Question, 80))+" → "+now)
	}
	return s.listed(s.say("golden.drifts", "Count", len(r.Drifts), "All", r.Goldens), items, len(r.Drifts), room, key)
}

// driftFile is all of the golden questions that are answered otherwise, as CSV.
func driftFile(r library.Report) *File {
	rows := [][]string{{"question", "before", "now"}}
	for _, d := range r.Drifts {
		rows = append(rows, []string{cell(d.Golden.Question), cell(d.Golden.Quote), cell(d.Now)})
	}
	return &File{Name: "goldens.csv", Data: table(rows)}
}

// differing tells the channel of the server's log that golden questions are
// answered differently after what a moderator did.
func (h *handlers) differing(c Caller, reply Reply, r library.Report) Reply {
	if len(r.Drifts) > 0 && reply.Notice != nil {
		s := h.words.in(h.settings.Language(c.Server))
		text, _ := drifts(s, r, maxText-units(reply.Notice.Text)-1, "status.more")
		reply.Notice.Text += "\n" + text
	}
	return reply
}

// maxChecked is how much of the status tells of golden questions, in units.
const maxChecked = 600

// checked says what came of the last check of a server's golden questions, as
// far as they are still kept, with a file of what doesn't fit.
func (h *handlers) checked(ctx context.Context, s speaker, server string) (string, *File, error) {
	c, ok := h.servers(server).Checked(ctx)
	if !ok {
		return "", nil, nil
	}
	kept, err := h.store.Goldens(server)
	if err != nil {
		return "", nil, err
	}
	gone := func(d library.Drift) bool {
		return !slices.ContainsFunc(kept, func(g store.Golden) bool { return g.ID == d.Golden.ID && g.Quote == d.Golden.Quote })
	}
	r := library.Report{Goldens: min(c.Goldens, len(kept)), Drifts: slices.DeleteFunc(slices.Clone(c.Drifts), gone)}
	text, whole := drifts(s, r, maxChecked, "gaps.more")
	if whole {
		return text, nil, nil
	}
	return text, driftFile(r), nil
}

// driftNotice is what the channel of a server's log is told when a reload that
// was not its own has its golden questions answered differently; nil when
// there is no such channel.
func (h *handlers) driftNotice(c library.Check) *Notice {
	if h.store == nil {
		return nil
	}
	channel := h.store.Settings(c.Server).LogChannel
	if channel == "" {
		return nil
	}
	s := h.words.in(h.settings.Language(c.Server))
	head := s.loaded(library.Status{Revision: c.Revision, LoadedAt: c.At, LoadedBy: c.By, LoadedIn: c.ByIn}, c.Server)
	text, _ := drifts(s, library.Report{Goldens: c.Goldens, Drifts: c.Drifts}, maxText-units(head)-1, "status.more")
	return &Notice{Channel: channel, Text: head + "\n" + text}
}

// tell posts to the servers' channels which golden questions are answered
// differently after a reload, until ctx ends. What is being posted then still is, in
// the context work.
func (b *Bot) tell(ctx, work context.Context) {
	post := func(c library.Check) {
		defer func() {
			if v := recover(); v != nil {
				b.logger.LogAttrs(ctx, slog.LevelError, "a server was not told about its golden questions", slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
			}
		}()
		b.notify(work, job{reference: reference()}, Reply{Notice: b.handlers.driftNotice(c)})
	}
	for {
		select {
		case c := <-b.config.Drifts:
			post(c)
		case <-ctx.Done():
			return
		}
	}
}
