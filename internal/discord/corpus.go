package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// Permissions, as Discord numbers them.
const (
	permAdministrator = 1 << 3
	permManageServer  = 1 << 5
)

// mayModerate returns "" for a moderator, else the key of the message that says
// why not. What Discord hides from members is checked here again, on every
// request, for servers can override it and requests can be forged.
func (h *handlers) mayModerate(c Caller) string {
	switch {
	case c.Server == "" || !c.Member:
		return "refused.server"
	case c.Permissions&(permManageServer|permAdministrator) != 0, h.settings.Moderator(c.Server, c.Roles):
		return ""
	case c.Permissions == 0:
		return "refused.unreported"
	}
	return "refused.permission"
}

// corpusRequest is a moderator's command about the articles.
type corpusRequest struct {
	Caller
}

// status tells what is loaded.
func (h *handlers) status(ctx context.Context, r corpusRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	if key := h.mayModerate(r.Caller); key != "" {
		return Reply{Text: s.say(key), Private: true}, nil
	}
	st := h.desk.Status(ctx)
	lines := []string{s.say("status.head"), size(s, st)}
	lines = append(lines, s.loaded(st, r.Server))
	if names := h.titles(ctx, s); names != "" {
		lines = append(lines, names)
	}
	if st.Own > 0 {
		lines = append(lines, s.say("status.own", "Count", st.Own))
	}
	if st.RolledBack {
		lines = append(lines, s.say("status.rolledback"))
	}
	if st.Memory > 0 {
		lines = append(lines, s.say("status.memory", "Megabytes", st.Memory>>20))
	}
	if h.store != nil {
		helpful, not, err := h.store.Opinions(r.Server)
		if err != nil {
			return Reply{}, err
		}
		if helpful+not > 0 {
			lines = append(lines, s.say("status.opinions", "Helpful", helpful, "Not", not))
			disliked, err := h.unhelpful(ctx, s, r.Server)
			if err != nil {
				return Reply{}, err
			}
			lines = append(lines, disliked...)
		}
		if h.servers != nil {
			goldens, err := h.checked(ctx, s, r.Server)
			if err != nil {
				return Reply{}, err
			}
			lines = append(lines, goldens...)
		}
	}
	if st.Loading {
		lines = append(lines, s.say("status.loading"))
	}
	text, _ := fill(lines, maxText)
	return Reply{Text: text, Private: true}, nil
}

// maxUnhelpful is how many of the answers that were found not helpful are shown.
const maxUnhelpful = 5

// unhelpful lists the passages that members found not helpful, as far as it is
// still known what they say. What had been asked is not kept: an opinion goes
// with its member, and a question next to it would tell who asked what.
func (h *handlers) unhelpful(ctx context.Context, s speaker, server string) ([]string, error) {
	if h.servers == nil {
		return nil, nil
	}
	found, err := h.store.Unhelpful(server, maxUnhelpful)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, u := range found {
		c := h.servers(server).At(ctx, article.Revision(u.Revision))
		if c == nil || c.Article(u.Article) == nil {
			continue
		}
		a := c.Article(u.Article)
		for i := range a.Sentences {
			p := article.Passage{Article: a, First: i, Last: i}
			if at := p.Citation(); at.Paragraph == u.Paragraph && at.Sentence == u.Sentence {
				lines = append(lines, fmt.Sprintf("- %d× %s %s", u.Count, s.say("quoted", "Text", s.inline(shorten(p.Text(), maxTitle))), citation(s, p)[len(small("")):]))
			}
		}
	}
	return lines, nil
}

// maxProblems is how many problems of a broken corpus are shown.
const maxProblems = 12

// reload reads the articles again, and says what changed or what is wrong.
func (h *handlers) reload(ctx context.Context, r corpusRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	if key := h.mayModerate(r.Caller); key != "" {
		return Reply{Text: s.say(key), Private: true}, nil
	}
	report, err := h.desk.Reload(ctx, by(r.Caller))
	var problems article.Problems
	switch {
	case errors.As(err, &problems):
		return Reply{Text: broken(s, problems, h.desk.Status(ctx).Revision), Private: true}, nil
	case err != nil:
		return Reply{}, fmt.Errorf("reload: %w", err)
	}
	reply := Reply{Text: reloaded(s, report), Private: true}
	if h.store == nil {
		return reply, nil
	}
	return h.differing(r.Caller, h.noticed(r.Caller, reply, store.Reloaded, string(report.After.Revision)), report), nil
}

// broken lists what is wrong with a corpus that wasn't taken.
func broken(s speaker, problems article.Problems, kept article.Revision) string {
	return listed(s, s.say("reload.broken", "Count", len(problems)), problems) + "\n" + s.say("reload.kept", "Revision", string(kept))
}

// listed lists problems under a head.
func listed(s speaker, head string, problems article.Problems) string {
	lines := []string{head}
	for _, p := range problems[:min(len(problems), maxProblems)] {
		lines = append(lines, "- "+s.inline(shorten(p.String(), 120)))
	}
	if left := len(problems) - maxProblems; left > 0 {
		lines = append(lines, "- "+s.say("status.more", "Count", left))
	}
	return strings.Join(lines, "\n")
}

// reloaded says what a reload changed.
func reloaded(s speaker, r library.Report) string {
	var lines []string
	took := r.Took.Round(time.Millisecond).String()
	if r.Before.Revision == r.After.Revision {
		lines = append(lines, s.say("reload.same", "After", string(r.After.Revision), "Took", took))
	} else {
		lines = append(lines, s.say("reload.done", "Before", string(r.Before.Revision), "After", string(r.After.Revision), "Took", took))
	}
	if r.Shared {
		lines = append(lines, s.say("reload.shared"))
	}
	text, _ := fill(append(lines, changes(s, r)), maxText)
	return text
}

// changes says which articles a change added, changed and removed, what is
// loaded now, and which golden questions are answered otherwise.
func changes(s speaker, r library.Report) string {
	var lines []string
	for _, change := range []struct {
		key string
		ids []string
	}{{"reload.added", r.Added}, {"reload.changed", r.Changed}, {"reload.removed", r.Removed}} {
		if len(change.ids) == 0 {
			continue
		}
		lines = append(lines, s.say(change.key, "Count", len(change.ids), "Names", s.ids(change.ids, nil)))
	}
	lines = append(lines, s.say("reload.now", "Size", size(s, r.After)))
	if r.Before.Revision != r.After.Revision && r.Before.Revision != "" {
		lines = append(lines, s.say("reload.before", "Size", size(s, r.Before)))
	}
	text, _ := fill(append(lines, drifts(s, r)...), maxText-300)
	return text
}

// size counts what is loaded, in words.
func size(s speaker, st library.Status) string {
	return s.say("status.size",
		"Articles", s.say("status.articles", "Count", st.Articles),
		"Paragraphs", s.say("status.paragraphs", "Count", st.Paragraphs),
		"Sentences", s.say("status.sentences", "Count", st.Sentences))
}

// moment shows a time as each reader's client writes it.
func moment(t time.Time) string { return fmt.Sprintf("<t:%d:R>", t.Unix()) }
