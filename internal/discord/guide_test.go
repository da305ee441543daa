package discord

import (
	"context"
	"strings"
	"testing"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/discordtest"
	"verbatim/internal/summary"
)

// harbour is a story with people, places, times and numbers in it.
func harbour() *article.Article {
	a := newArticle("harbour", "Two ferries collide off Carrick", "https://news.example/ferries",
		[]string{
			"Two ferries collided off Carrick on Monday, and 14 people were taken to hospital in Norwich, the Northern Coast Guard (NCG) said.",
			"The NCG sent three boats and a helicopter.",
		},
		[]string{
			"Captain Ann Roe said the fog had come down within minutes.",
			"“We heard the horn and then the blow,” Ms Roe told reporters in Norwich on Tuesday.",
		},
		[]string{
			"The ferry line, which has carried 3 million passengers since 2015, stopped its boats for the week.",
			"In June the line had asked the harbour for a second radar.",
			"The harbour of Carrick refused the radar, which would have cost 200,000 pounds.",
		},
		[]string{
			"An inquiry opens on 12 January 2026 in Norwich, and the NCG will give evidence.",
			"Mayor Tom Hale called the collision a disaster that everyone had seen coming.",
			"Mr Hale has asked the harbour to close its northern entrance until the inquiry ends.",
			"Fishermen said they would go out all the same.",
			"The ferries, both built in Poland, are in dry dock.",
			"One of them may never sail again.",
		},
	)
	a.Source, a.Author, a.Published = "The Coast", "B. Writer", "2025-11-12"
	return a
}

// awkward is an article in which everything is meant to break something.
func awkward() *article.Article {
	return newArticle("awkward", "@everyone **free** [nitro](https://evil.example) مرحبا", "",
		[]string{
			"@everyone met <@123456789012345678> and @here in June 2015, *said* `Anna Bell` of the ~~Old~~ __Mill__ ||Board||.",
			"> Anna Bell said # this is a heading, - a list, and [a link](https://evil.example).",
			"قالت آنا بيل إن المنارة بُنيت عام 1874 \u202Eوهي قديمة.",
		},
		[]string{strings.Repeat("Anna Bell spoke of the mill, and of nothing else, for very long, ", 60) + "until June 2016."},
		[]string{"The Old Mill Board closed the mill.", "It had 23 rooms.", "Nobody lived there."},
	)
}

func look(s *scene, who *discordtest.Member, command string, args ...discordtest.Arg) discordtest.Reply {
	s.t.Helper()
	return who.Slash(s.general, command, args...).Reply()
}

func TestTranscriptSummary(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk(harbour()))
	grace := s.Member("grace")
	s.text.Note("A summary is sentences of the article, unchanged and in its order, each with its place.")
	first := look(s, s.ada, "summary", discordtest.Opt("length", "short")).Message
	s.text.Note("Whoever asked makes it longer or shorter where it stands; anyone else gets one of their own.")
	s.ada.Clicks(first, "Longer").Reply()
	grace.Clicks(first, "Shorter").Reply()
	s.text.Note("Context shows the first sentence in its paragraph.")
	grace.Clicks(first, "Context").Reply()
	s.text.Note("With a focus it is about that, under any of its names; when nothing is, it says so.")
	look(s, s.ada, "summary", discordtest.Opt("focus", "NCG"), discordtest.Opt("length", "short"))
	look(s, s.ada, "summary", discordtest.Opt("focus", "tariffs on cheese"), discordtest.Opt("length", "short"), discordtest.Opt("private", true))
	s.text.Note("An article that isn't there, and a button of articles that have changed since.")
	look(s, s.ada, "summary", discordtest.Opt("article", "nothing"))
	s.desk.set(func() {
		s.desk.corpus = article.NewCorpus([]*article.Article{article.FromSentences("new", "New", []string{"All is new."})})
	})
	s.ada.Clicks(first, "Longer").Reply()
	s.end()
}

func TestTranscriptSummaryOfAll(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk(lighthouse(), harbour(), newArticle("mill", "The mill", "", []string{"The mill is old.", "It grinds corn."})))
	s.text.Note("Of several articles each gets a paragraph; those that say nothing about a focus are left out.")
	look(s, s.ada, "summary", discordtest.Opt("article", "all"))
	look(s, s.ada, "summary", discordtest.Opt("focus", "radar"))
	look(s, s.ada, "summary", discordtest.Opt("focus", "tariffs"))
	s.text.Note("A short article is shown whole.")
	look(s, s.ada, "summary", discordtest.Opt("article", "mill"))
	s.text.Note("Articles and names are offered while typing.")
	s.ada.Autocomplete(s.general, "summary", "article", "").Reply()
	s.ada.Autocomplete(s.general, "summary", "focus", "n").Reply()
	s.end()
}

