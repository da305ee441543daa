package discord

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"

	"verbatim/internal/library"
)

// The moderators' commands and their options.
const (
	nameHistory  = "history"
	nameRollback = "rollback"
	nameAdd      = "add"
	nameRemove   = "remove"
	nameExport   = "export"
	nameUse      = "use"
	nameLog      = "log"
	nameGaps     = "gaps"
	nameGoldens  = "goldens"

	nameSettings   = "settings"
	nameShow       = "show"
	nameModerators = "moderators"
	nameListen     = "listen"
	nameLanguage   = "language"
	nameRetention  = "retention"

	nameFile     = "file"
	nameLink     = "link"
	nameRevision = "revision"
	nameRole     = "role"
	nameOn       = "on"
	nameCooldown = "cooldown"
	nameDays     = "days"

	namePrivacy = "privacy"
	nameGolden  = "Keep as golden" // a message command: its name is what members see
)

// moderatorCommands are /corpus, /settings and the message command of
// moderators.
func (w *words) moderatorCommands() []Command {
	completed := func(o Option) Option { o.Autocomplete = true; return o }
	required := func(o Option) Option { o.Required = true; return o }
	called := func(name string, o Option) Option { o.Name = name; return o } // its words stand under another
	between := func(o Option, least, most int) Option { o.MinValue, o.MaxValue = &least, &most; return o }
	corpus := w.command(nameCorpus,
		w.subcommand(nameCorpus, nameStatus),
		w.subcommand(nameCorpus, nameReload),
		w.subcommand(nameCorpus, nameHistory),
		w.subcommand(nameCorpus, nameRollback, required(completed(w.option(nameCorpus, nameRevision, optionString)))),
		w.subcommand(nameCorpus, nameAdd, w.option(nameCorpus, nameFile, optionAttachment), w.option(nameCorpus, nameLink, optionString)),
		w.subcommand(nameCorpus, nameRemove, required(completed(w.option(nameCorpus, nameArticle, optionString)))),
		w.subcommand(nameCorpus, nameExport, required(completed(w.option(nameCorpus, nameArticle, optionString)))),
		w.subcommand(nameCorpus, nameUse, completed(w.option(nameCorpus, nameArticle, optionString))),
		w.subcommand(nameCorpus, nameGaps),
		w.subcommand(nameCorpus, nameGoldens, called(nameRemove, completed(w.option(nameCorpus, "removegolden", optionString)))),
		w.subcommand(nameCorpus, nameLog))
	languages := called(nameLanguage, required(w.option(nameSettings, "languagetag", optionString)))
	for _, s := range w.speakers {
		languages.Choices = append(languages.Choices, OptionChoice{Name: s.say("language"), Value: s.tag.String()})
	}
	on := required(w.option(nameSettings, nameOn, optionBoolean))
	settings := w.command(nameSettings,
		w.subcommand(nameSettings, nameShow),
		w.subcommand(nameSettings, nameModerators, required(w.option(nameSettings, nameRole, optionRole))),
		w.subcommand(nameSettings, nameListen, on, between(w.option(nameSettings, nameCooldown, optionInteger), 0, 86400)),
		w.subcommand(nameSettings, nameLanguage, languages),
		w.subcommand(nameSettings, namePrivate, on),
		w.subcommand(nameSettings, nameRetention, required(between(w.option(nameSettings, nameDays, optionInteger), 1, maxRetention))),
		w.subcommand(nameSettings, nameGaps, on),
		w.subcommand(nameSettings, nameLog, on))
	out := []Command{corpus, settings, w.messageCommand(nameGolden, "command.golden.name")}
	for i := range out {
		out[i].DefaultMemberPermissions = Bits(strconv.Itoa(permManageServer))
		out[i].Contexts = []int{contextServer}
		out[i].IntegrationTypes = []int{installServer}
	}
	return out
}

