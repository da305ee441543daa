package terminal

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"verbatim/internal/answer"
	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/summary"
)

// Asker answers questions.
type Asker interface {
	Ask(ctx context.Context, q answer.Question) (answer.Answer, error)
}

// Keeper keeps the corpus that is asked.
type Keeper interface {
	Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error)
	Reload(ctx context.Context, by string) (library.Report, error)
	Status() library.Status
	Corpus() *article.Corpus
}

// Library is all that a session needs.
type Library interface {
	Asker
	Keeper
}

// MaxQuestion is the length of the longest question that is answered, in
// characters: as much as a long paragraph. What one question can cost is
// bounded by it.
const MaxQuestion = 1000

// Bounded is a library that declines questions over MaxQuestion unread.
type Bounded struct{ Library }

// Ask answers a question; see Asker.
func (b Bounded) Ask(ctx context.Context, q answer.Question) (answer.Answer, error) {
	if tooLong(q.Text) {
		return answer.Answer{Question: q.Text, Band: answer.None, Reason: answer.NotQuestion, Revision: b.Status().Revision}, nil
	}
	return b.Library.Ask(ctx, q)
}

func tooLong(question string) bool { return utf8.RuneCountInString(question) > MaxQuestion }

// Session answers the lines of one person at a terminal. It is for one
// goroutine at a time.
type Session struct {
	lib    Library
	screen Screen
}

// NewSession answers from lib, laid out for the screen.
func NewSession(lib Library, screen Screen) *Session {
	return &Session{lib: Bounded{lib}, screen: screen}
}

// Reply is what a line is answered with.
type Reply struct {
	Text string // whole lines; "" for nothing to say
	Quit bool   // the session is over
}

const help = `Type a question and press Enter, for instance: Who confirmed it?
  /ask QUESTION                     the same as typing the question
  /summary [short|medium|long] [TOPIC]
                                    the sentences that stand for the whole
  /corpus status                    what is loaded, and since when
  /corpus reload                    read the articles again
  /help                             this list
  /quit                             leave; so does Ctrl-D
`

// Welcome says what can be asked, in a line or two.
func (s *Session) Welcome() string {
	st := s.lib.Status()
	what := plural(st.Articles, "article", "articles")
	if c := s.lib.Corpus(); len(c.Articles) == 1 && c.Articles[0].Title != "" {
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
	case "/summary":
		return s.summarize(ctx, rest)
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
	a, err := s.lib.Ask(ctx, answer.Question{Text: question})
	if err != nil {
		return Reply{}, fmt.Errorf("ask: %w", err)
	}
	return Reply{Text: s.screen.Answer(a, s.lib.Status().Articles)}, nil
}

func (s *Session) summarize(ctx context.Context, rest string) (Reply, error) {
	r := summary.Request{Focus: rest}
	first, topic, _ := strings.Cut(rest, " ")
	switch l := summary.Length(strings.ToLower(first)); l {
	case summary.Short, summary.Medium, summary.Long:
		r.Length, r.Focus = l, strings.TrimSpace(topic)
	}
	sums, err := s.lib.Summarize(ctx, r)
	if err != nil {
		return Reply{}, fmt.Errorf("summary: %w", err)
	}
	return Reply{Text: s.screen.Summaries(sums, r.Focus)}, nil
}

func (s *Session) corpus(ctx context.Context, rest string) (Reply, error) {
	switch strings.ToLower(rest) {
	case "status":
		return Reply{Text: s.screen.Status(s.lib.Status())}, nil
	case "reload":
		report, err := s.lib.Reload(ctx, "terminal")
		if err != nil {
			return Reply{Text: s.screen.ReloadFailed(err, s.lib.Status())}, nil
		}
		return Reply{Text: s.screen.Report(report)}, nil
	}
	return Reply{Text: "Please say which: /corpus status or /corpus reload\n"}, nil
}
