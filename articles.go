// Package verbatim holds the articles that come with the program, so that it
// answers wherever it is run.
package verbatim

import (
	"embed"
	"io/fs"
)

//go:embed corpus
var files embed.FS

// Articles opens the folder corpus as it was when the program was built.
func Articles() (fs.FS, error) { return fs.Sub(files, "corpus") }
