package discord

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// askRequest is a question, however it came.
type askRequest struct {
	Caller
	Question string
	Nameless string // the question without the names of those it mentions; a space when that is nothing; "" when no names are in it
	Article  string // ID of the one to look in; "" for all
	Passages int    // how many to show, 1 to 5; 0 to show three and offer the rest
	Private  bool
	Echo     bool     // say the question in the reply, for it can't be seen otherwise
	Unasked  bool     // nobody asked it in words of their own
	Quiet    bool     // say nothing when the articles don't answer
	Follows  []string // keys of the turns that it may follow, the likeliest first
}

// maxPassages is how many passages an answer may have.
const maxPassages = 5

// asked is the reply to a question, and what is to be remembered of it.
type asked struct {
	Reply
	turn *turn // nil when there is nothing to follow
}

// ask answers a question from the articles, or says that they don't say.
func (h *handlers) ask(ctx context.Context, r askRequest) (asked, error) {
	s := h.speaker(r.Caller)
	question := strings.TrimSpace(r.Question)
	if question == "" {
		reply, err := h.help(ctx, helpRequest{Caller: r.Caller, Private: r.Private})
		return asked{Reply: reply}, err
	}
	if n := utf8.RuneCountInString(question); n > answer.MaxQuestion {
		return asked{Reply: Reply{Text: s.say("ask.toolong", "Length", n, "Limit", answer.MaxQuestion), Private: true, Outcome: outcomeRefused}}, nil
	}
	corpus := h.desk.Corpus(ctx)
	q := answer.Question{Text: question, Passages: maxPassages, Previous: h.talks.before(r.Follows...)}
	if r.Passages > 0 {
		q.Passages = min(r.Passages, maxPassages)
	}
	if r.Article != "" {
		if corpus.Article(r.Article) == nil {
			return asked{Reply: Reply{Text: s.say("ask.noarticle", "Name", s.inline(shorten(r.Article, maxTitle))), Private: true, Outcome: outcomeRefused}}, nil
		}
		q.Articles = []string{r.Article}
	} else {
		q.Articles = h.used(r.Caller, corpus)
	}
	a, err := h.desk.Ask(ctx, q)
	if err != nil {
		return asked{}, fmt.Errorf("ask: %w", err)
	}
	answers := a.Answered && len(a.Passages) > 0
	if h.store != nil && !answers && a.Reason != answer.NotQuestion && !r.Unasked {
		// A command's question has mentions as they are written.
		h.store.Missed(r.Server, mention.ReplaceAllString(cmp.Or(r.Nameless, question), " "))
	}
	if r.Quiet && !answers {
		return asked{Reply: Reply{Outcome: outcomeOf(a)}}, nil
	}
	echo := ""
	if r.Echo {
		echo = small(s.say("answer.asked", "Question", s.inline(shorten(question, maxEcho)))) + "\n"
	}
	reply, err := h.show(ctx, s, a, r, maxText-units(echo))
	if err != nil {
		return asked{}, fmt.Errorf("show an answer of revision %s: %w", a.Revision, err)
	}
	reply.Text = echo + reply.Text
	reply.Private, reply.Outcome = r.Private, outcomeOf(a)
	out := asked{Reply: reply}
	if answers {
		out.turn = &turn{Turn: answer.Turn{Question: a.Asked, Articles: q.Articles, Revision: a.Revision}, server: r.Server}
		for _, p := range a.Passages[:min(len(a.Passages), answer.DefaultPassages)] {
			out.turn.Passages = append(out.turn.Passages, p.Passage)
		}
	}
	return out, nil
}

// show makes an answer, of whatever outcome, a reply of at most room units.
func (h *handlers) show(ctx context.Context, s speaker, a answer.Answer, r askRequest, room int) (Reply, error) {
	switch {
	case a.Answered && len(a.Passages) > 0:
		shown := answer.DefaultPassages
		if r.Passages > 0 {
			shown = len(a.Passages)
		}
		reply, err := answered(s, a, shown, room)
		if err != nil {
			return Reply{}, err
		}
		reply.Buttons = h.buttons(ctx, s, a, shown, r)
		return reply, nil
	case a.Reason == answer.NotQuestion:
		example := s.say("ask.example")
		if len(a.Suggestions) > 0 {
			example = a.Suggestions[0]
		}
		return Reply{Text: s.say("ask.notquestion", "Example", s.say("quoted", "Text", s.inline(shorten(example, maxEcho))))}, nil
	}
	return declined(s, a, len(h.desk.Corpus(ctx).Articles), room)
}

// buttons are those under an answer. A button whose state can't be written is
// left out.
func (h *handlers) buttons(ctx context.Context, s speaker, a answer.Answer, shown int, r askRequest) [][]Button {
	corpus := h.desk.Corpus(ctx)
	if corpus.Revision != a.Revision {
		return nil // the articles have just been replaced: the buttons would be void
	}
	var all []stretch
	for _, p := range a.Passages {
		x, ok := stretchOf(corpus, p.Passage)
		if !ok {
			return nil
		}
		all = append(all, x)
	}
	first := a.Passages[0].Passage.Start()
	st := state{Revision: a.Revision, Band: a.Band}
	if !a.Span.Empty() && a.Span.Start >= first {
		st.Span = article.Span{Start: a.Span.Start - first, End: a.Span.End - first}
	}
	var row []Button
	add := func(key string, act action, passages []stretch, owner string) {
		st.Action, st.Passages, st.Owner = act, passages, owner
		if b, ok := button(s.say(key), st); ok {
			row = append(row, b)
		}
	}
	add("button.context", actContext, all[:1], "")
	if len(all) > shown {
		add("button.more", actMore, all[shown:], "")
	}
	if r.Private {
		add("button.share", actShare, all[:min(len(all), shown)], r.ID)
	}
	add("button.helpful", actHelpful, all[:1], "")
	add("button.unhelpful", actUnhelpful, all[:1], "")
	return [][]Button{row}
}

// example is a question to show to someone who asks none: one that the articles
// answer, when one is known.
func (h *handlers) example(ctx context.Context, s speaker) string {
	text := s.say("ask.example")
	if h.suggest != nil {
		if qs := h.suggest.Suggestions(ctx, 1); len(qs) > 0 {
			text = qs[0]
		}
	}
	return s.say("quoted", "Text", s.inline(shorten(text, maxEcho)))
}

// aboutRequest asks what the articles have on a message that someone wrote.
type aboutRequest struct {
	Caller
	Message string // what it says; "" when it says nothing that can be read
}

// about shows the passages that bear on a message, to the caller alone.
func (h *handlers) about(ctx context.Context, r aboutRequest) (asked, error) {
	if strings.TrimSpace(r.Message) == "" {
		return asked{Reply: Reply{Text: h.speaker(r.Caller).say("about.empty"), Private: true}}, nil
	}
	question := r.Message
	if units(question) > answer.MaxQuestion {
		question = strings.TrimSuffix(shorten(question, answer.MaxQuestion), "…")
	}
	return h.ask(ctx, askRequest{Caller: r.Caller, Question: question, Private: true, Echo: true, Unasked: true})
}
