package main

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the documents show of the program")

// shown is a block of a document that shows commands and what they print.
var shown = regexp.MustCompile("(?s)```console\n(\\$ go run \\./cmd/bot[^\n]*)\n(.*?)```")

// words cuts a command line at its spaces, quoted words whole.
var words = regexp.MustCompile(`"[^"]*"|\S+`)

// TestReadmeShowsTheProgram runs every command that README.md shows and holds
// what is printed there to what it prints.
func TestReadmeShowsTheProgram(t *testing.T) {
	const name = "../../README.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]string{"CORPUS_DIR": shipped(t)}
	blocks := shown.FindAllSubmatch(text, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d commands are shown", len(blocks))
	}
	now := shown.ReplaceAllFunc(text, func(block []byte) []byte {
		command := string(shown.FindSubmatch(block)[1])
		var args []string
		for _, w := range words.FindAllString(command, -1)[4:] {
			args = append(args, strings.Trim(w, `"`))
		}
		got := runWith(t, set, "", args...)
		if got.status == exitTrouble || got.stderr != "" {
			t.Errorf("%s: status %d, %s", command, got.status, got.stderr)
		}
		return []byte("```console\n" + command + "\n" + got.out + "```")
	})
	if slices.Equal(now, text) {
		return
	}
	if !*update {
		t.Fatal("README.md shows what the program no longer prints; run go test ./cmd/bot -run Readme -update and read the difference")
	}
	if err := os.WriteFile(name, now, 0o644); err != nil {
		t.Fatal(err)
	}
}
