package corpus

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// signatures are the first bytes of files that are often renamed or saved by
// mistake, with what to call them.
var signatures = []struct{ prefix, name string }{
	{"PK\x03\x04", "a ZIP archive or an office document"},
	{"PK\x05\x06", "a ZIP archive"},
	{"\x1f\x8b", "a gzip archive"},
	{"BZh", "a bzip2 archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
	{"Rar!", "a RAR archive"},
	{"\xfd7zXZ", "an xz archive"},
	{"%PDF-", "a PDF"},
	{"\x89PNG", "a PNG image"},
	{"\xff\xd8\xff", "a JPEG image"},
	{"GIF8", "a GIF image"},
	{"{\\rtf", "a rich text document"},
	{"\xd0\xcf\x11\xe0", "an old office document"},
	{"\xff\xfe", "text in UTF-16"},
	{"\xfe\xff", "text in UTF-16"},
}

// byteOrderMark begins files of some editors, again and again where files were
// put together. Where a text begins it is no part of it.
const byteOrderMark = "\ufeff"

// decode turns a file's bytes into text: valid UTF-8, lines ended by "\n", no
// byte order mark, no control characters, which could steer a terminal. It
// returns the line and the reason when that can't be had.
func decode(data []byte) (text string, line int, reason string) {
	for _, s := range signatures {
		if bytes.HasPrefix(data, []byte(s.prefix)) {
			return "", 1, fmt.Sprintf("this is %s, not UTF-8 text; save the article as plain text", s.name)
		}
	}
	text = strings.ReplaceAll(strings.TrimLeft(string(data), byteOrderMark), "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	line = 1
	for i, r := range text {
		switch {
		case r == '\n':
			line++
		case r == '\t' || r == '\f':
		case r == 0:
			return "", line, "this is a binary file (it holds a zero byte), not text"
		case unicode.IsControl(r):
			return "", line, fmt.Sprintf("the control character %U is not text; delete it, or save the file as UTF-8 again", r)
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			return "", line, fmt.Sprintf("the byte 0x%02X is not UTF-8; save the file with UTF-8 encoding", text[i])
		}
	}
	return text, 0, ""
}
