package terminal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/verify"
)

// Asker answers questions.
type Asker interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
}

// Keeper keeps the corpus that is asked.
type Keeper interface {
	Guide
	Reload(ctx context.Context, by string) (library.Report, error)
	Status(ctx context.Context) library.Status
	Corpus(ctx context.Context) *article.Corpus
	History(ctx context.Context) []library.Status
	Rollback(ctx context.Context, r article.Revision, by string) (library.Report, error)
}

// Library is all that a session needs.
type Library interface {
	Asker
	Keeper
}

// Bounded is a library that refuses questions over answer.MaxQuestion, and empty
// ones, unread.
type Bounded struct{ Library }

// Ask answers a question; see Asker.
func (b Bounded) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	if tooLong(q.Text) || strings.TrimSpace(q.Text) == "" {
		return answer.Answer{Question: q.Text, Band: answer.None, Reason: answer.Refused, Revision: b.Status(ctx).Revision}, nil
	}
	return b.Library.Ask(ctx, q)
}

func tooLong(question string) bool { return utf8.RuneCountInString(question) > answer.MaxQuestion }

// Session answers the lines of one person at a terminal. It is for one
// goroutine at a time.
type Session struct {
	lib    Library
	screen Screen
	clock  func() time.Time

	previous *answer.Turn // the last question that was answered
	asked    time.Time    // when that was

	shown    []article.Passage // of the last answer, best first
	revision article.Revision  // of shown

	checker *verify.Checker // of quotations; nil until one is checked
	checked article.Revision
}

// NewSession answers from lib, laid out for the screen. clock tells the time.
func NewSession(lib Library, screen Screen, clock func() time.Time) *Session {
	return &Session{lib: Bounded{lib}, screen: screen, clock: clock}
}

// Reply is what a line is answered with.
type Reply struct {
	Text string // whole lines; "" for nothing to say
	Quit bool   // the session is over
}

const help = `Type a question and press Enter, for instance: Who confirmed it?
A question may follow the last one: And when was that?

  /ask QUESTION                     the same as typing the question
  /context [NUMBER]                 the passage of that number in its paragraph
  /verify QUOTE                     does the quotation stand in an article?
  /summary [short|medium|long] [TOPIC] [ARTICLE]
                                    the sentences that stand for the whole, or
                                    for what is said about a topic
  /article about [ARTICLE]          what an article is, and what to ask it;
                                    in the same way facts, timeline and people
  /article mentions TERM [ARTICLE]  every sentence that mentions it
  /corpus status                    what is loaded, and since when
  /corpus reload                    read the articles again
  /corpus history                   what answered before
  /corpus rollback REVISION         put that back, until the next reload
  /help                             this list
  /quit                             leave; so does Ctrl-D
`

// Welcome says what can be asked, in a line or two.
func (s *Session) Welcome(ctx context.Context) string {
	st := s.lib.Status(ctx)
	what := plural(st.Articles, "article", "articles")
	if c := s.lib.Corpus(ctx); len(c.Articles) == 1 && c.Articles[0].Title != "" {
		what = "“" + line(c.Articles[0].Title) + "”"
	}
	var b strings.Builder
	s.screen.say(&b, "", fmt.Sprintf("Ask about %s (%s). Every answer is quoted word for word; /help lists the commands.",
		what, plural(st.Sentences, "sentence", "sentences")))
	return b.String()
}

