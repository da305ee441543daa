package discord

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// titleOf names an article, linked when it has an address that can be trusted.
func titleOf(s speaker, a *article.Article) string {
	const most = 100
	title := s.inline(shorten(a.Name(), most))
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return title
	}
	if link := safeLink(u.String()); len(link) <= maxLink {
		return "[" + title + "](<" + link + ">)"
	}
	return title
}

// origin says where an article is from and when it was published, as far as
// that is known.
func origin(s speaker, a *article.Article, author bool) []string {
	const most = 60
	var parts []string
	for _, name := range []string{a.Source, a.Author} {
		if name != "" && (author || name != a.Author) {
			parts = append(parts, s.inline(shorten(name, most)))
		}
	}
	if day, err := time.Parse(time.DateOnly, a.Published); err == nil {
		parts = append(parts, s.days(day, day.AddDate(0, 0, 1)))
	}
	return parts
}

// remarks joins what is known in a line of small print; nothing makes none.
func remarks(parts ...string) []string {
	if len(parts) == 0 {
		return nil
	}
	return []string{small(strings.Join(parts, " · "))}
}

// duration says how long reading takes, in minutes and seconds.
func (s speaker) duration(seconds int) string {
	minutes, rest := seconds/60, seconds%60/10*10
	switch {
	case minutes == 0:
		return s.say("time.seconds", "Number", seconds)
	case minutes >= 10 || rest == 0:
		return s.say("time.minutes", "Number", minutes)
	}
	return s.say("time.minutes", "Number", minutes) + " " + s.say("time.seconds", "Number", rest)
}

// days says a day, a month, a year, or the first and the last day of what isn't
// one of these. To is excluded.
func (s speaker) days(from, to time.Time) string {
	months := strings.Fields(s.say("time.months"))
	month := func(t time.Time) string { return months[(int(t.Month())-1)%len(months)] }
	day := func(t time.Time) string {
		return s.say("time.day", "Day", t.Day(), "Month", month(t), "Year", strconv.Itoa(t.Year()))
	}
	switch last := to.AddDate(0, 0, -1); {
	case from.Equal(last):
		return day(from)
	case from.Day() == 1 && from.AddDate(0, 1, 0).Equal(to):
		return s.say("time.month", "Month", month(from), "Year", strconv.Itoa(from.Year()))
	case from.YearDay() == 1 && from.AddDate(1, 0, 0).Equal(to):
		return strconv.Itoa(from.Year())
	default:
		return s.say("time.range", "First", day(from), "Last", day(last))
	}
}

// said is a chunk of the bot's own lines.
func said(lines ...string) chunk { return chunk{Text: strings.Join(lines, "\n")} }

// looking is the section of one look at an article, with a first chunk of lines.
func looking(s speaker, key string, a *article.Article, lines ...string) section {
	x := section{Title: s.say(key, "Title", titleOf(s, a))}
	if len(lines) > 0 {
		x.Chunks = append(x.Chunks, said(lines...))
	}
	return x
}

// names lists names as an article writes them, the most mentioned first.
func (s speaker) names(a *article.Article, names []summary.Name) string {
	var list []string
	for _, n := range names {
		list = append(list, s.inline(shorten(a.Text[n.Name.Start:n.Name.End], 60)))
	}
	return s.list(list)
}

// about lays out what an article is.
func (s speaker) about(a summary.About) (section, error) {
	size := s.say("guide.size", "Paragraphs", s.say("status.paragraphs", "Count", a.Paragraphs), "Sentences", s.say("status.sentences", "Count", a.Sentences),
		"Words", s.say("guide.words", "Count", a.Words), "Time", s.duration(a.ReadTime))
	x := looking(s, "guide.about", a.Article, append(remarks(origin(s, a.Article, true)...), size)...)
	if a.Lead.Article != nil {
		quoted, err := cite(s, "", a.Lead)
		if err != nil {
			return section{}, err
		}
		x.Chunks = append(x.Chunks, quoted...)
	}
	if len(a.Names) > 0 {
		x.Chunks = append(x.Chunks, said(s.say("guide.named", "Names", s.names(a.Article, a.Names))))
	}
	if len(a.Questions) > 0 {
		lines := []string{s.say("decline.try")}
		for _, q := range a.Questions {
			lines = append(lines, "- "+s.inline(shorten(q, 100)))
		}
		x.Chunks = append(x.Chunks, said(lines...))
	}
	return x, nil
}

