// Package verbatim holds the articles that the bot is shipped with.
package verbatim

import (
	"embed"
	"io/fs"
)

//go:embed corpus
var shipped embed.FS

// Corpus is the folder of shipped articles, compiled into the program so that
// it runs from anywhere. It is read-only and safe for concurrent use.
func Corpus() fs.FS {
	sub, err := fs.Sub(shipped, "corpus")
	if err != nil {
		// Sub fails on an invalid path only, and this one is constant.
		panic(err)
	}
	return sub
}