// Handle answers one line: a command when it begins with a slash, otherwise a
// question. An empty line is answered with nothing. An error is one of the
// system; what a person got wrong is a reply.
func (s *Session) Handle(ctx context.Context, input string) (Reply, error) {
	input = strings.TrimSpace(input)
	if input == "" {
		return Reply{}, nil
	}
	if !strings.HasPrefix(input, "/") {
		return s.ask(ctx, input)
	}
	name, rest, _ := strings.Cut(input, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(name) {
	case "/ask":
		if rest == "" {
			return Reply{Text: "Please add a question: /ask QUESTION\n"}, nil
		}
		return s.ask(ctx, rest)
	case "/context":
		return s.context(ctx, rest), nil
	case "/verify":
		return s.verify(ctx, rest)
	case "/summary":
		return s.summarize(ctx, rest)
	case "/article":
		return s.article(ctx, rest)
	case "/corpus":
		return s.corpus(ctx, rest)
	case "/help":
		return Reply{Text: help}, nil
	case "/quit", "/exit":
		return Reply{Quit: true}, nil
	}
	return Reply{Text: fmt.Sprintf("There is no command %s; /help lists them.\n", line(shorten(name, 40)))}, nil
}

// shorten keeps what is echoed of a line from filling the screen.
func shorten(typed string, most int) string {
	if r := []rune(typed); len(r) > most {
		return string(r[:most]) + "…"
	}
	return typed
}

func (s *Session) ask(ctx context.Context, question string) (Reply, error) {
	a, err := s.lib.Ask(ctx, answer.Question{Text: question, Previous: s.before()})
	if err != nil {
		return Reply{}, fmt.Errorf("ask: %w", err)
	}
	s.note(a)
	return Reply{Text: s.screen.Answer(a, s.lib.Status(ctx).Articles)}, nil
}

// before is the turn that the next question may follow.
func (s *Session) before() *answer.Turn {
	if s.previous == nil || s.clock().Sub(s.asked) > answer.FollowUpTime {
		return nil
	}
	return s.previous
}

// note remembers what the next line may refer to. What was not answered leaves
// the subject as it is.
func (s *Session) note(a answer.Answer) {
	results := a.Passages
	if !a.Answered {
		results = a.Nearest
	}
	s.shown = nil
	for _, r := range results {
		s.shown = append(s.shown, r.Passage)
	}
	s.revision = a.Revision
	if a.Answered {
		s.previous, s.asked = &answer.Turn{Question: a.Asked, Passages: s.shown, Revision: a.Revision}, s.clock()
	}
}

func (s *Session) context(ctx context.Context, rest string) Reply {
	n := 1
	if rest != "" {
		var err error
		if n, err = strconv.Atoi(rest); err != nil {
			return Reply{Text: "Please give the number of a passage of the last answer, such as /context 2\n"}
		}
	}
	switch {
	case len(s.shown) == 0:
		return Reply{Text: "There is no passage yet to show in its place; please ask something first.\n"}
	case s.revision != s.lib.Status(ctx).Revision:
		return Reply{Text: "The articles have changed since; please ask again.\n"}
	case n < 1 || n > len(s.shown):
		return Reply{Text: fmt.Sprintf("The last answer has %s.\n", plural(len(s.shown), "passage", "passages"))}
	}
	return Reply{Text: s.screen.Context(s.shown[n-1])}
}

func (s *Session) verify(ctx context.Context, quote string) (Reply, error) {
	if quote == "" {
		return Reply{Text: "Please add the quotation: /verify QUOTE\n"}, nil
	}
	if n := utf8.RuneCountInString(quote); n > verify.MaxQuote {
		return Reply{Text: fmt.Sprintf("That is a long quotation: %d characters. Please check at most %d at a time.\n", n, verify.MaxQuote)}, nil
	}
	c := s.lib.Corpus(ctx)
	if s.checker == nil || s.checked != c.Revision {
		k, err := verify.New(ctx, c)
		if err != nil {
			return Reply{}, err
		}
		s.checker, s.checked = k, c.Revision
	}
	found, err := s.checker.Check(ctx, quote)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Text: s.screen.Verdict(found, c)}, nil
}

func (s *Session) corpus(ctx context.Context, rest string) (Reply, error) {
	switch strings.ToLower(rest) {
	case "status":
		return Reply{Text: s.screen.Status(s.lib.Status(ctx))}, nil
	case "history":
		return Reply{Text: s.screen.History(s.lib.History(ctx))}, nil
	case "reload":
		report, err := s.lib.Reload(ctx, "terminal")
		if err != nil {
			return Reply{Text: s.screen.ReloadFailed(err, s.lib.Status(ctx))}, nil
		}
		return Reply{Text: s.screen.Report(report)}, nil
	}
	if name, revision, _ := strings.Cut(rest, " "); strings.EqualFold(name, "rollback") {
		report, err := s.lib.Rollback(ctx, article.Revision(strings.TrimSpace(revision)), "terminal")
		switch {
		case errors.Is(err, library.ErrRevision):
			return Reply{Text: "Please name a revision that /corpus history lists: /corpus rollback REVISION\n"}, nil
		case err != nil:
			return Reply{}, err
		}
		return Reply{Text: s.screen.Report(report)}, nil
	}
	return Reply{Text: "Please say which: /corpus status, reload, history or rollback\n"}, nil
}
