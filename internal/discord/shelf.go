package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// addRequest is an article to add: a file, a page of the web, or the text and
// title of a dialogue. Without any, the dialogue is to be shown.
type addRequest struct {
	Caller
	File        *attachment
	Link        string
	Title, Text string
}

// add shows what an article would look like, to be confirmed.
func (h *handlers) add(ctx context.Context, r addRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	a := store.Article{By: by(r.Caller)}
	switch {
	case r.File != nil:
		if r.File.Size > library.MaxFileBytes {
			return Reply{Text: s.say("add.large", "Limit", library.MaxFileBytes>>20), Private: true}, nil
		}
		a.Name = library.FileName(r.File.Name)
		if !slices.Contains([]string{".md", ".txt", ".html"}, path.Ext(a.Name)) {
			return Reply{Text: s.say("add.kind"), Private: true}, nil
		}
		var err error
		if a.Data, err = h.download(ctx, r.File.URL, library.MaxFileBytes); err != nil {
			return Reply{}, fmt.Errorf("fetch an uploaded file: %w", err)
		}
	case r.Link != "" && h.fetch == nil:
		return Reply{Text: s.say("add.nolinks"), Private: true}, nil
	case r.Link != "":
		title, data, ok := h.fetch(ctx, r.Link)
		if !ok {
			return Reply{Text: s.say("add.unread"), Private: true}, nil
		}
		a.Name, a.Data = library.TitleName(title, ".html"), data
	case r.Text != "":
		a.Name, a.Data = library.TitleName(r.Title, ".md"), pasted(r.Title, r.Text)
	default:
		return Reply{Modal: paste(s, r.ID)}, nil
	}
	return h.offer(s, r.Caller, a)
}

// pasted is the file for pasted text. The title is quoted for the front matter,
// so that nothing in it is read as more than a title.
func pasted(title, text string) []byte {
	return fmt.Appendf(nil, "---\ntitle: %q\n---\n%s\n", strings.Join(strings.Fields(plain(title)), " "), text)
}

// paste is the dialogue for the text of an article.
func paste(s speaker, owner string) *Modal {
	return &Modal{State: pasteID + owner, Title: s.say("add.paste"), Inputs: []Input{
		{State: "title", Label: s.say("add.title"), Max: maxTitle},
		{State: "text", Label: s.say("add.text"), Long: true, Max: 4000},
	}}
}

// offer shows the title, the extent and the beginning of an article, with a
// button to add it and one not to.
func (h *handlers) offer(s speaker, c Caller, a store.Article) (Reply, error) {
	found, err := h.servers(c.Server).Preview(a)
	var problems article.Problems
	if errors.As(err, &problems) {
		return problematic(s, s.say("add.broken", "Count", len(problems)), problems, ""), nil
	}
	if err != nil {
		return Reply{}, fmt.Errorf("preview %q: %w", a.Name, err)
	}
	before, replaces, err := h.own(c.Server, a.Name)
	if err != nil {
		return Reply{}, err
	}
	if other, clashes, err := h.own(c.Server, library.OwnID(a.Name)); err != nil {
		return Reply{}, err
	} else if clashes && other.Name != a.Name {
		return Reply{Text: s.say("add.clash", "Name", s.inline(a.Name), "Other", s.inline(other.Name)), Private: true}, nil
	}
	alone := article.NewCorpus([]*article.Article{found})
	lines := []string{
		s.say("add.preview", "Title", bold+s.inline(shorten(found.Title, maxTitle))+bold, "Name", s.inline(a.Name)),
		size(s, library.Status{Articles: 1, Paragraphs: alone.Paragraphs(), Sentences: alone.Sentences()}),
	}
	if replaces {
		lines = append(lines, s.say("add.replaces"))
	}
	first := found.Paragraphs[found.Sentences[0].Paragraph]
	q, err := quote(article.Passage{Article: found, First: 0, Last: min(2, first.Count-1)}, article.Span{}, maxFurther)
	if err != nil {
		return Reply{}, fmt.Errorf("show the beginning of %q: %w", a.Name, err)
	}
	lines = append(lines, q.Markdown)
	if q.CutAfter {
		lines = append(lines, small(s.say("cut.after")))
	}
	return Reply{Text: strings.Join(lines, "\n"), Private: true, Buttons: h.confirmation(s, pending{c.Server, c.ID, a, contentOf(before)})}, nil
}

