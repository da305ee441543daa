package discord

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeRange writes text[start:end] so that Discord shows exactly its bytes: no
// formatting, no mention, no link, no emoji comes of it. Line breaks stay. Only what
// Discord would act upon is escaped, judged by what stands around it, so that a
// passage copied in its raw form is as close to the article as can be. Some clients
// drop form feeds, and may drop other characters that show nothing, before they look
// for formatting: it is escaped as if those weren't there. With strict, brackets are
// escaped as well, for use inside a link's label.
//
// Control characters that reorder text stay too, for they are the article's;
// they can't reach the bot's own words because a quote stands on lines of its
// own, and the order of letters is worked out line by line.
func escapeRange(b *strings.Builder, text string, start, end int, strict bool) {
	opening := true    // nothing but spaces since the line, or the range, began
	numbering := false // spaces and a number
	written := start
	for i := start; i < end; {
		r, n := utf8.DecodeRuneInString(text[i:end])
		if c := text[i]; c == '.' && numbering || needsEscape(text, i, opening) || strict && strings.IndexByte("[]()", c) >= 0 {
			b.WriteString(text[written:i])
			b.WriteByte('\\')
			written = i
		}
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			opening, numbering = true, false
		case r >= '0' && r <= '9':
			numbering = opening || numbering
			opening = false
		case !unicode.IsSpace(r) && !vanishes(r):
			opening, numbering = false, false
		}
		i += n
	}
	b.WriteString(text[written:end])
}

// needsEscape reports whether the byte at i would begin or end formatting.
func needsEscape(text string, i int, opening bool) bool {
	before, after := text[:i], text[i+1:]
	switch text[i] {
	case '\\', '*', '_', '~', '|', '`', '<':
		return true
	case '>', '#', '-':
		return opening
	case '+':
		next := strings.IndexFunc(after, func(r rune) bool { return !vanishes(r) })
		return opening && next >= 0 && strings.IndexFunc(after[next:], unicode.IsSpace) == 0
	case '.':
		return endsFold(before, "discord") || endsFold(before, "discordapp")
	case '@':
		return beginsFold(after, "everyone") || beginsFold(after, "here")
	case ':':
		return beginsFold(after, "//") || named(after)
	case '(':
		return endsFold(before, "]")
	}
	return false
}

// named reports whether rest goes on as the name of an emoji: up to a colon
// with no white space before it. No name at all counts, for the marks of an
// emphasis may come to stand between two colons.
func named(rest string) bool {
	k := strings.IndexAny(rest, ": \t\n")
	return k >= 0 && rest[k] == ':'
}

// vanishes reports whether a client may drop r before it looks for formatting,
// as it shows nothing: control characters, and those that Unicode counts among
// the ignorable.
func vanishes(r rune) bool {
	if r < utf8.RuneSelf {
		return r != '\n' && r != '\t' && unicode.IsControl(r)
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// beginsFold reports whether s begins with an ASCII word in lower case, whatever
// its case and whatever vanishes within and before it.
func beginsFold(s, word string) bool {
	for i, r := range s {
		switch {
		case word == "":
			return true
		case vanishes(r):
		case !strings.EqualFold(s[i:i+1], word[:1]):
			return false
		default:
			word = word[1:]
		}
	}
	return word == ""
}

// endsFold is beginsFold for the end of s.
func endsFold(s, word string) bool {
	for s != "" && word != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		switch {
		case vanishes(r):
		case !strings.EqualFold(s[len(s)-n:], word[len(word)-1:]):
			return false
		default:
			word = word[:len(word)-1]
		}
		s = s[:len(s)-n]
	}
	return word == ""
}

// The characters that isolate a stretch of text whose direction is its own.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// inline writes someone else's words (a title, a name, a question) for use
// inside a line of the bot's own: on one line, without control characters, and
// with nothing that Discord would act upon, not even inside a link's label.
func inline(text string) string {
	text = plain(text)
	var b strings.Builder
	escapeRange(&b, text, 0, len(text), true)
	return isolate(b.String(), text)
}

// inline is inline for a line in the speaker's language: where that is written
// from right to left, other words keep their own order within it.
func (s speaker) inline(text string) string {
	shown := inline(text)
	if base, _ := s.tag.Base(); base.String() != "ar" || shown == "" || strings.HasPrefix(shown, firstStrongIsolate) {
		return shown
	}
	return firstStrongIsolate + shown + popIsolate
}

// plain puts text on one line and drops its control characters, those that
// reorder text among them. It is not escaped.
func plain(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || reorders(r) {
			return -1
		}
		return r
	}, text))
}

// isolate wraps shown so that right-to-left letters in it leave the order of
// the words around it alone. Left-to-right text needs no wrapping.
func isolate(shown, text string) string {
	if strings.IndexFunc(text, rightToLeft) < 0 {
		return shown
	}
	return firstStrongIsolate + shown + popIsolate
}

// reorders reports whether r is one of Unicode's bidirectional controls.
func reorders(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

func rightToLeft(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Samaritan, unicode.Mandaic, unicode.Adlam)
}

// unescape gives back the text that a quotation made by block shows: its lines
// without the quote marks, the emphasis and the escapes. It knows nothing of
// how they were put there.
func unescape(quotation string) string {
	var b strings.Builder
	b.Grow(len(quotation))
	for n, line := range strings.Split(quotation, "\n") {
		if n > 0 {
			b.WriteByte('\n')
		}
		line = strings.TrimPrefix(line, quoteMark)
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == '\\' && i+1 < len(line):
				i++
				_, size := utf8.DecodeRuneInString(line[i:])
				b.WriteString(line[i : i+size])
				i += size - 1
			case strings.HasPrefix(line[i:], bold):
				i += len(bold) - 1
			default:
				b.WriteByte(line[i])
			}
		}
	}
	return b.String()
}
