package library

import (
	"io/fs"
	"testing"

	"verbatim/internal/answer"
	"verbatim/internal/corpus"
)

// BenchmarkReopen measures from nothing to the first answer from 100,000 sentences
// that are indexed on the disk: what a restart takes before the bot is in Discord.
func BenchmarkReopen(b *testing.B) {
	files := written(3_847) // articles, of 26 sentences
	options := Options{Source: func() (fs.FS, error) { return files, nil }, IndexDir: b.TempDir(), Limits: corpus.DefaultLimits()}
	open := func() {
		l, err := Open(b.Context(), options)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Ask(b.Context(), answer.Question{Text: "Who saw w10x w20x of w30x?"}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	open()
	b.ReportAllocs()
	for b.Loop() {
		open()
	}
}
