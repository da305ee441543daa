package terminal

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// Answer lays out the outcome of a question. articles is how many were asked.
func (s Screen) Answer(a answer.Answer, articles int) string {
	var b strings.Builder
	if a.About != "" {
		s.aside(&b, "", "About: "+line(a.About))
	}
	if a.Answered {
		s.answered(&b, a)
	} else {
		s.declined(&b, a, articles)
	}
	return b.String()
}

func (s Screen) answered(b *strings.Builder, a answer.Answer) {
	if a.DidYouMean != "" {
		s.aside(b, "", "Understood as: "+line(a.DidYouMean))
	}
	for i, r := range a.Passages {
		var span article.Span
		switch i {
		case 0:
			if span = spanWithin(r.Passage, a.Span); !span.Empty() {
				text := r.Passage.Text()[span.Start:span.End]
				s.column(b, "Answer: ", strings.ReplaceAll(text, "\n", " "), article.Span{End: len(text)})
				b.WriteByte('\n')
			}
		case 1:
			b.WriteString("\nAlso:\n")
		default:
			b.WriteByte('\n')
		}
		s.quote(b, r.Passage, span)
	}
	b.WriteByte('\n')
	s.aside(b, "", fmt.Sprintf("Confidence %s, revision %s.", a.Band, a.Revision))
}

// spanWithin moves a span of the article into the passage's own bytes; a span
// that is not wholly inside is none.
func spanWithin(p article.Passage, span article.Span) article.Span {
	if span.Empty() || span.Start < p.Start() || span.End > p.End() {
		return article.Span{}
	}
	return article.Span{Start: span.Start - p.Start(), End: span.End - p.Start()}
}

// quote lays out one passage with its citation.
func (s Screen) quote(b *strings.Builder, p article.Passage, emphasis article.Span) {
	s.column(b, "> ", p.Text(), emphasis)
	c := p.Citation()
	s.aside(b, "  ", fmt.Sprintf("%s, %s", line(p.Article.Name()), place(c)))
	if c.URL != "" {
		s.aside(b, "  ", line(c.URL))
	}
}

// place reads "paragraph 3, sentence 2" or "paragraph 3, sentences 2 to 4".
func place(c article.Citation) string {
	if c.Last > c.Sentence {
		return fmt.Sprintf("paragraph %d, sentences %d to %d", c.Paragraph, c.Sentence, c.Last)
	}
	return fmt.Sprintf("paragraph %d, sentence %d", c.Paragraph, c.Sentence)
}

func (s Screen) declined(b *strings.Builder, a answer.Answer, articles int) {
	s.say(b, "", decline(a, articles))
	if a.DidYouMean != "" {
		s.say(b, "", "Did you mean: "+line(a.DidYouMean))
	}
	if len(a.Nearest) > 0 {
		b.WriteString("\nNearest passages:\n")
		for i, r := range a.Nearest {
			if i > 0 {
				b.WriteByte('\n')
			}
			s.quote(b, r.Passage, article.Span{})
		}
	}
	if len(a.Suggestions) > 0 {
		b.WriteString("\nYou could ask:\n")
		for _, q := range a.Suggestions {
			s.say(b, "- ", line(q))
		}
	}
	if a.Reason != answer.NotQuestion && a.Reason != answer.Refused {
		b.WriteByte('\n')
		s.aside(b, "", fmt.Sprintf("Revision %s.", a.Revision))
	}
}

// decline says in a line why a question is not answered, and nothing that was
// not found out.
func decline(a answer.Answer, articles int) string {
	if tooLong(a.Question) {
		return fmt.Sprintf("That is a long question: %d characters. Please ask in at most %d.", utf8.RuneCountInString(a.Question), answer.MaxQuestion)
	}
	if a.Reason == answer.NotQuestion || a.Reason == answer.Refused {
		return "That does not read like a question about " + oneOr(articles, "the article", "the articles") + "; please ask one."
	}
	said := oneOr(articles, "The article does not say.", "The articles do not say.")
	if a.Searched == 0 {
		return said
	}
	said += " " + plural(a.Searched, "sentence was", "sentences were") + " searched"
	if len(a.Missing) == 0 {
		return said + "."
	}
	words := make([]string, len(a.Missing))
	for i, w := range a.Missing {
		words[i] = "“" + line(w) + "”"
	}
	verb := oneOr(len(words), "does", "do")
	return fmt.Sprintf("%s; %s %s not occur.", said, list(words), verb)
}

// Explain lays out what the confidence and the scores of the first passages are
// made of, a row a feature; "" when the answer holds no parts.
func (s Screen) Explain(a answer.Answer) string {
	results := a.Passages
	if !a.Answered {
		results = a.Nearest
	}
	if len(results) == 0 || len(results[0].Parts) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Confidence %.3f (%s)\n", a.Confidence, a.Band)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(first string, cell func(answer.Result) (string, string)) {
		fmt.Fprintf(w, "%s\t", first)
		for _, r := range results {
			value, share := cell(r)
			fmt.Fprintf(w, "%s\t%s\t", value, share)
		}
		fmt.Fprintln(w)
	}
	row("", func(r answer.Result) (string, string) {
		c := r.Passage.Citation()
		return "", fmt.Sprintf("¶%d.%d", c.Paragraph, c.Sentence)
	})
	row("feature", func(answer.Result) (string, string) { return "value", "share" })
	for _, name := range partNames(results) {
		row(name, func(r answer.Result) (string, string) {
			for _, p := range r.Parts {
				if p.Name == name {
					return fmt.Sprintf("%.3f", p.Value), fmt.Sprintf("%+.3f", p.Share)
				}
			}
			return "", ""
		})
	}
	row("score", func(r answer.Result) (string, string) { return "", fmt.Sprintf("%.3f", r.Score) })
	w.Flush()
	s.odds(&b, a.Odds)
	return b.String()
}

// odds lays out what the log-odds of the confidence are made of.
func (s Screen) odds(b *strings.Builder, parts []answer.Part) {
	if len(parts) == 0 {
		return
	}
	sum := 0.0
	b.WriteString("\nConfidence, in log-odds\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "feature\tvalue\tshare\t\n")
	for _, p := range parts {
		sum += p.Share
		fmt.Fprintf(w, "%s\t%.3f\t%+.3f\t\n", p.Name, p.Value, p.Share)
	}
	fmt.Fprintf(w, "log-odds\t\t%.3f\t\n", sum)
	w.Flush()
}

// partNames are the names of all parts: in the order of the first passage,
// then those that only others have.
func partNames(results []answer.Result) []string {
	var names []string
	for _, r := range results {
		for _, p := range r.Parts {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// oneOr picks the word for one thing or for several.
func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// plural reads "1 sentence" or "26 sentences".
func plural(n int, one, many string) string {
	return fmt.Sprintf("%d %s", n, oneOr(n, one, many))
}

// list reads "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
