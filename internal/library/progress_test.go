package library

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestProgressOfStages: the status has each step, and the log a line each so
// many, from the beginning in each stage and each reload.
func TestProgressOfStages(t *testing.T) {
	var log bytes.Buffer
	p := &progress{logger: slog.New(slog.NewTextHandler(&log, nil))}
	lines := func() int { return strings.Count(log.String(), "\n") }
	for range 2 {
		log.Reset()
		for i := range 1001 {
			p.tell(Reading, i, 1000)
		}
		if got := p.get(); got != (Progress{Reading, 1000, 1000}) || lines() != 2 {
			t.Errorf("%+v after reading, and in the log:\n%s", got, log.String())
		}
		for i := 0; i <= 50_000; i += 50 {
			p.tell(Indexing, i, 50_000)
		}
		if got := p.get(); got != (Progress{Indexing, 50_000, 50_000}) || lines() != 4 {
			t.Errorf("%+v after indexing, and in the log:\n%s", got, log.String())
		}
		p.end()
		if got := p.get(); got != (Progress{}) {
			t.Errorf("%+v in the end", got)
		}
	}
}
