package preview

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Message is one reply, with what it answers.
type Message struct {
	Did     string // what the member did
	Text    string // Discord Markdown
	Card    *Card
	Buttons []Button
	Private bool
}

// Card is the embed under a message's text.
type Card struct {
	Text   string // Discord Markdown
	Colour int    // 0xRRGGBB
}

// Button is one button.
type Button struct {
	Label            string
	Strong, Disabled bool
}

//go:embed page.html
var page embed.FS

// Write writes a static page of the messages as Discord would show them: dark
// and light, at the width of a desktop and of a phone. The page refers to
// nothing outside itself.
func Write(w io.Writer, title string, messages []Message, now time.Time) error {
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"markdown":  func(s string) template.HTML { return template.HTML(render(Parse(s), now)) },
		"colour":    func(n int) template.CSS { return template.CSS(fmt.Sprintf("#%06x", n)) },
		"direction": direction,
	}).ParseFS(page, "page.html")
	if err != nil {
		return fmt.Errorf("read the page's template: %w", err)
	}
	type view struct{ Name, Theme, Width string }
	err = t.Execute(w, map[string]any{
		"Title": title, "Messages": messages,
		"Views": []view{{"Desktop, dark", "dark", "desktop"}, {"Phone, dark", "dark", "phone"}, {"Desktop, light", "light", "desktop"}, {"Phone, light", "light", "phone"}},
	})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// direction is how a browser would order a text: by its first strong letter.
func direction(text string) string {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Arabic, unicode.Hebrew):
			return "rtl"
		case unicode.IsLetter(r):
			return "ltr"
		}
	}
	return "ltr"
}

// tags are the HTML elements of the formatting that has children.
func tags() map[NodeKind]string {
	return map[NodeKind]string{Bold: "strong", Italic: "em", Underline: "u", Strike: "s", Spoiler: "mark", Quote: "blockquote", Subtext: "small", ListItem: "li", Heading: "h3"}
}

// render writes nodes as HTML. All text of theirs is escaped here.
func render(nodes []Node, now time.Time) string {
	var b strings.Builder
	afterBlock := false
	for _, n := range nodes {
		text := template.HTMLEscapeString(n.Literal)
		if afterBlock {
			text = strings.TrimPrefix(text, "\n") // the block has ended the line already
		}
		afterBlock = false
		switch n.Kind {
		case Text:
			b.WriteString(lines(text))
		case Code, CodeBlock:
			fmt.Fprintf(&b, "<code>%s</code>", text)
		case Link:
			fmt.Fprintf(&b, `<a href="%s" rel="noreferrer">%s</a>`, template.HTMLEscapeString(web(n.Target)), render(n.Children, now))
		case URL:
			fmt.Fprintf(&b, `<a href="%s" rel="noreferrer">%s</a>`, template.HTMLEscapeString(web(n.Literal)), text)
		case Mention, Emoji:
			fmt.Fprintf(&b, `<span class="mention">%s</span>`, text)
		case Timestamp:
			fmt.Fprintf(&b, `<span class="time">%s</span>`, template.HTMLEscapeString(ago(n.Literal, now)))
		default:
			tag := tags()[n.Kind]
			fmt.Fprintf(&b, `<%s dir="auto">%s</%s>`, tag, render(n.Children, now), tag)
			afterBlock = n.Kind >= Quote && n.Kind <= Heading
		}
	}
	return b.String()
}

// lines writes each line of a text so that a browser orders its letters by
// itself, as Discord's clients do.
func lines(escaped string) string {
	return strings.ReplaceAll(escaped, "\n", "<br>")
}

// web is an address that is safe to link to.
func web(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return "#"
}

// ago reads a timestamp as clients show its relative form, "3 minutes ago".
func ago(mark string, now time.Time) string {
	seconds, err := strconv.ParseInt(strings.Trim(strings.TrimSuffix(strings.TrimPrefix(mark, "<t:"), ">"), ":R"), 10, 64)
	if err != nil {
		return mark
	}
	d := now.Sub(time.Unix(seconds, 0))
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / unit.size); n > 1 {
			return fmt.Sprintf("%d %ss ago", n, unit.name)
		} else if n == 1 {
			return "1 " + unit.name + " ago"
		}
	}
	return "just now"
}
