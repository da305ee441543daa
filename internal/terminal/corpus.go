package terminal

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/library"
	"verbatim/internal/summary"
)

// Summaries lays out summaries, an article after the other. focus is the topic
// that they were asked for, "" for none.
func (s Screen) Summaries(sums []summary.Summary, focus string) string {
	var b strings.Builder
	for i, sum := range sums {
		if i > 0 {
			b.WriteByte('\n')
		}
		s.summary(&b, sum, focus)
	}
	return b.String()
}

func (s Screen) summary(b *strings.Builder, sum summary.Summary, focus string) {
	a := sum.Article
	title := line(a.Name())
	s.column(b, "", title, article.Span{End: len(title)})
	var from []string
	for _, f := range []string{a.Author, a.Source, a.Published} {
		if f != "" {
			from = append(from, line(f))
		}
	}
	if len(from) > 0 {
		s.aside(b, "", strings.Join(from, ", "))
	}
	if a.URL != "" {
		s.aside(b, "", line(a.URL))
	}
	s.aside(b, "", extent(sum))
	if sum.Unmatched {
		s.say(b, "", fmt.Sprintf("Nothing in it is about “%s”; this is what it is about.", line(focus)))
	}
	for _, p := range sum.Sentences {
		b.WriteByte('\n')
		s.column(b, "> ", p.Text(), article.Span{})
		s.aside(b, "  ", place(p.Citation()))
	}
	b.WriteByte('\n')
	s.aside(b, "", fmt.Sprintf("Revision %s.", sum.Revision))
}

// extent says how much of the article the summary is and what it saves.
func extent(sum summary.Summary) string {
	if sum.TooShort {
		return fmt.Sprintf("Short enough to read whole, in %s.", seconds(sum.ReadTime))
	}
	text := fmt.Sprintf("%d of %s", len(sum.Sentences), plural(len(sum.Article.Sentences), "sentence", "sentences"))
	if sum.SaveTime > 0 {
		text += fmt.Sprintf(": %s to read in place of %s", seconds(sum.ReadTime-sum.SaveTime), seconds(sum.ReadTime))
	}
	return text + "."
}

// seconds reads "40 s" or "3 min".
func seconds(n int) string {
	if n < 90 {
		return fmt.Sprintf("%d s", n)
	}
	return fmt.Sprintf("%d min", (n+30)/60)
}

// Status lays out what is loaded.
func (s Screen) Status(st library.Status) string {
	var b strings.Builder
	s.say(&b, "", fmt.Sprintf("%s in revision %s.", size(st), st.Revision))
	s.say(&b, "", fmt.Sprintf("Loaded %s by %s.", st.LoadedAt.UTC().Format("2006-01-02 15:04:05 UTC"), line(st.LoadedBy)))
	if st.RolledBack {
		s.say(&b, "", "It was put back; /corpus reload reads the articles as they are.")
	}
	if st.Memory > 0 {
		s.say(&b, "", fmt.Sprintf("The program holds %d MB of memory.", st.Memory>>20))
	}
	if st.Loading {
		s.say(&b, "", "A reload is under way.")
	}
	return b.String()
}

// History lists what answered, the newest first.
func (s Screen) History(list []library.Status) string {
	var b strings.Builder
	for i, st := range list {
		mark := "  "
		if i == 0 {
			mark = "* "
		}
		s.say(&b, mark, fmt.Sprintf("%s  %s, loaded %s by %s", st.Revision, size(st), st.LoadedAt.UTC().Format("2006-01-02 15:04:05 UTC"), line(st.LoadedBy)))
	}
	return b.String()
}

func size(st library.Status) string {
	return fmt.Sprintf("%s, %s, %s", plural(st.Articles, "article", "articles"),
		plural(st.Paragraphs, "paragraph", "paragraphs"), plural(st.Sentences, "sentence", "sentences"))
}

// Report lays out what a reload changed.
func (s Screen) Report(r library.Report) string {
	var b strings.Builder
	if r.Shared {
		s.say(&b, "", "A reload was under way already; this is its result.")
	}
	took := r.Took.Round(time.Millisecond)
	if r.Before.Revision == r.After.Revision {
		s.say(&b, "", fmt.Sprintf("Nothing changed: %s in revision %s, read again in %s.", size(r.After), r.After.Revision, took))
		return b.String()
	}
	s.say(&b, "", fmt.Sprintf("Reloaded in %s: %s in revision %s (before: %s).", took, size(r.After), r.After.Revision, r.Before.Revision))
	s.say(&b, "  ", fmt.Sprintf("paragraphs: %d, before %d; sentences: %d, before %d", r.After.Paragraphs, r.Before.Paragraphs, r.After.Sentences, r.Before.Sentences))
	for _, part := range []struct {
		what string
		ids  []string
	}{{"added", r.Added}, {"changed", r.Changed}, {"removed", r.Removed}} {
		if len(part.ids) > 0 {
			s.say(&b, "  ", fmt.Sprintf("%s: %s", part.what, line(strings.Join(part.ids, ", "))))
		}
	}
	return b.String()
}

// ReloadFailed says why a reload failed, a line a problem, and what answers
// now.
func (s Screen) ReloadFailed(err error, now library.Status) string {
	var b strings.Builder
	s.say(&b, "", fmt.Sprintf("The reload failed; revision %s goes on answering.", now.Revision))
	b.WriteString(s.Problems(err))
	return b.String()
}

// Problems lays out an error of loading: each problem of the corpus on a line,
// anything else as it reads.
func (s Screen) Problems(err error) string {
	var b strings.Builder
	var problems article.Problems
	if !errors.As(err, &problems) {
		s.say(&b, "  ", line(err.Error()))
		return b.String()
	}
	for _, p := range problems {
		s.say(&b, "  ", line(p.String()))
	}
	return b.String()
}
