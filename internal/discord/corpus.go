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
	lines := []string{s.say("status.head"), size(s, st), s.loaded(st, r.Server)}
	if st.Loading {
		lines = append(lines, s.say("status.loading"))
		if p := s.progress(st.Progress); p != "" {
			lines = append(lines, small(p))
		}
	}
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
	reply := Reply{Private: true}
	if h.store != nil && h.servers != nil {
		goldens, file, err := h.checked(ctx, s, r.Server)
		if err != nil {
			return Reply{}, err
		}
		if reply.File = file; goldens != "" {
			lines = append(lines, goldens)
		}
	}
	if h.store != nil {
		opinions, err := h.opinions(ctx, s, r.Server, maxText-units(strings.Join(lines, "\n"))-1)
		if err != nil {
			return Reply{}, err
		}
		if opinions != "" {
			lines = append(lines, opinions)
		}
	}
	reply.Text = strings.Join(lines, "\n")
	return reply, nil
}

// opinions tells in at most room units how answers were found, "" when nobody
// has said.
func (h *handlers) opinions(ctx context.Context, s speaker, server string, room int) (string, error) {
	thought, err := h.store.Opinions(server, maxUnhelpful)
	if err != nil || thought.Helpful+thought.Not == 0 {
		return "", err
	}
	disliked := h.unhelpful(ctx, s, server, thought.Unhelpful)
	text, _ := s.listed(s.say("status.opinions", "Helpful", thought.Helpful, "Not", thought.Not), disliked, len(disliked), room, "status.more")
	return text, nil
}

// maxUnhelpful is how many of the answers that were found not helpful are shown.
const maxUnhelpful = 5

// unhelpful lists the passages that members found not helpful, as far as it is
// still known what they say. What had been asked is not kept: an opinion goes
// with its member, and a question next to it would tell who asked what.
func (h *handlers) unhelpful(ctx context.Context, s speaker, server string, found []store.Unhelpful) []string {
	if h.servers == nil {
		return nil
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
	return lines
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
		return broken(s, problems, h.desk.Status(ctx).Revision, report.Shared), nil
	case err != nil:
		return Reply{}, fmt.Errorf("reload: %w", err)
	}
	reply := reloaded(s, report)
	if h.store == nil {
		return reply, nil
	}
	return h.differing(r.Caller, h.noticed(r.Caller, reply, store.Reloaded, string(report.After.Revision)), report), nil
}

// broken lists what is wrong with a corpus that wasn't taken; shared says that
// another had it loaded.
func broken(s speaker, problems article.Problems, kept article.Revision, shared bool) Reply {
	foot := "\n" + s.say("reload.kept", "Revision", string(kept))
	if shared {
		foot += "\n" + s.say("reload.shared")
	}
	return problematic(s, s.say("reload.broken", "Count", len(problems)), problems, foot)
}

// underWay says that a reload is under way, and how far it has come, to whoever
// waits for it; joins says that they wait for another's. It is "" when there is
// none.
func (s speaker) underWay(st library.Status, joins bool) string {
	if !st.Reloading {
		return ""
	}
	text := s.say("status.loading")
	if joins {
		text = s.say("reload.joined")
	}
	if p := s.progress(st.Progress); p != "" {
		text += "\n" + small(p)
	}
	return text
}

// problematic lists problems between a head and a foot. A file has them all where
// they don't fit.
func problematic(s speaker, head string, problems article.Problems, foot string) Reply {
	var items []string
	for _, p := range problems[:min(len(problems), maxProblems)] {
		items = append(items, "- "+s.inline(shorten(p.String(), 120)))
	}
	text, whole := s.listed(head, items, len(problems), maxText-units(foot), "gaps.more")
	reply := Reply{Text: text + foot, Private: true}
	if !whole {
		all := problems.Error() + "\n"
		if len(all) > maxListFile {
			all = all[:strings.LastIndexByte(all[:maxListFile], '\n')+1]
		}
		reply.File = &File{Name: "problems.txt", Data: []byte(all)}
	}
	return reply
}

const (
	// maxListFile bounds a file of problems, in bytes; a line has some hundred.
	maxListFile = 1 << 20
	// maxRest is the room for the line that counts what a list leaves out, in
	// units.
	maxRest = 100
)

// listed is a head over the first of all items, as many as fit in room units,
// and the message of key for how many are left out. whole says that none is.
func (s speaker) listed(head string, items []string, all, room int, key string) (text string, whole bool) {
	lines := append([]string{head}, items...)
	text, left := fill(lines, room)
	if len(left) == 0 && len(items) == all {
		return text, true
	}
	text, left = fill(lines, room-maxRest)
	return text + "\n- " + s.say(key, "Count", all-len(items)+len(left)), false
}

// reloaded says what a reload changed.
func reloaded(s speaker, r library.Report) Reply {
	var head string
	took := r.Took.Round(time.Millisecond).String()
	if r.Before.Revision == r.After.Revision {
		head = s.say("reload.same", "After", string(r.After.Revision), "Took", took)
	} else {
		head = s.say("reload.done", "Before", string(r.Before.Revision), "After", string(r.After.Revision), "Took", took)
	}
	if r.Shared {
		head += "\n" + s.say("reload.shared")
	}
	return changed(s, head, r)
}

// changed says under a head which articles a change added, changed and removed,
// what is loaded now, and which golden questions are answered otherwise; a file
// has them all where they don't fit.
func changed(s speaker, head string, r library.Report) Reply {
	lines := []string{head}
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
	reply := Reply{Private: true}
	goldens, whole := drifts(s, r, maxText-units(strings.Join(lines, "\n"))-1, "gaps.more")
	if goldens != "" {
		lines = append(lines, goldens)
	}
	if !whole {
		reply.File = driftFile(r)
	}
	reply.Text = strings.Join(lines, "\n")
	return reply
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
