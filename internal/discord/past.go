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
func (h *handlers) history(ctx context.Context, r corpusRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	lines := []string{bold + s.say("history.head") + bold}
	for i, st := range h.servers(r.Server).History(ctx) {
		line := s.loaded(st, r.Server) + " · " + s.say("status.articles", "Count", st.Articles) + " · " + s.say("status.sentences", "Count", st.Sentences)
		if i == 0 {
			line = bold + line + bold + " · " + s.say("history.now")
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
	reply := changed(s, s.say("rollback.done", "Revision", r.Revision), report)
	return h.differing(r.Caller, h.noticed(r.Caller, reply, store.RolledBack, r.Revision), report), nil
}

// log lists what moderators did.
func (h *handlers) log(_ context.Context, r corpusRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	entries, err := h.store.Log(r.Server, store.MaxEntries)
	if err != nil {
		return Reply{}, err
	}
	if len(entries) == 0 {
		return Reply{Text: s.say("log.none"), Private: true}, nil
	}
	lines := []string{bold + s.say("log.head") + bold}
	for _, e := range entries[:min(len(entries), maxLogged)] {
		lines = append(lines, "- "+moment(e.At)+" "+s.logged(e))
	}
	text, left := fill(lines, maxText-200)
	more := len(entries) - (len(lines) - 1 - len(left))
	if more == 0 {
		return Reply{Text: text, Private: true}, nil
	}
	return Reply{Text: text + "\n" + s.say("gaps.more", "Count", more), Private: true, File: &File{Name: "log.csv", Data: logTable(entries)}}, nil
}

// logTable is all of a server's log as CSV, in English.
func logTable(entries []store.Entry) []byte {
	rows := [][]string{{"time", "by", "action", "article", "detail"}}
	for _, e := range entries {
		rows = append(rows, []string{e.At.UTC().Format(time.RFC3339), cell(e.By), string(e.Action), cell(e.Article), cell(e.Detail)})
	}
	return table(rows)
}

func table(rows [][]string) []byte {
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(rows) // a buffer takes everything
	return b.Bytes()
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
	text, left := fill(lines, maxText-200)
	if more := len(gaps) - (len(lines) - 1 - len(left)); more > 0 {
		text += "\n" + s.say("gaps.more", "Count", more)
	}
	return Reply{Text: text, Private: true, File: &File{Name: "questions.csv", Data: gapTable(gaps)}}, nil
}

// gapTable is the list as CSV.
func gapTable(gaps []store.Gap) []byte {
	rows := [][]string{{"question", "count", "first", "last"}}
	for _, g := range gaps {
		rows = append(rows, []string{cell(g.Question), strconv.Itoa(g.Count), g.First.UTC().Format(time.RFC3339), g.Last.UTC().Format(time.RFC3339)})
	}
	return table(rows)
}

// cell keeps a spreadsheet from taking what a member typed for a formula.
func cell(text string) string {
	if strings.ContainsRune("=+-@\t\r", rune((text + " ")[0])) {
		return "'" + text
	}
	return text
}