// routeModerator finds the job for a command of a moderator's, or /privacy; ok
// is false when it is another.
func (b *Bot) routeModerator(name string, opts options, in interaction, c Caller, j *job) bool {
	h := b.handlers.in(c.Server)
	shelf := func(run func(context.Context, shelfRequest) (Reply, error)) {
		r := shelfRequest{Caller: c, Article: opts.text(nameArticle)}
		j.run = func(ctx context.Context) (Reply, error) { return run(ctx, r) }
	}
	plain := func(run func(context.Context, corpusRequest) (Reply, error)) {
		j.run = func(ctx context.Context) (Reply, error) { return run(ctx, corpusRequest{c}) }
	}
	if sub, ok := strings.CutPrefix(name, nameSettings+" "); ok {
		on, _ := opts.find(nameOn).(bool)
		r := settingsRequest{Caller: c, Setting: sub, Role: opts.text(nameRole), Language: opts.text(nameLanguage), On: on, Number: opts.number(nameCooldown)}
		if sub == nameRetention {
			r.Number = opts.number(nameDays)
		}
		j.run = func(ctx context.Context) (Reply, error) { return h.decide(ctx, r) }
		return true
	}
	switch name {
	case nameCorpus + " " + nameStatus:
		plain(h.status)
	case nameCorpus + " " + nameReload:
		j.limit, j.upkeep = b.pace.upkeep, true
		var joins atomic.Bool
		j.run = func(ctx context.Context) (Reply, error) {
			joins.Store(h.desk.Status(ctx).Reloading)
			return h.reload(ctx, corpusRequest{c})
		}
		j.progress = func(ctx context.Context, late bool) string {
			if !late && !joins.Load() {
				return "" // most are done before there is anything to tell
			}
			return h.speaker(c).underWay(h.desk.Status(ctx), joins.Load())
		}
	case nameCorpus + " " + nameHistory:
		plain(h.history)
	case nameCorpus + " " + nameRollback:
		j.limit, j.upkeep = b.pace.upkeep, true
		r := rollbackRequest{Caller: c, Revision: opts.text(nameRevision)}
		j.run = func(ctx context.Context) (Reply, error) { return h.rollback(ctx, r) }
	case nameCorpus + " " + nameAdd:
		j.limit, j.upkeep = b.pace.upkeep, true
		r := addRequest{Caller: c, File: in.Data.Resolved.Attachments[opts.text(nameFile)], Link: opts.text(nameLink)}
		j.run = func(ctx context.Context) (Reply, error) { return h.add(ctx, r) }
	case nameCorpus + " " + nameRemove:
		shelf(h.remove)
	case nameCorpus + " " + nameExport:
		shelf(h.export)
	case nameCorpus + " " + nameUse:
		shelf(h.use)
	case nameCorpus + " " + nameLog:
		plain(h.log)
	case nameCorpus + " " + nameGaps:
		plain(h.gaps)
	case nameCorpus + " " + nameGoldens:
		r := goldenRequest{Caller: c, Remove: opts.text(nameRemove)}
		j.run = func(ctx context.Context) (Reply, error) { return h.goldens(ctx, r) }
	case nameGolden:
		j.name = "golden"
		r := goldenRequest{Caller: c, Keys: []string{replyKey(in.Data.Target)}}
		if m := in.Data.Resolved.Messages[in.Data.Target]; m != nil {
			r.Keys = append(r.Keys, replyKey(m.interaction()))
			self, _ := b.who()
			if m.Author != nil && m.Author.ID == self {
				r.Text = m.Content
				if q := m.Referenced; q != nil && q.Author != nil && !q.Author.Bot {
					r.Asked = q.words(self, b.places.names(c.Server, self))
				}
			}
		}
		j.run = func(ctx context.Context) (Reply, error) { return h.keepGolden(ctx, r) }
	case namePrivacy:
		j.opens = false
		j.run = func(ctx context.Context) (Reply, error) { return h.privacy(ctx, c) }
	default:
		return false
	}
	return true
}

// routeModal finds the job for a dialogue that was submitted.
func (b *Bot) routeModal(in interaction, c Caller, j *job) {
	j.name = "dialogue"
	owner, ok := strings.CutPrefix(in.Data.CustomID, pasteID)
	if !ok {
		return
	}
	h := b.handlers.in(c.Server)
	r := addRequest{Caller: c, Title: in.Data.input("title"), Text: in.Data.input("text")}
	j.run = func(ctx context.Context) (Reply, error) {
		if owner != c.ID {
			return Reply{Text: h.speaker(c).say("button.owner"), Private: true}, nil
		}
		if strings.TrimSpace(r.Text) == "" {
			r.Text = " " // empty, and not the wish to see the dialogue
		}
		return h.add(ctx, r)
	}
}

// choices are what is offered to moderators while they type; to others nothing.
func (h *handlers) choices(ctx context.Context, command string, r completeRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return Reply{}, nil
	}
	typed := typedWords(r.Typed)
	var out []Choice
	offer := func(label, value string) {
		if len(out) < maxChoices && matches(strings.ToLower(label+" "+value), typed) {
			out = add(out, label, value)
		}
	}
	switch command {
	case nameCorpus + " " + nameRollback:
		for i, st := range h.servers(r.Server).History(ctx) {
			if i > 0 {
				offer(string(st.Revision)+" · "+st.LoadedAt.UTC().Format("2006-01-02 15:04")+" UTC · "+s.named(loader(st, r.Server)), string(st.Revision))
			}
		}
	case nameCorpus + " " + nameGoldens:
		goldens, err := h.store.Goldens(r.Server)
		if err != nil {
			return Reply{}, err
		}
		for _, g := range goldens {
			offer(g.Question, g.ID)
		}
	default:
		own := command != nameCorpus+" "+nameUse
		for _, a := range h.desk.Corpus(ctx).Articles {
			if !own || library.IsOwn(a.ID) {
				offer(a.Title, a.ID)
			}
		}
	}
	return Reply{Choices: out}, nil
}
