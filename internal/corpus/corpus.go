// Package corpus reads articles from files: it checks them, finds their
// paragraphs and cuts these into sentences.
//
// A corpus is a folder of .md, .txt and .html files, with front matter in YAML
// or without. README files and names that start with a dot are not articles.
// All functions may be called from several goroutines at once.
package corpus

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"verbatim/internal/article"
)

// Limits bound what is read of a corpus. A zero field means that of
// DefaultLimits.
type Limits struct {
	FileBytes  int64 // of one file
	Articles   int   // in the corpus
	TotalBytes int64 // of all files
	Sentences  int   // of all articles
}

// The limits unless the operator sets others.
const (
	// DefaultFileBytes is some 350,000 words, the length of three novels: a
	// larger file isn't an article.
	DefaultFileBytes = 2 << 20
	// DefaultArticles is five times the thousand that loading is measured
	// with, and keeps a list of them readable by a moderator.
	DefaultArticles = 5000
	// DefaultTotalBytes bounds memory. Text, sentences and an index in memory
	// take some ten times the files' size.
	DefaultTotalBytes = 64 << 20
	// DefaultSentences is twice what ordinary text has in DefaultTotalBytes. A
	// sentence costs as much as its words and 4 kB more at worst, so that a
	// corpus of sentences of one word each is bounded by their number alone.
	DefaultSentences = 1_000_000
)

// maxSentences is what one article has at most: what fills two megabytes with
// sentences of seven words. A text of more isn't prose.
const maxSentences = 50_000

// DefaultLimits are the limits unless the operator sets others.
func DefaultLimits() Limits {
	return Limits{FileBytes: DefaultFileBytes, Articles: DefaultArticles, TotalBytes: DefaultTotalBytes, Sentences: DefaultSentences}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	return Limits{
		FileBytes:  cmp.Or(l.FileBytes, d.FileBytes),
		Articles:   cmp.Or(l.Articles, d.Articles),
		TotalBytes: cmp.Or(l.TotalBytes, d.TotalBytes),
		Sentences:  cmp.Or(l.Sentences, d.Sentences),
	}
}

// file is one found in the folder.
type file struct {
	name string
	size int64
}

// list finds the article files, in lexical order, and what is wrong with
// others. Files that are too large are a problem and not listed.
func list(fsys fs.FS, limits Limits) ([]file, article.Problems) {
	var files []file
	var problems article.Problems
	problem := func(name, format string, args ...any) {
		if name == "." {
			name = ""
		}
		problems = append(problems, article.Problem{File: printable(name), Reason: fmt.Sprintf(format, args...)})
	}
	walk := func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			problem(name, "can't be read: %v", reason(err))
			return nil
		}
		if name == "." {
			return nil
		}
		base := path.Base(name)
		if strings.HasPrefix(base, ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || strings.EqualFold(strings.TrimSuffix(base, path.Ext(base)), "README") {
			return nil
		}
		info, err := fs.Stat(fsys, name) // follows a link, as d doesn't
		if err != nil {
			problem(name, "can't be read: %v", reason(err))
			return nil
		}
		switch reason := checkName(name); {
		case info.IsDir():
			problem(name, "links to folders are not followed; copy the folder itself")
		case !info.Mode().IsRegular():
			problem(name, "this is not a regular file")
		case reason != "":
			problem(name, "%s", reason)
		case info.Size() > limits.FileBytes:
			problem(name, "the file has %s; an article has at most %s", size(info.Size()), size(limits.FileBytes))
		default:
			files = append(files, file{name: name, size: info.Size()})
		}
		return nil
	}
	if err := fs.WalkDir(fsys, ".", walk); err != nil {
		problem("", "the folder can't be read: %v", reason(err))
	}
	return files, problems
}

// duplicates finds files that would have the same ID, such as a.md and a.txt.
func duplicates(files []file) article.Problems {
	var problems article.Problems
	first := map[string]string{}
	for _, f := range files {
		id := strings.TrimSuffix(f.name, path.Ext(f.name))
		if other, ok := first[id]; ok {
			problems = append(problems, article.Problem{File: f.name, Reason: fmt.Sprintf("the article's name %q is taken by %s; rename one of them", id, other)})
			continue
		}
		first[id] = f.name
	}
	return problems
}

// reason is a file error without the path, which the problem names already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// size writes a number of bytes for a reader.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// sorted orders problems by file and line; those of the whole come first.
func sorted(problems article.Problems) article.Problems {
	slices.SortStableFunc(problems, func(a, b article.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return problems
}
