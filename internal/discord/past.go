package discord

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// How many lines the lists for moderators have. What doesn't fit in a message
// is left to the file beside, or to the next look.
const (
	maxLogged = 20
	maxListed = 25
)

// history lists what answered lately.
func (h *handlers) history(_ context.Context, r corpusRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	lines := []string{bold + s.say("history.head") + bold}
	for i, st := range h.servers(r.Server).History() {
		line := s.say("status.revision", "Revision", string(st.Revision), "When", moment(st.LoadedAt), "By", s.who(st.LoadedBy)) + " · " + s.say("status.articles", "Count", st.Articles)
		if i == 0 {
			line = bold + line + bold
		}
		lines = append(lines, "- "+line)
	}
	text, _ := fill(lines, maxText)
	return Reply{Text: text, Private: true}, nil
}

// rollbackRequest puts a revision back.
type rollbackRequest struct {
	Caller
	Revision string
}

func (h *handlers) rollback(ctx context.Context, r rollbackRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	report, err := h.servers(r.Server).Rollback(ctx, article.Revision(r.Revision), by(r.Caller))
	if errors.Is(err, library.ErrRevision) {
		return Reply{Text: s.say("rollback.none", "Revision", s.inline(shorten(r.Revision, 40))), Private: true}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	if err := h.store.Record(r.Server, store.Entry{By: by(r.Caller), Action: store.RolledBack, Detail: r.Revision}); err != nil {
		return Reply{}, err
	}
	reply := Reply{Text: s.say("rollback.done", "Revision", r.Revision) + "\n" + changes(s, report), Private: true}
	return h.noticed(r.Caller, reply, store.RolledBack, r.Revision), nil
}

// log lists what moderators did.
func (h *handlers) log(_ context.Context, r corpusRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	entries, err := h.store.Log(r.Server, maxLogged)
	if err != nil {
		return Reply{}, err
	}
	if len(entries) == 0 {
		return Reply{Text: s.say("log.none"), Private: true}, nil
	}
	lines := []string{bold + s.say("log.head") + bold}
	for _, e := range entries {
		lines = append(lines, "- "+moment(e.At)+" "+s.logged(e))
	}
	text, _ := fill(lines, maxText)
	return Reply{Text: text, Private: true}, nil
}

// gaps lists the questions that the articles could not answer, as a page and as
// a table for other programs.
func (h *handlers) gaps(_ context.Context, r corpusRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	if h.store.Settings(r.Server).NoGaps {
		return Reply{Text: s.say("gaps.off"), Private: true}, nil
	}
	gaps, err := h.store.Gaps(r.Server)
	if err != nil {
		return Reply{}, err
	}
	days := h.store.Retention(r.Server)
	if len(gaps) == 0 {
		return Reply{Text: s.say("gaps.none", "Count", days), Private: true}, nil
	}
	lines := []string{bold + s.say("gaps.head", "Count", days) + bold}
	for _, g := range gaps[:min(len(gaps), maxListed)] {
		lines = append(lines, fmt.Sprintf("- %d× %s %s", g.Count, s.inline(shorten(g.Question, maxTitle)), moment(g.Last)))
	}
	text, _ := fill(lines, maxText)
	table, err := gapTable(gaps)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Text: text, Private: true, File: &File{Name: "questions.csv", Data: table}}, nil
}

// gapTable is the list as CSV.
func gapTable(gaps []store.Gap) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"question", "count", "first", "last"}}
	for _, g := range gaps {
		rows = append(rows, []string{cell(g.Question), strconv.Itoa(g.Count), g.First.UTC().Format(time.RFC3339), g.Last.UTC().Format(time.RFC3339)})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write the questions as CSV: %w", err)
	}
	return b.Bytes(), nil
}

// cell keeps a spreadsheet from taking what a member typed for a formula.
func cell(text string) string {
	if strings.ContainsRune("=+-@\t\r", rune((text + " ")[0])) {
		return "'" + text
	}
	return text
}

// goldenRequest is about golden questions: to keep the answer that a message
// shows, to remove one, or to list them.
type goldenRequest struct {
	Caller
	Keys   []string // of the answer to keep
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
func (h *handlers) keepGolden(_ context.Context, r goldenRequest) (Reply, error) {
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
		return Reply{Text: s.say("golden.none"), Private: true}, nil
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

// drifts lists the golden questions that are answered otherwise now.
func drifts(s speaker, r library.Report) []string {
	if r.Goldens == 0 {
		return nil
	}
	if len(r.Drifts) == 0 {
		return []string{s.say("golden.same", "Count", r.Goldens)}
	}
	lines := []string{s.say("golden.drifts", "Count", len(r.Drifts), "All", r.Goldens)}
	for _, d := range r.Drifts[:min(len(r.Drifts), maxProblems)] {
		now := s.say("golden.unanswered")
		if d.Now != "" {
			now = s.say("quoted", "Text", s.inline(shorten(d.Now, 80)))
		}
		lines = append(lines, "- "+s.inline(shorten(d.Golden.Question, 80))+" → "+now)
	}
	if left := len(r.Drifts) - maxProblems; left > 0 {
		lines = append(lines, "- "+s.say("status.more", "Count", left))
	}
	return lines
}
