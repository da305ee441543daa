package terminal

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"verbatim/internal/article"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Mr Al Shara’s “visit” 😀 العربية", "Mr Al Shara’s “visit” 😀 العربية"},
		{"colour", "\x1b[31mred\x1b[0m", "<U+001B>[31mred<U+001B>[0m"},
		{"title and bell", "\x1b]0;owned\a", "<U+001B>]0;owned<U+0007>"},
		{"C1 introducer", "\u009b2J", "<U+009B>2J"},
		{"carriage return", "all is well\rnothing is", "all is well<U+000D>nothing is"},
		{"override", "abc\u202edef", "abc<U+202E>def"},
		{"isolate", "\u2066abc\u2069", "<U+2066>abc<U+2069>"},
		{"line separator", "a\u2028b", "a<U+2028>b"},
		{"broken", "a\xffb", "a\uFFFDb"},
		{"lines and tabs stay", "a\n\tb", "a\n\tb"},
		{"no width", "a\u200bb\u2060c\ufeffd\U000e0041", "a<U+200B>b<U+2060>c<U+FEFF>d<U+E0041>"},
		{"joiner, selector and soft hyphen stay", "👩\u200d👧 ❤\ufe0f fer\u00adry", "👩\u200d👧 ❤\ufe0f fer\u00adry"},
		{"right-to-left mark stays", "a\u200fb", "a\u200fb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := visible(tt.in); got != tt.want {
				t.Errorf("visible(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestColumn(t *testing.T) {
	const text = "In June a new militant group claimed responsibility for the bombing that killed 23 people."
	at := strings.Index(text, "killed 23 people")
	span := article.Span{Start: at, End: at + len("killed 23 people")}
	for _, tt := range []struct {
		name   string
		screen Screen
		text   string
		span   article.Span
		want   string
	}{
		{"pipe", Screen{}, text, span, "> " + text + "\n"},
		{"wrapped", Screen{Width: 42}, text, article.Span{},
			"> In June a new militant group claimed\n" +
				"> responsibility for the bombing that\n" +
				"> killed 23 people.\n"},
		{"emphasis over a break", Screen{Width: 28, Style: true}, "that bombing there had killed 23 people, they said.",
			article.Span{Start: 23, End: 39},
			"> that bombing there had\n> \x1b[1mkilled 23 people\x1b[0m, they\n> said.\n"},
		{"emphasis cut by a break", Screen{Width: 28, Style: true}, "that bombing there did so kill 23 people, they said.",
			article.Span{Start: 23, End: 30},
			"> that bombing there did \x1b[1mso\x1b[0m\n> \x1b[1mkill\x1b[0m 23 people, they said.\n"},
		{"own lines", Screen{Width: 42}, "one\ntwo\n\nthree", article.Span{}, "> one\n> two\n> \n> three\n"},
		{"wide characters", Screen{Width: 24}, "ダマスカス ダマスカス ダマスカス", article.Span{}, "> ダマスカス ダマスカス\n> ダマスカス\n"},
		{"too long a word", Screen{Width: 24}, "see https://example.org/a/very/long/address there", article.Span{},
			"> see\n> https://example.org/a/very/long/address\n> there\n"},
		{"too narrow to wrap", Screen{Width: 8}, text, article.Span{}, "> " + text + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			tt.screen.column(&b, "> ", tt.text, tt.span)
			if b.String() != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", b.String(), tt.want)
			}
		})
	}
}

// FuzzColumn holds wrapping to its promise: with the breaks taken for the
// spaces that they stand for, the text is what it was, and no line with a
// place to break is too wide.
func FuzzColumn(f *testing.F) {
	f.Add("In June, Saraya Ansar Al Sunnah claimed responsibility.", 30, 3, 9)
	f.Add("  two  spaces   and\nlines \n", 25, 0, 4)
	f.Add("مرحبا بالعالم 😀 \x1b[2J \xff", 22, 1, 40)
	f.Fuzz(func(t *testing.T, text string, width, from, to int) {
		width = 1 + abs(width)%200
		span := article.Span{}
		if n := len(text) + 1; to >= 0 && from >= 0 {
			span = article.Span{Start: from % n, End: to % n}
		}
		s := Screen{Width: width}
		var b strings.Builder
		s.column(&b, "", text, span)
		got := b.String()
		if !strings.HasSuffix(got, "\n") {
			t.Fatalf("column(%q) does not end its last line: %q", text, got)
		}
		flat := func(s string) string { return strings.ReplaceAll(s, "\n", " ") }
		if want := visible(text); flat(strings.TrimSuffix(got, "\n")) != flat(want) {
			t.Fatalf("column changed the text:\n got %q\nwant %q", got, want)
		}
		for l := range strings.Lines(got) {
			l = strings.TrimSuffix(l, "\n")
			if !utf8.ValidString(l) || strings.ContainsFunc(l, hidden) {
				t.Fatalf("line %q is not safe to show", l)
			}
			// A space at the end takes no place that is seen.
			if seen := strings.TrimRight(l, " "); width >= minWidth && strings.Contains(seen, " ") && laidOut(seen) > width {
				t.Fatalf("line %q is %d columns wide, not %d", l, laidOut(seen), width)
			}
		}
		s.Style = true
		var styled strings.Builder
		s.column(&styled, "", text, span)
		if plain := strings.NewReplacer(bold, "", reset, "").Replace(styled.String()); plain != got && utf8.ValidString(text) {
			t.Fatalf("emphasis changed the text:\n got %q\nwant %q", plain, got)
		}
	})
}

// laidOut is the width of a line counted word by word, as it was laid out.
func laidOut(l string) int {
	n := 0
	for i, w := range strings.Split(l, " ") {
		if i > 0 {
			n++
		}
		n += displaywidth.String(w)
	}
	return n
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
