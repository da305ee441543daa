package importtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityNamesWhatHoldsIt: every line of the table in docs/security.md names
// a test, or a script that is no Go, and every test and file it names is there.
func TestSecurityNamesWhatHoldsIt(t *testing.T) {
	tests, files := map[string]bool{}, map[string]bool{}
	for _, f := range read(t) {
		files[f.name], files[filepath.Base(f.name)] = true, true
		for _, d := range f.parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
				tests[fn.Name.Name] = true
			}
		}
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "attack" {
			continue
		}
		rows++
		held := 0
		for _, m := range named.FindAllStringSubmatch(cells[3], -1) {
			name := m[1]
			switch {
			case strings.HasPrefix(name, "Test"), strings.HasPrefix(name, "Fuzz"):
				if !tests[name] {
					t.Errorf("%s: there is no %s", strings.TrimSpace(cells[1]), name)
				}
				held++
			case strings.HasSuffix(name, ".go"):
				if !files[name] {
					t.Errorf("%s: there is no %s", strings.TrimSpace(cells[1]), name)
				}
			default:
				if _, err := os.Stat(filepath.Join("..", "..", name)); err != nil {
					t.Errorf("%s: %v", strings.TrimSpace(cells[1]), err)
				}
				held++
			}
		}
		if held == 0 {
			t.Errorf("nothing holds this line: %s", line)
		}
	}
	if rows < 15 {
		t.Errorf("only %d lines found; the test does not look at the table", rows)
	}
}