func TestTranscriptArticle(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk(harbour()))
	s.text.Note("What an article is.")
	look(s, s.ada, "article about")
	s.text.Note("Who, what, when, where and how many, in the article's own phrases.")
	look(s, s.ada, "article facts")
	s.text.Note("What is told with a time, in the order of the time.")
	look(s, s.ada, "article timeline")
	s.text.Note("Who and what is named, the ways of writing a name taken together.")
	look(s, s.ada, "article people", discordtest.Opt("private", true))
	s.text.Note("Every sentence that mentions something.")
	look(s, s.ada, "article mentions", discordtest.Opt("term", "NCG"))
	look(s, s.ada, "article mentions", discordtest.Opt("term", "cheese"))
	s.text.Note("Names are offered while typing.")
	s.ada.Autocomplete(s.general, "article mentions", "term", "ha").Reply()
	s.text.Note("In other languages; the quotations stay as they are.")
	for _, locale := range []string{"de", "ar"} {
		who := s.Member("speaker of "+locale, discordtest.WithLocale(locale))
		look(s, who, "article timeline")
		look(s, who, "summary", discordtest.Opt("length", "short"))
	}
	s.end()
}

func TestTranscriptAwkwardArticle(t *testing.T) {
	t.Parallel()
	s := newScene(t, newDesk(awkward()))
	s.text.Note("Whatever stands in an article is shown as it is, and does nothing. A sentence longer than a message goes on, on the next page.")
	first := look(s, s.ada, "article mentions", discordtest.Opt("term", "anna bell")).Message
	s.ada.Clicks(first, "Later").Reply()
	look(s, s.ada, "article timeline")
	look(s, s.ada, "article about")
	s.text.Note("Whatever a member asks for, too.")
	look(s, s.ada, "summary", discordtest.Opt("focus", "  "), discordtest.Opt("length", "short"))
	look(s, s.ada, "summary", discordtest.Opt("focus", "@everyone **x** https://evil.example مرحبا"), discordtest.Opt("length", "short"))
	look(s, s.ada, "article mentions", discordtest.Opt("term", "@everyone"))
	look(s, s.ada, "article mentions", discordtest.Opt("term", " "))
	look(s, s.ada, "article about", discordtest.Opt("article", "<@&1> `x`"))
	s.text.Note("Longer topics than Discord lets members type.")
	look(s, s.ada, "article mentions", discordtest.Opt("term", strings.Repeat("mill ", 800)), discordtest.Forged())
	s.end()
}

