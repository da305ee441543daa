package terminal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/article"
	"verbatim/internal/summary"
)

// TestLooks types every look at the articles, well and badly.
func TestLooks(t *testing.T) {
	mill := article.FromSentences("mill", "The mill", []string{"The mill of Ann Roe closed in May 2015.", "The Northern Bread Council (NBC) bought it.", "The NBC sold bread."})
	bridge := article.FromSentences("news/bridge", "The bridge", []string{"Tom Hale opened the bridge on Monday.", "It cost 3 million pounds."})
	c := article.NewCorpus([]*article.Article{mill, bridge})
	shelf := newShelf()
	shelf.Summarizer, shelf.corpus = summary.New(c), c
	s := NewSession(shelf, Screen{}, time.Now)
	for _, tt := range []struct{ typed, want, without string }{
		{"/article about", "The bridge\n", "There is no"},
		{"/article about mill", "Who is Ann Roe?", "The bridge"},
		{"/ARTICLE Facts news/bridge", "> 3 million pounds", "Ann"},
		{"/article timeline all", "in May 2015", "There is no"},
		{"/article people mill", "Northern Bread Council", "Hale"},
		{"/article mentions NBC", "2 sentences", "There is no"},
		{"/article mentions nbc mill", "2 sentences", "The bridge"},
		{"/article mentions mill", "It does not mention “mill”", "There is no"},
		{"/article mentions the bridge", "The bridge\n1 mention of “the bridge”", "There is no"},
		{"/article mentions", "Please say what to look for", "The mill"},
		{"/article", "Please say what to look for", "The mill"},
		{"/article everything", "Please say what to look for", "The mill"},
		{"/article about THE bridge", "The bridge\n", "The mill"},
		{"/article about the tower", "There is no article \"the tower\". There are:\n  mill\n  news/bridge\n", "3 sentences"},
		{"/article about \x1b[2J", "There is no article", "\x1b"},
		{"/article mentions " + strings.Repeat("word ", 800), "That is a long topic: 3999 characters", "word word"},
		{"/summary " + strings.Repeat("x", 4000), "That is a long topic: 4000 characters", "xx"},
	} {
		reply, err := s.Handle(t.Context(), tt.typed)
		if err != nil || !strings.Contains(reply.Text, tt.want) || strings.Contains(reply.Text, tt.without) {
			t.Errorf("%q: %v; want %q and not %q in\n%s", shorten(tt.typed, 60), err, tt.want, tt.without, reply.Text)
		}
	}
}

// TestSummaryReadsItsLine takes length, topic and article out of one line.
func TestSummaryReadsItsLine(t *testing.T) {
	for typed, want := range map[string]summary.Request{
		"":                       {},
		"LONG":                   {Length: summary.Long},
		"short the storm bridge": {Length: summary.Short, Focus: "the storm", Article: "bridge"},
		"bridge":                 {Article: "bridge"},
		"all":                    {},
		"that's all":             {Focus: "that's all"},
		"medium   all":           {Length: summary.Medium},
		"shortage":               {Focus: "shortage"},
		"the bridges":            {Focus: "the bridges"},
	} {
		shelf := newShelf()
		if _, err := NewSession(shelf, Screen{}, time.Now).Handle(t.Context(), "/summary "+typed); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%+v", shelf.requests); got != fmt.Sprintf("%+v", []summary.Request{want}) {
			t.Errorf("%q asks for %s, want %+v", typed, got, want)
		}
	}
}
