package corpus

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"verbatim/internal/article"
)

// Limits of the front matter. They aren't the operator's to choose: what reads
// the fields is built for them.
const (
	// maxTitle is in characters: the most that a Discord embed's title holds.
	maxTitle = 256
	// maxName is that of the author and the source, in characters, so that a
	// citation stays a line or two.
	maxName = 200
	// maxURL is in bytes. Longer addresses don't fit a link in a message
	// beside a passage.
	maxURL = 500
	// maxFrontMatter is in bytes: ten times what all fields at their limits
	// need, and little for a YAML parser.
	maxFrontMatter = 32 << 10
)

// cutFrontMatter parts the YAML between "---" lines at the top from the body.
// open is set when the front matter never ends.
func cutFrontMatter(text string) (front, body string, open bool) {
	first, rest, found := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return "", text, false
	}
	for at := 0; found && at < len(rest); {
		l, _, _ := strings.Cut(rest[at:], "\n")
		next := min(at+len(l)+1, len(rest))
		if l = strings.TrimRight(l, " \t"); l == "---" || l == "..." {
			return rest[:at], rest[next:], false
		}
		at = next
	}
	return "", "", true
}

// yamlLine finds the line in the text of a YAML syntax error, which has no
// other place for it.
var yamlLine = regexp.MustCompile(`line (\d+): *`)

// readFrontMatter fills the article's fields. Lines of problems are those of
// the file, whose first line is the opening "---".
func readFrontMatter(a *article.Article, front string) article.Problems {
	var problems article.Problems
	problem := func(line int, format string, args ...any) {
		problems = append(problems, article.Problem{File: a.Path, Line: line + 1, Reason: fmt.Sprintf(format, args...)})
	}
	if len(front) > maxFrontMatter {
		problem(0, "the front matter has %d bytes; at most %d are read", len(front), maxFrontMatter)
		return problems
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(strings.NewReader(front)).Decode(&doc); errors.Is(err, io.EOF) {
		return nil // empty, or comments only
	} else if err != nil {
		line, reason := 0, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(reason); m != nil {
			line, _ = strconv.Atoi(m[1])
			reason = strings.Replace(reason, m[0], "", 1)
		}
		problem(min(line, strings.Count(front, "\n")), "the front matter is not YAML: %s", reason)
		return problems
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		problem(root.Line, "the front matter must be lines of the form \"key: value\"")
		return problems
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		read, known := fields[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !known:
			problem(key.Line, "unknown key %q; the keys are title, url, source, author, published and lang", clip(key.Value, 40))
		case seen[key.Value]:
			problem(key.Line, "the key %q is given twice", key.Value)
		case value.Kind != yaml.ScalarNode:
			problem(value.Line, "%s must be a single value", key.Value)
		case value.Tag == "!!null" || value.Value == "":
			// An empty field is one that isn't known.
		default:
			if reason := read(a, strings.Join(strings.Fields(value.Value), " ")); reason != "" {
				problem(value.Line, "%s %s", key.Value, reason)
			}
		}
		seen[key.Value] = true
	}
	return problems
}

// fields reads a value into the article, by key, and says what is wrong.
var fields = map[string]func(a *article.Article, value string) (reason string){
	"title":  func(a *article.Article, v string) string { return readName(&a.Title, v, maxTitle) },
	"source": func(a *article.Article, v string) string { return readName(&a.Source, v, maxName) },
	"author": func(a *article.Article, v string) string { return readName(&a.Author, v, maxName) },
	"url": func(a *article.Article, v string) string {
		reason := checkURL(v)
		if reason == "" {
			a.URL = v
		}
		return reason
	},
	"published": func(a *article.Article, v string) string {
		day, ok := readDate(v)
		if !ok {
			return fmt.Sprintf("is %q; write a date as 2025-01-31", clip(v, 40))
		}
		a.Published = day
		return ""
	},
	"lang": func(a *article.Article, v string) string {
		tag, err := language.Parse(v)
		if err != nil {
			return fmt.Sprintf("is %q, which is no language code such as en or pt-BR", clip(v, 40))
		}
		a.Lang = tag.String()
		return ""
	},
}

func readName(field *string, v string, limit int) string {
	if n := utf8.RuneCountInString(v); n > limit {
		return fmt.Sprintf("has %d characters; at most %d fit", n, limit)
	}
	if strings.ContainsFunc(v, unicode.IsControl) {
		return "holds a control character"
	}
	*field = v
	return ""
}

// checkURL allows web addresses only: the address becomes a link that readers
// are asked to trust.
func checkURL(v string) string {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return fmt.Sprintf("is %q, which is no web address", clip(v, 80))
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("is %q; it must start with https:// or http://", clip(v, 80))
	case u.Hostname() == "" || u.User != nil || strings.ContainsAny(v, " <>\"\\`") || strings.ContainsFunc(v, unicode.IsControl):
		return fmt.Sprintf("is %q, which is no plain web address", clip(v, 80))
	case len(v) > maxURL:
		return fmt.Sprintf("has %d bytes; at most %d fit", len(v), maxURL)
	}
	return ""
}

// readDate reads a day, or the day of a time stamp.
func readDate(v string) (day string, ok bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// clip shortens what a problem repeats of a file to so many characters.
func clip(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}
