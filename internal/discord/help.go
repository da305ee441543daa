package discord

import "context"

// helpRequest asks what the bot does.
type helpRequest struct {
	Caller
	Private bool
}

// maxTitles is how many articles help names.
const maxTitles = 5

// help says what the bot does and shows it: with a question that the articles
// answer, when one is known.
func (h *handlers) help(ctx context.Context, r helpRequest) (Reply, error) {
	s := h.speaker(r.Caller)
	lines := []string{s.say("help.head"), s.say("help.ask", "Example", h.example(ctx, s)), s.say("help.follow"), s.say("help.summary"), s.say("help.article"), s.say("help.verify"), s.say("help.menu"), s.say("help.privacy"), s.say("help.quote")}
	if names := h.titles(ctx, s); names != "" {
		lines = append(lines, s.say("help.loaded", "Titles", names))
	}
	if h.mayModerate(r.Caller) == "" {
		lines = append(lines, s.say("help.corpus"))
	}
	text, _ := fill(lines, maxText)
	return Reply{Text: text, Private: r.Private}, nil
}

// titles names the articles that are loaded, the first few of them.
func (h *handlers) titles(ctx context.Context, s speaker) string {
	var names []string
	articles, room := h.desk.Corpus(ctx).Articles, 2*maxNames
	for _, a := range articles[:min(len(articles), maxTitles)] {
		name := bold + s.inline(shorten(a.Title, maxTitle)) + bold
		if room -= units(name); room < 0 {
			break
		}
		names = append(names, name)
	}
	if left := len(articles) - len(names); left > 0 {
		names = append(names, s.say("status.more", "Count", left))
	}
	return s.list(names)
}
