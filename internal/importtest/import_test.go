// Package importtest holds the module to its import rules: which package may
// import which, and who may read the environment. docs/design.md gives the
// reasons.
package importtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
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

// never are imports that a package must do without. Tests may have them.
var never = []struct{ folder, prefix, why string }{
	{"internal/answer", "verbatim/internal/index", "the answerer declares the searcher that it needs"},
	{"internal/discord", "verbatim/internal/terminal", "adapters never import each other"},
	{"internal/discord", "verbatim/internal/index", "adapters never import each other"},
	{"internal/terminal", "verbatim/internal/discord", "adapters never import each other"},
	{"internal/terminal", "verbatim/internal/index", "adapters never import each other"},
	{"internal/index", "verbatim/internal/discord", "adapters never import each other"},
	{"internal/index", "verbatim/internal/terminal", "adapters never import each other"},
	{"internal/index", "verbatim/internal/answer", "the index knows nothing of answers"},
	{"internal/store", "verbatim/internal/library", "the library reads the store"},
	{"internal/discordtest", "verbatim/internal/discord", "the test server knows nothing of the bot"},
}

func TestNeverImports(t *testing.T) {
	files := read(t)
	for _, rule := range never {
		looked := false
		for _, f := range files {
			if f.folder != rule.folder || f.test {
				continue
			}
			looked = true
			for _, p := range f.imports {
				if within(p, rule.prefix) {
					t.Errorf("%s imports %s: %s", f.name, p, rule.why)
				}
			}
		}
		if !looked {
			t.Errorf("there is no package %s: the rule about it is out of date", rule.folder)
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