// TestViewsAreWhole turns every page of every view and puts together what is
// quoted: nothing is lost between pages, and no page breaks Discord's limits.
func TestViewsAreWhole(t *testing.T) {
	var long [][]string
	for i := range 40 {
		long = append(long, []string{strings.Repeat("Mayor Tom Hale of Norwich saw the mill, ", 1+i%5) + "and said so in May 2015.", "The mill stood still."})
	}
	desk := newDesk(harbour(), awkward(), newArticle("long", strings.Repeat("A *long* title, ", 30), "https://news.example/"+strings.Repeat("(a)", 120), long...))
	h, err := newHandlers(desk, nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, corpus := t.Context(), desk.Corpus(t.Context())
	ada := Caller{ID: "18446744073709551615"}
	for _, locale := range []string{"en-US", "ar"} {
		ada.Locale = locale
		s := h.speaker(ada)
		for kind := viewSummary; kind <= viewMentions; kind++ {
			for at := range len(corpus.Articles) + 1 {
				v := view{Kind: kind, Revision: corpus.Revision, Owner: ada.ID, Article: at, Length: summary.Long, Topic: "mill"}
				shown := ""
				for v.Page = 0; ; v.Page++ {
					id, err := v.encode()
					if err != nil {
						t.Fatal(err)
					}
					reply, err := h.press(ctx, pressRequest{Caller: ada, State: id})
					if err != nil {
						t.Fatalf("%+v: %v", v, err)
					}
					if !reply.Update {
						break // beyond the last page
					}
					if n := units(reply.Text); n == 0 || n > maxText {
						t.Errorf("%+v has %d characters", v, n)
					}
					seen := map[string]bool{}
					for _, row := range reply.Buttons {
						for _, b := range row {
							if seen[b.State] || units(b.State) > maxState || b.State == "" {
								t.Errorf("%+v: the button %s has the state %q", v, b.Label, b.State)
							}
							seen[b.State] = true
						}
					}
					shown += reply.Text + "\n"
				}
				for _, p := range quotedBy(t, ctx, h, s, v) {
					for _, w := range strings.Fields(escape(p.Text())) {
						if strings.Count(strings.ReplaceAll(shown, bold, ""), strings.Trim(w, "*")) == 0 {
							t.Errorf("%s view %d of %d: %q of a sentence isn't shown", locale, kind, at, w)
						}
					}
				}
			}
		}
	}
}

// quotedBy is what a view quotes whole sentences of.
func quotedBy(t *testing.T, ctx context.Context, h *handlers, s speaker, v view) []article.Passage {
	t.Helper()
	if v.Kind == viewFacts || v.Kind == viewPeople {
		return nil
	}
	sections, _, err := h.sections(ctx, s, v, h.desk.Corpus(t.Context()), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []article.Passage
	for _, x := range sections {
		for _, c := range x.Chunks {
			if c.Source.Article != nil {
				all = append(all, c.Source)
			}
			if n := units(c.Text); n > maxChunk {
				t.Errorf("a chunk has %d characters", n)
			}
		}
	}
	return all
}

// TestForgedViews presses buttons that were never given out.
func TestForgedViews(t *testing.T) {
	desk := newDesk(harbour())
	h, err := newHandlers(desk, nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	revision := desk.Corpus(t.Context()).Revision
	good := view{Kind: viewMentions, Revision: revision, Owner: "7", Topic: "NCG"}
	id, err := good.encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeView(id); err != nil || got.Topic != "NCG" || got.Owner != "7" || got.Revision != revision {
		t.Fatalf("%q is %+v, %v", id, got, err)
	}
	bad := []string{"g1.", "g1..", "g1.AAAA.x", "g2" + id[2:], id + strings.Repeat("x", 100), id[:len(id)-4] + "!.x", id + "\u202E", strings.Replace(id, ".NCG", "", 1)}
	for _, v := range []view{
		{Kind: viewSummary, Revision: revision, Owner: "7", Article: 9},
		{Kind: viewAbout, Revision: revision, Owner: "7", Page: 1 << 30},
	} {
		forged, err := v.encode()
		if err != nil {
			t.Fatal(err)
		}
		bad = append(bad, forged)
	}
	for _, id := range bad {
		reply, err := h.press(t.Context(), pressRequest{Caller: Caller{ID: "7"}, State: id})
		if err != nil || !reply.Private || !strings.Contains(reply.Text, "no longer works") {
			t.Errorf("%q: %+v, %v", id, reply, err)
		}
	}
	for _, v := range []view{
		{Kind: viewAbout, Revision: "short", Owner: "7"},
		{Kind: viewAbout, Revision: revision, Owner: "nobody"},
		{Kind: viewMentions, Revision: revision, Owner: "7", Topic: strings.Repeat("ا", 90)},
	} {
		if id, err := v.encode(); err == nil {
			t.Errorf("%+v is %q", v, id)
		}
	}
}

// TestReplacedMeanwhile: articles replaced between two looks give a reply
// without buttons rather than buttons that lead astray.
func TestReplacedMeanwhile(t *testing.T) {
	old := newDesk(harbour())
	h, err := newHandlers(&shifting{fakeDesk: old, next: newDesk(lighthouse(), harbour())}, nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := h.summarize(t.Context(), summaryRequest{Caller: Caller{ID: "7"}, Article: "harbour"})
	if err != nil || len(reply.Buttons) != 0 || !strings.Contains(reply.Text, "Two ferries collide") {
		t.Errorf("%+v, %v", reply, err)
	}
}

// shifting is a desk whose articles are replaced just after they were looked at.
type shifting struct {
	*fakeDesk
	next *fakeDesk
}

func (d *shifting) Summarize(ctx context.Context, r summary.Request) ([]summary.Summary, error) {
	return d.next.Summarize(ctx, r)
}