// addNow adds an article that was confirmed.
func (h *handlers) addNow(ctx context.Context, s speaker, c Caller, a store.Article) (Reply, error) {
	report, err := h.servers(c.Server).Add(ctx, a)
	var problems article.Problems
	switch {
	case errors.As(err, &problems):
		reply := problematic(s, s.say("add.broken", "Count", len(problems)), problems, "")
		reply.Update = true
		return reply, nil
	case errors.Is(err, store.ErrFull):
		return Reply{Text: s.say("add.full", "Count", store.MaxArticles, "Limit", store.MaxBytes>>20), Update: true, Private: true}, nil
	case err != nil:
		return Reply{}, err
	}
	reply := changed(s, s.say("add.done", "Name", s.inline(a.Name)), report)
	reply.Update = true
	return h.differing(c, h.noticed(c, reply, store.Added, a.Name), report), nil
}

// shelfRequest is about an article that the server added.
type shelfRequest struct {
	Caller
	Article string // as it was chosen or typed
}

// own finds an article that the server added, by its ID or its file's name.
func (h *handlers) own(server, id string) (store.Article, bool, error) {
	kept, err := h.store.Articles(server)
	if err != nil {
		return store.Article{}, false, err
	}
	for _, a := range kept {
		if a.Name == id || library.OwnID(a.Name) == id {
			return a, true, nil
		}
	}
	return store.Article{}, false, nil
}

