// Package importtest holds the module to its import rules: which package may
// import which, and who may read the environment. docs/design.md gives the
// reasons.
package importtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of the module.
type source struct {
	name    string // relative to the module: "internal/index/index.go"
	folder  string
	test    bool
	main    bool // package main
	imports []string
	parsed  *ast.File
}

// read parses every Go file of the module.
func read(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != root && (strings.HasPrefix(base, ".") || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s := source{name: filepath.ToSlash(rel), test: strings.HasSuffix(name, "_test.go"), main: f.Name.Name == "main", parsed: f}
		s.folder = path.Dir(s.name)
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d Go files found; the test does not look at the module", len(out))
	}
	return out
}

// only are the modules that a few packages alone may import. A test of another
// package is no exception unless it is listed.
var only = []struct {
	prefix string
	by     []string // folders
	tests  []string // folders whose tests may, too
}{
	{"github.com/blevesearch/bleve", []string{"internal/index"}, nil},
	{"github.com/bwmarrin/discordgo", []string{"internal/discord"}, []string{"internal/discordtest"}},
	{"github.com/joho/godotenv", []string{"cmd/bot"}, nil},
	{"github.com/spf13/cobra", []string{"cmd/bot"}, nil},
	{"github.com/getkin/kin-openapi", []string{"internal/discordtest"}, nil},
	{"github.com/gorilla/websocket", []string{"internal/discord", "internal/discordtest"}, nil},
	{"github.com/fsnotify/fsnotify", []string{"internal/watch"}, nil},
	{"github.com/prometheus", []string{"internal/health"}, nil},
	{"net/http/pprof", []string{"internal/health"}, nil},
	{"go.etcd.io/bbolt", []string{"internal/store"}, nil},
	{"github.com/gofrs/flock", []string{"internal/store", "internal/library"}, nil},
	{"modernc.org/sqlite", []string{"internal/eval/compare"}, nil}, // a module of its own
	{"codeberg.org/readeck/go-readability", []string{"internal/fetch"}, nil},
	{"os/signal", []string{"cmd/bot"}, nil},
}

func TestOnlyImporters(t *testing.T) {
	files := read(t)
	for _, rule := range only {
		used := false
		for _, f := range files {
			for _, p := range f.imports {
				if !within(p, rule.prefix) {
					continue
				}
				used = true
				if !slices.Contains(rule.by, f.folder) && !(f.test && slices.Contains(rule.tests, f.folder)) {
					t.Errorf("%s imports %s, which only %s may", f.name, p, strings.Join(rule.by, ", "))
				}
			}
		}
		if !used {
			t.Errorf("nothing imports %s: the rule about it is out of date", rule.prefix)
		}
	}
}

// rooms reads the table of packages in docs/design.md: by folder, what of the
// module each may import; nil means everything.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "design.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([^`]+)`")
	out := map[string][]string{}
	inside := false
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		switch {
		case len(cells) == 5 && strings.TrimSpace(cells[1]) == "package":
			inside = true
			continue
		case len(cells) != 5:
			inside = false
		}
		if !inside || strings.HasPrefix(cells[1], "---") {
			continue
		}
		may := []string{}
		for _, m := range names.FindAllStringSubmatch(cells[3], -1) {
			if m[1] != "verbatim" {
				m[1] = "verbatim/internal/" + m[1]
			}
			may = append(may, m[1])
		}
		switch cell := strings.TrimSpace(cells[3]); {
		case cell == "everything":
			may = nil
		case len(may) == 0 && !strings.HasPrefix(cell, "nothing"):
			t.Errorf("the table doesn't say what %s may import: %q", cells[1], cell)
		}
		for _, m := range names.FindAllStringSubmatch(cells[1], -1) {
			folder := m[1]
			if folder == "verbatim" {
				folder = "."
			}
			out[folder] = may
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d packages found; the test does not look at the table", len(out))
	}
	return out
}

// TestImportsAreThoseOfTheTable: each package imports of the module what the table
// in docs/design.md lets it, and the table lets nobody what they don't need. Tests
// may import more.
func TestImportsAreThoseOfTheTable(t *testing.T) {
	table := rooms(t)
	used := map[string]bool{}
	for _, f := range read(t) {
		may, known := table[f.folder]
		used[f.folder] = true
		if !known && !f.test {
			t.Errorf("%s is of a package that the table doesn't have", f.name)
		}
		for _, p := range f.imports {
			if !within(p, "verbatim") {
				continue
			}
			used[f.folder+" "+p] = true
			if known && !f.test && may != nil && !slices.Contains(may, p) {
				t.Errorf("%s imports %s, which the table doesn't let it", f.name, p)
			}
		}
	}
	for folder, may := range table {
		if !used[folder] {
			t.Errorf("the table has %s, which there isn't", folder)
		}
		for _, p := range may {
			if !used[folder+" "+p] {
				t.Errorf("the table lets %s import %s, which it doesn't", folder, p)
			}
		}
	}
}

// TestArticleIsALeaf: the domain imports the standard library alone.
func TestArticleIsALeaf(t *testing.T) {
	for _, f := range read(t) {
		if f.folder != "internal/article" || f.test {
			continue
		}
		for _, p := range f.imports {
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") || first == "verbatim" {
				t.Errorf("%s imports %s; the domain imports the standard library alone", f.name, p)
			}
		}
	}
}

// TestTrainingStaysOut: the numerical library belongs to the commands that
// train and to tests, so that the bot does not carry it.
func TestTrainingStaysOut(t *testing.T) {
	for _, f := range read(t) {
		if f.test || f.main && strings.HasPrefix(f.folder, "internal/") {
			continue
		}
		for _, p := range f.imports {
			if within(p, "gonum.org/v1/gonum") {
				t.Errorf("%s imports %s, which is for training and tests", f.name, p)
			}
		}
	}
}

// TestNobodyImportsTheTestServer: it is for tests.
func TestNobodyImportsTheTestServer(t *testing.T) {
	for _, f := range read(t) {
		for _, p := range f.imports {
			if within(p, "verbatim/internal/discordtest") && !f.test && !within(f.folder, "internal/discordtest") {
				t.Errorf("%s imports %s, which is for tests", f.name, p)
			}
		}
	}
}

// TestOneReaderOfTheEnvironment: settings come from cmd/bot, and from there as
// values. Tests and the test server may read it, to find what they are pointed
// at.
func TestOneReaderOfTheEnvironment(t *testing.T) {
	readers := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv", "Unsetenv", "Clearenv"}
	for _, f := range read(t) {
		if f.test || f.folder == "cmd/bot" || f.folder == "internal/discordtest" {
			continue
		}
		ast.Inspect(f.parsed, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && (x.Name == "os" || x.Name == "syscall") && slices.Contains(readers, s.Sel.Name) {
				t.Errorf("%s uses %s.%s; only cmd/bot reads the environment", f.name, x.Name, s.Sel.Name)
			}
			return true
		})
	}
}

// within reports whether p is the package or lies below it; "a/v2" lies below
// "a".
func within(p, prefix string) bool {
	return p == prefix || strings.HasPrefix(p, prefix+"/")
}
