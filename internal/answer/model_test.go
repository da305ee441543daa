package answer

import (
	"strings"
	"testing"
)

// TestModelIsReadAsWritten: what Write writes, ReadModel reads, and writing
// that again gives the same text.
func TestModelIsReadAsWritten(t *testing.T) {
	m, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var first, second strings.Builder
	if err := m.Write(&first, []string{"where it comes from"}); err != nil {
		t.Fatal(err)
	}
	again, err := ReadModel(strings.NewReader(first.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&second, []string{"where it comes from"}); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("a model changes when it is read and written")
	}
}

func TestReadModelRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "another feature": "feature 0 other 0 1 1\n", "an unknown line": "forest =1\n",
		"a tree that ends early": "tree 0<1 =2\n", "a tree that goes on": "tree =1 =2\n", "no such feature": "tree 9999<1 =1 =2\n",
	} {
		if _, err := ReadModel(strings.NewReader(text)); err == nil {
			t.Errorf("%s was read as a model", name)
		}
	}
}