// idOf is the ID of the article that a moderator means: by its ID, else by its
// file's name, with or without the extension, or its title, where no other has
// that. Only articles whose ID is in count.
func idOf(c *article.Corpus, name string, in func(id string) bool) (id string, ok bool) {
	name = plain(name)
	if c.Article(name) != nil && in(name) {
		return name, true
	}
	if name == "" {
		return "", false
	}
	for _, called := range []func(*article.Article) []string{
		func(a *article.Article) []string { return []string{a.Path, library.Label(a.ID)} },
		func(a *article.Article) []string { return []string{plain(a.Title)} },
	} {
		var found []string
		for _, a := range c.Articles {
			if in(a.ID) && slices.ContainsFunc(called(a), func(x string) bool { return strings.EqualFold(x, name) }) {
				found = append(found, a.ID)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return "", false
}

// chosen is the article of the server's own that a moderator named; instead is
// what to reply when there is none, or the caller may not.
func (h *handlers) chosen(ctx context.Context, r shelfRequest) (s speaker, a store.Article, instead *Reply, err error) {
	s, instead = h.moderate(r.Caller)
	if instead != nil {
		return s, a, instead, nil
	}
	a, ok, err := h.own(r.Server, r.Article)
	if id, known := idOf(h.desk.Corpus(ctx), r.Article, library.IsOwn); err == nil && !ok && known {
		a, ok, err = h.own(r.Server, id)
	}
	if err == nil && !ok {
		instead = &Reply{Text: s.say("remove.none", "Name", s.inline(shorten(library.Label(r.Article), maxTitle))), Private: true}
	}
	return s, a, instead, err
}

// remove asks whether an article is to be removed.
func (h *handlers) remove(ctx context.Context, r shelfRequest) (Reply, error) {
	s, a, instead, err := h.chosen(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if instead != nil {
		return *instead, nil
	}
	return h.removal(s, r.Caller, a), nil
}

// removal shows which article is to be removed, as the server has it now, with a
// button to do it and one not to.
func (h *handlers) removal(s speaker, c Caller, a store.Article) Reply {
	p := pending{c.Server, c.ID, store.Article{Name: a.Name}, contentOf(a)}
	return Reply{Text: s.say("remove.sure", "Name", s.inline(a.Name)), Private: true, Buttons: h.confirmation(s, p)}
}

// removeNow removes an article, which was confirmed.
func (h *handlers) removeNow(ctx context.Context, s speaker, c Caller, name string) (Reply, error) {
	report, err := h.servers(c.Server).Remove(ctx, name, by(c))
	if errors.Is(err, store.ErrNotFound) {
		return Reply{Text: s.say("remove.none", "Name", s.inline(shorten(name, maxTitle))), Update: true, Private: true}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	reply := changed(s, s.say("remove.done", "Name", s.inline(name)), report)
	reply.Update = true
	return h.differing(c, h.noticed(c, reply, store.Removed, name), report), nil
}

// export gives a file back as it was added.
func (h *handlers) export(ctx context.Context, r shelfRequest) (Reply, error) {
	s, a, instead, err := h.chosen(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if instead != nil {
		return *instead, nil
	}
	return Reply{Text: s.say("export.done", "Name", s.inline(a.Name)), Private: true, File: &File{Name: a.Name, Data: a.Data}}, nil
}

// use sets which articles the channel asks about: one more, or all again.
func (h *handlers) use(ctx context.Context, r shelfRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	desk := h.desk.Corpus(ctx)
	if r.Article != "" {
		id, ok := idOf(desk, r.Article, func(string) bool { return true })
		if !ok {
			return Reply{Text: s.say("ask.noarticle", "Name", s.inline(shorten(r.Article, maxTitle))), Private: true}, nil
		}
		r.Article = id
	}
	detail := nameUse + " " + cmp.Or(r.Article, "*") + " <#" + r.Channel + ">"
	err := h.store.Change(r.Server, store.Entry{By: by(r.Caller), Action: store.Decided, Detail: detail}, func(set *store.Settings) {
		if r.Article == "" {
			delete(set.Use, r.Channel)
			return
		}
		if set.Use == nil {
			set.Use = map[string][]string{}
		}
		if !slices.Contains(set.Use[r.Channel], r.Article) {
			set.Use[r.Channel] = append(set.Use[r.Channel], r.Article)
		}
	})
	if err != nil {
		return Reply{}, err
	}
	text := s.say("use.all")
	if ids := h.used(r.Caller, desk); len(ids) > 0 {
		text = s.say("use.some", "Names", s.ids(ids, desk))
	}
	return h.noticed(r.Caller, Reply{Text: text, Private: true}, store.Decided, detail), nil
}

// maxNames is the room for a list of articles within a line, in units.
const maxNames = 300

// ids lists articles, the first few of them, by their titles in a corpus, or as
// their files are called where there is none.
func (s speaker) ids(ids []string, c *article.Corpus) string {
	var names []string
	room := maxNames
	for _, id := range ids[:min(len(ids), maxTitles)] {
		name := library.Label(id)
		if c != nil {
			if a := c.Article(id); a != nil && a.Title != "" {
				name = a.Title
			}
		}
		name = s.inline(shorten(name, 60))
		if room -= units(name); room < 0 {
			break
		}
		names = append(names, name)
	}
	if left := len(ids) - len(names); left > 0 {
		names = append(names, s.say("status.more", "Count", left))
	}
	return s.list(names)
}

// used are the articles that a question in a channel is asked of, nil for all: in
// a thread for which nothing is decided, those of its channel. Those that are
// gone don't count.
func (h *handlers) used(c Caller, corpus *article.Corpus) []string {
	if h.store == nil {
		return nil
	}
	for _, channel := range []string{c.Channel, c.Parent} {
		ids := slices.DeleteFunc(h.store.Use(c.Server, channel), func(id string) bool { return corpus.Article(id) == nil })
		if len(ids) > 0 {
			return ids
		}
	}
	return nil
}