// facts lays out the facts of an article, kind by kind.
func (s speaker) facts(f summary.Facts) (section, error) {
	if len(f.Facts) == 0 {
		return looking(s, "guide.facts", f.Article, s.say("guide.nofacts")), nil
	}
	x := looking(s, "guide.facts", f.Article)
	for _, fact := range f.Facts {
		label := s.say("fact." + strings.ReplaceAll(string(fact.Kind), " ", ""))
		quoted, err := citePart(s, bold+label+bold, fact.Passage, fact.Phrase)
		if err != nil {
			return section{}, err
		}
		x.Chunks = append(x.Chunks, quoted...)
	}
	return x, nil
}

// timeline lays out what an article tells with a time, in the order of the time.
func (s speaker) timeline(t summary.Timeline) (section, error) {
	if len(t.Events) == 0 {
		return looking(s, "guide.timeline", t.Article, s.say("guide.notimes")), nil
	}
	x := looking(s, "guide.timeline", t.Article)
	if !t.Dated {
		x.Chunks = append(x.Chunks, said(small(s.say("guide.undated"))))
	}
	for _, e := range t.Events {
		told := t.Article.Text[e.When.Start:e.When.End]
		when := bold + s.inline(shorten(told, 60)) + bold
		if e.Resolved() && !strings.Contains(told, s.days(e.From, e.To)) {
			when += " · " + s.days(e.From, e.To)
		}
		quoted, err := cite(s, when, e.Passage, e.When)
		if err != nil {
			return section{}, err
		}
		x.Chunks = append(x.Chunks, quoted...)
	}
	return x, nil
}

// people lays out the names of an article, kind by kind.
func (s speaker) people(p summary.ArticleNames) (section, error) {
	if len(p.Names) == 0 {
		return looking(s, "guide.people", p.Article, s.say("guide.nonames")), nil
	}
	x := looking(s, "guide.people", p.Article)
	for _, kind := range []string{"person", "organisation", "place", "other"} {
		for _, n := range p.Names {
			if n.Kind.String() != kind {
				continue
			}
			name := bold + s.inline(shorten(p.Article.Text[n.Name.Start:n.Name.End], 100)) + bold
			var others []summary.Name
			for _, v := range n.Variants {
				if len(others) < maxVariants {
					others = append(others, summary.Name{Name: v})
				}
			}
			if len(others) > 0 {
				name += " (" + s.names(p.Article, others) + ")"
			}
			first := s.say("guide.first", "Mentions", s.say("guide.times", "Count", n.Count), "Place", place(s, n.First.Citation()))
			x.Chunks = append(x.Chunks, chunk{Label: bold + s.say("named."+kind) + bold, Text: name + "\n" + small(first), Source: n.First})
		}
	}
	return x, nil
}

// maxVariants is how many other ways of writing a name are shown.
const maxVariants = 6

// mentions lays out every sentence of an article that mentions a term.
func (s speaker) mentions(m summary.Mentions, v view) (section, error) {
	count := s.say("guide.counted", "Term", s.topic(v), "Mentions", s.say("guide.times", "Count", m.Count), "Sentences", s.say("status.sentences", "Count", len(m.Sentences)))
	x := looking(s, "guide.mentions", m.Article, count)
	if name := m.Article.Text[m.Name.Start:m.Name.End]; name != "" && !strings.EqualFold(plain(name), v.Topic) {
		x.Chunks = append(x.Chunks, said(small(s.say("guide.variants", "Name", s.inline(shorten(name, 100))))))
	}
	for _, in := range m.Sentences {
		quoted, err := cite(s, "", in.Passage, in.Spans...)
		if err != nil {
			return section{}, err
		}
		x.Chunks = append(x.Chunks, quoted...)
	}
	return x, nil
}
