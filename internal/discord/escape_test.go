package discord

import (
	"strings"
	"testing"
	"unicode/utf8"

	"verbatim/internal/article"
	"verbatim/internal/preview"
)

// hostile are texts that do something in Discord when they aren't escaped.
func hostile() []string {
	return []string{
		"*a* **b** ***c*** _d_ __e__ ~~f~~ ||g|| `h` ``i`` ```go\nj```",
		"# heading\n## two\n### three\n-# small\n> quoted\n>>> all of it",
		"- item\n* item\n1. one\n23. two\n  - nested\n  4. nested",
		"[click](https://evil.example) [x](<https://evil.example>) [a]( b:c ) [[n]](https://e.example)",
		"@everyone @here @Everyone <@1> <@!2> <@&3> <#4> </ask:5> <id:guide> <id:customize>",
		"<:smile:6> <a:dance:7> :smile: :100: 10:30:45 ::: :a b: <t:1700000000:R> <t:1>",
		"https://a.example http://b.example steam://run HTTPS://C.example <https://d.example> discord.gg/abc Discord.GG/x discordapp.com/invite/y",
		`back\slash \* \\ \\* \`, "¯\\_(ツ)_/¯", "a_b_c snake_case __init__", "trailing *", "*", "**", "`", "``", "```", "|", "||", "~", "~~",
		"zero\u200bwidth @\u200beveryone \u200b# no\u2060", "\u202eevil\u202c \u2066x\u2069 \u2067y \u200f\u061c", "mixed עברית and العربية (1)",
		"line one\nline two\n\nline four", " leading\n  # indented", "\t# tab", "<", ">", "<a@b.example>", "<+123>", "(x](y) ](z", "1.5 and 2. and 3.x",
		"\f# x", "@\feveryone @e\u200bveryone @\u00adhere", "https:\f//evil.example http:/\u2060/b.example s\ufeffteam://x", "discord\f.gg/x dis\u200ccord.\u200dgg/y",
		"a\u2028# b\u2029- c", "\u00a0# a\n\u3000> b\n\u2003- c\n+ d\n\u200b1\u200b. e\n\f+\u00a0f\n>\u2003g", "[a]\f(https://a.example) [a\u2060](b:c)",
		"**a**\n**b**", "\x00\x01\x7f", "emoji 👩‍👩‍👧 and 𝒜", "@here", "\\\n\\",
	}
}

// active lists the kinds of formatting that a parsed text holds.
func active(ns []preview.Node) []preview.NodeKind {
	var kinds []preview.NodeKind
	for _, n := range ns {
		if n.Kind != preview.Text {
			kinds = append(kinds, n.Kind)
		}
		kinds = append(kinds, active(n.Children)...)
	}
	return kinds
}

// escape is a whole text escaped.
func escape(text string) string {
	var b strings.Builder
	escapeRange(&b, text, 0, len(text), false)
	return b.String()
}

// checkEscape holds escapeRange and inline to their promise for one text.
func checkEscape(t *testing.T, text string) {
	t.Helper()
	shown := preview.Parse(escape(text))
	if got := preview.Visible(shown); got != text {
		t.Errorf("escape(%q) = %q shows %q", text, escape(text), got)
	}
	if kinds := active(shown); len(kinds) > 0 {
		t.Errorf("escape(%q) = %q is formatted: %v", text, escape(text), kinds)
	}
	if kinds := active(preview.Parse(preview.Loose(escape(text)))); len(kinds) > 0 {
		t.Errorf("escape(%q) = %q is formatted where what shows nothing is dropped: %v", text, escape(text), kinds)
	}

	in := inline(text)
	if strings.ContainsAny(in, "\n\r") {
		t.Errorf("inline(%q) = %q has several lines", text, in)
	}
	shown = preview.Parse("— [" + in + "](<https://a.example>) end")
	if len(shown) == 3 && shown[1].Kind == preview.Link {
		shown = shown[1].Children
	} else if in != "" {
		t.Errorf("inline(%q) = %q breaks the link that it labels: %+v", text, in, shown)
	}
	if kinds := active(shown); len(kinds) > 0 && in != "" {
		t.Errorf("inline(%q) = %q is formatted: %v", text, in, kinds)
	}
	if kinds := active(preview.Parse(preview.Loose("— " + in))); len(kinds) > 0 {
		t.Errorf("inline(%q) = %q is formatted where what shows nothing is dropped: %v", text, in, kinds)
	}
}

// checkQuote holds block to its promise for one text and span: the reader sees
// the text, and no formatting but the emphasis of the span.
func checkQuote(t *testing.T, text string, span article.Span) {
	t.Helper()
	quoted := block(text, 0, len(text), span)
	shown := preview.Parse("before\n" + quoted + "\nafter")
	if len(shown) != 3 || shown[1].Kind != preview.Quote {
		t.Fatalf("block(%q) = %q is not one quote: %+v", text, quoted, shown)
	}
	if got := strings.TrimSuffix(preview.Visible(shown[1:2]), "\n"); got != text {
		t.Errorf("block(%q, %v) = %q shows %q", text, span, quoted, got)
	}
	var emphasised string
	for _, n := range shown[1].Children {
		switch {
		case n.Kind == preview.Bold && len(active(n.Children)) == 0:
			emphasised += preview.Visible(n.Children)
		case n.Kind != preview.Text:
			t.Errorf("block(%q, %v) = %q is formatted: %v", text, span, quoted, n.Kind)
		}
	}
	want := ""
	if !span.Empty() {
		for _, line := range strings.Split(text[span.Start:span.End], "\n") {
			if strings.TrimSpace(line) != "" {
				want += line
			}
		}
	}
	if emphasised != want {
		t.Errorf("block(%q, %v) = %q emphasises %q, want %q", text, span, quoted, emphasised, want)
	}
	if got := unescape(quoted); got != text {
		t.Errorf("unescape(%q) = %q, want %q", quoted, got, text)
	}
}

func TestEscapeHostile(t *testing.T) {
	for _, text := range hostile() {
		checkEscape(t, text)
		if strings.TrimSpace(text) == "" {
			continue
		}
		checkQuote(t, text, article.Span{})
		for i := range text {
			if boundary(text, i) {
				checkQuote(t, text, article.Span{Start: i, End: len(text)})
				checkQuote(t, text, article.Span{Start: 0, End: i})
			}
		}
	}
}

// TestHostileTextsAct proves that the check above can fail: each text does
// something when it isn't escaped.
func TestHostileTextsAct(t *testing.T) {
	acting := 0
	for _, text := range hostile() {
		if len(active(preview.Parse(text))) > 0 {
			acting++
		}
	}
	if acting < 12 {
		t.Errorf("only %d of %d texts do anything", acting, len(hostile()))
	}
}

func FuzzEscape(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text, 0, len(text)/2)
	}
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		// A stored article is valid UTF-8 with "\n" for line ends; quoted lines are never blank at their end.
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\r") || strings.TrimSpace(text) != text || text == "" {
			t.Skip()
		}
		checkEscape(t, text)
		if start < 0 || end > len(text) || start >= end || !boundary(text, start) || !boundary(text, end) {
			start, end = 0, 0
		}
		checkQuote(t, text, article.Span{Start: start, End: end})
	})
}

func TestInlineIsolatesRightToLeft(t *testing.T) {
	if got, want := inline("a\u202eb *c*"), `ab \*c\*`; got != want {
		t.Errorf("inline drops the controls: got %q, want %q", got, want)
	}
	if got, want := inline("العربية"), "\u2068العربية\u2069"; got != want {
		t.Errorf("inline isolates: got %q, want %q", got, want)
	}
}

func TestRightToLeftSpeakersIsolateOthersWords(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	for locale, want := range map[string]string{"en-US": `\*a\* (b)?`, "ar": "\u2068\\*a\\* (b)?\u2069"} {
		want = strings.NewReplacer("(", `\(`, ")", `\)`).Replace(want)
		if got := w.in(locale).inline("*a* (b)?"); got != want {
			t.Errorf("in %s: %q, want %q", locale, got, want)
		}
	}
}
