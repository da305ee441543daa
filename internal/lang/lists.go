package lang

import (
	"bufio"
	"embed"
	"strings"
)

//go:embed data/*.txt
var lists embed.FS

// readList returns the lines of an embedded list without comments and blanks.
// The lists are part of the program: one that is missing is a broken build.
func readList(name string) []string {
	f, err := lists.Open("data/" + name)
	if err != nil {
		panic("lang: embedded list " + name + ": " + err.Error())
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// Words returns every word of an embedded list as a set.
func Words(name string) map[string]bool {
	set := map[string]bool{}
	for _, line := range readList(name) {
		for _, w := range strings.Fields(line) {
			set[w] = true
		}
	}
	return set
}

// Groups returns an embedded list whose lines read "name: word word …".
func Groups(name string) map[string][]string {
	groups := map[string][]string{}
	for _, line := range readList(name) {
		key, words, _ := strings.Cut(line, ":")
		groups[key] = append(groups[key], strings.Fields(words)...)
	}
	return groups
}
