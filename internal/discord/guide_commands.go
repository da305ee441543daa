package discord

import (
	"context"
	"fmt"
	"strings"

	"verbatim/internal/article"
)

// looks is the command to look around in articles. Its subcommands share the
// words of their options.
func (w *words) looks() Command {
	const shared = "look"
	look := func(name string, options ...Option) Option {
		return w.subcommand(nameArticle, name, append(options, w.article(shared), w.option(shared, namePrivate, optionBoolean))...)
	}
	term := w.topic(shared, nameTerm)
	term.Required, term.MinLength = true, 1
	return w.command(nameArticle, look(nameAboutIt), look(nameFacts), look(nameTimeline), look(namePeople), look(nameMentions, term))
}

// topic is an option for something that articles speak of.
func (w *words) topic(command, name string) Option {
	o := w.option(command, name, optionString)
	o.MaxLength, o.Autocomplete = MaxTopic, true
	return o
}

// viewCalled is the view that a subcommand of /article shows.
func viewCalled(path string) viewKind {
	switch strings.TrimPrefix(path, nameArticle+" ") {
	case nameFacts:
		return viewFacts
	case nameTimeline:
		return viewTimeline
	case namePeople:
		return viewPeople
	case nameMentions:
		return viewMentions
	}
	return viewAbout
}

// maxAnalysed is how many sentences are analysed for the sake of a suggestion:
// names in a corpus of more are offered for a chosen article only. So many take
// about half a second, once a revision.
const maxAnalysed = 20_000

// topics are the names in the article chosen, or in all, that match what is
// typed: what members may want to read about.
func (h *handlers) topics(ctx context.Context, r completeRequest, corpus *article.Corpus) (Reply, error) {
	at, ok := articleCalled(corpus, r.Article)
	if !ok || at == 0 && corpus.Sentences() > maxAnalysed {
		return Reply{}, nil
	}
	id := ""
	if at > 0 {
		id = corpus.Articles[at-1].ID
	}
	found, err := h.desk.People(ctx, id)
	if err != nil {
		return Reply{}, fmt.Errorf("suggest names: %w", err)
	}
	var out []Choice
	for _, p := range found {
		for _, n := range p.Names {
			name := plain(p.Article.Text[n.Name.Start:n.Name.End])
			if len(out) < maxChoices && units(name) <= MaxTopic && matches(strings.ToLower(name), typedWords(r.Typed)) {
				out = add(out, name, name)
			}
		}
	}
	return Reply{Choices: out}, nil
}
