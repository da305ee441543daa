package importtest

import (
	"go/ast"
	"strings"
	"testing"
)

// TestRegularExpressionsAreConstant: each is written in the code, so that nobody's
// words become one, and is Go's own, which takes time linear in the text.
func TestRegularExpressionsAreConstant(t *testing.T) {
	seen := 0
	for _, f := range read(t) {
		for _, i := range f.imports {
			if strings.Contains(i, "regexp") && i != "regexp" && i != "regexp/syntax" {
				t.Errorf("%s imports %s, whose expressions may take any time", f.name, i)
			}
		}
		if f.test || f.folder == "internal/discordtest" {
			continue
		}
		ast.Inspect(f.parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := fun.X.(*ast.Ident); !ok || pkg.Name != "regexp" || fun.Sel.Name == "QuoteMeta" {
				return true
			}
			seen++
			if _, ok := call.Args[0].(*ast.BasicLit); !ok {
				t.Errorf("%s: regexp.%s of something that isn't written there", f.name, fun.Sel.Name)
			}
			return true
		})
	}
	if seen < 10 {
		t.Errorf("only %d regular expressions found; the test does not look at them", seen)
	}
}
