package terminal

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("ab ", 60_000) // longer than any buffer in between
	huge := strings.Repeat("x", MaxLine+100_000)
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"one", "a\n", []string{"a"}},
		{"no end", "a\nb", []string{"a", "b"}},
		{"empty lines", "\n\na\n", []string{"", "", "a"}},
		{"windows", "a\r\nb\r", []string{"a", "b"}},
		{"byte order mark", "\ufeffa\n\ufeff\ufeffb\r\nc\ufeff\n", []string{"a", "b", "c\ufeff"}},
		{"long", long + "\nb\n", []string{long, "b"}},
		{"too long is cut", huge + "\nb\n", []string{huge[:MaxLine], "b"}},
		{"not UTF-8", "\xff\xfe\n", []string{"\xff\xfe"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, in := range map[string]io.Reader{
				"whole":  strings.NewReader(tt.in),
				"halves": iotest.HalfReader(strings.NewReader(tt.in)),
				"eof":    iotest.DataErrReader(strings.NewReader(tt.in)),
			} {
				l := NewLines(in)
				var got []string
				for {
					s, err := l.Next()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, s)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s: got %d lines, want %d", name, len(got), len(tt.want))
				}
			}
		})
	}
}

func TestLinesPassesErrorsOn(t *testing.T) {
	broken := errors.New("cable pulled")
	l := NewLines(io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(broken)))
	if s, err := l.Next(); s != "a" || err != nil {
		t.Fatalf("Next() = %q, %v", s, err)
	}
	if _, err := l.Next(); !errors.Is(err, broken) {
		t.Fatalf("Next() error = %v, want %v", err, broken)
	}
}
