package discordtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Transcript is what members do and what they see of the bot, as text for
// people: a golden file that shows a feature. Members' actions are written
// down as they happen, what the bot says when the test looks at it by
// Interaction.Reply, Interaction.FollowUp, Server.Reply, Server.WaitEdit or
// Server.WaitGone, so that the same test writes the same text. A response that
// is looked at again is written again only when it has changed.
type Transcript struct {
	s     *Server
	b     strings.Builder
	seen  map[string]string // what was last written, by message or interaction
	masks []mask
}

type mask struct {
	pattern *regexp.Regexp
	with    string
}

// Transcript starts writing down; the text so far of an earlier one stays
// with that.
func (s *Server) Transcript() *Transcript {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transcript = &Transcript{s: s, seen: map[string]string{}}
	return s.transcript
}

// Mask replaces what the pattern matches, such as a duration, in everything
// that is written from now on. It panics when the pattern is not a regular
// expression.
func (t *Transcript) Mask(pattern, with string) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.masks = append(t.masks, mask{regexp.MustCompile(pattern), with})
}

// Note writes a heading or a remark on a line of its own.
func (t *Transcript) Note(text string) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.b.WriteString(text + "\n\n")
}

// String is the transcript so far.
func (t *Transcript) String() string {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return strings.TrimRight(t.b.String(), "\n") + "\n"
}

// Compare holds the transcript against a golden file and fails the test when
// they differ; with update it writes the file.
func (t *Transcript) Compare(path string, update bool) {
	t.s.t.Helper()
	got := t.String()
	if update {
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(got), 0o644)
		}
		if err != nil {
			t.s.t.Fatalf("discordtest: write the transcript: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.s.t.Fatalf("discordtest: read the transcript: %v", err)
	}
	if string(want) == got {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	t.s.t.Errorf("discordtest: the transcript differs from %s at line %d\nwant: %s\ngot:  %s\n\nthe whole:\n%s",
		path, at+1, strings.Join(a[at:min(at+1, len(a))], ""), strings.Join(b[at:min(at+1, len(b))], ""), got)
}

// write adds a paragraph: a headline and what is under it. The caller holds
// the server's lock.
func (t *Transcript) write(head, body string) {
	if t == nil {
		return
	}
	t.b.WriteString(t.masked(head) + "\n")
	for line := range strings.Lines(strings.TrimRight(body, "\n")) {
		t.b.WriteString(strings.TrimRight("    "+t.masked(line), " \n") + "\n")
	}
	t.b.WriteString("\n")
}

// look writes what the bot shows unless that was the last thing written about
// it.
func (t *Transcript) look(key, head, body string) {
	if t == nil {
		return
	}
	if last, ok := t.seen[key]; ok && last == body {
		return
	}
	t.seen[key] = body
	t.write(head, body)
}

var idPattern = regexp.MustCompile(`<(@!?|@&|#)(\d+)>`)

// masked names people, roles and channels in place of ids, and hides what the
// test wants hidden.
func (t *Transcript) masked(text string) string {
	text = idPattern.ReplaceAllStringFunc(text, func(m string) string {
		parts := idPattern.FindStringSubmatch(m)
		switch {
		case parts[1] == "#":
			if c := t.s.channels[parts[2]]; c != nil {
				return "#" + c.Name
			}
		case parts[1] == "@&":
			for _, g := range t.s.guilds {
				for _, r := range g.roles {
					if r.ID == parts[2] {
						return "@" + r.Name
					}
				}
			}
		default:
			if u := t.s.usersByID[parts[2]]; u != nil {
				return "@" + u.Name
			}
		}
		return m
	})
	for _, m := range t.masks {
		text = m.pattern.ReplaceAllString(text, m.with)
	}
	return text
}

// place is where something happens.
func (c *Channel) place() string {
	switch {
	case c.parent != nil:
		return "in the thread " + c.Name + " of #" + c.parent.Name
	case c.guild == nil:
		return "in a direct message"
	case c.guild != c.s.guilds[0]:
		return "in #" + c.Name + " of " + c.guild.Name
	}
	return "in #" + c.Name
}

// headOf says who speaks to whom.
func (s *Server) headOf(m *Message, verb string) string {
	head := m.Author.Username + verb
	switch {
	case m.Ephemeral():
		return head + ", to " + m.InteractionMetadata.User.Username + " alone:"
	case m.ReferencedMessage != nil:
		head += ", in reply to " + m.ReferencedMessage.Author.Username
	}
	return head + ":"
}

// saw writes a message of the bot's down. The caller holds the lock.
func (s *Server) saw(m *Message, verb string) {
	if s.transcript != nil && m != nil {
		s.transcript.look(m.ID, s.headOf(m, verb), m.Shown())
	}
}

// saw writes the reply to the interaction down.
func (i *Interaction) saw(r Reply) {
	t := i.s.transcript
	if t == nil {
		return
	}
	bot := i.s.bot.Name
	switch {
	case r.Modal != nil:
		t.look(i.ID, bot+" shows the form “"+r.Modal.Title+"”:", r.Modal.shown())
	case r.Type == ResponseChoices:
		var lines []string
		for _, c := range r.Choices {
			lines = append(lines, "· "+c.Name)
		}
		t.look(i.ID, bot+" suggests:", strings.Join(lines, "\n"))
	case r.Message == nil:
		t.look(i.ID, bot+" takes its message back.", "")
	case r.Type == ResponseUpdate || r.Type == ResponseDeferredUpdate && r.Edits > 0:
		i.s.saw(r.Message, " changes the message")
	default:
		i.s.saw(r.Message, "")
	}
}

// Shown is the message as a member sees it, in plain text: embeds with a bar
// at their side, containers with a thinner one, buttons in brackets.
func (m *Message) Shown() string {
	var b strings.Builder
	if m.Flags&FlagLoading != 0 {
		b.WriteString("… is thinking\n")
	}
	if m.Content != "" {
		b.WriteString(m.Content + "\n")
	}
	for _, e := range m.Embeds {
		b.WriteString(barred("┃ ", e.shown()))
	}
	b.WriteString(shownComponents(m.Components))
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "file: %s (%d bytes)\n", a.Filename, a.Size)
	}
	return b.String()
}

func (e *Embed) shown() string {
	var lines []string
	add := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	if e.Author != nil {
		add(e.Author.Name)
	}
	title := e.Title
	if e.URL != "" {
		title = "[" + title + "](" + e.URL + ")"
	}
	add(title)
	add(e.Description)
	for _, f := range e.Fields {
		add(f.Name + ":")
		add("  " + strings.ReplaceAll(f.Value, "\n", "\n  "))
	}
	if e.Footer != nil {
		add("— " + e.Footer.Text)
	}
	return strings.Join(lines, "\n")
}

func barred(bar, text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		b.WriteString(strings.TrimRight(bar+strings.TrimRight(line, "\n"), " ") + "\n")
	}
	return b.String()
}

func shownComponents(list []Component) string {
	var b strings.Builder
	for i := range list {
		switch c := &list[i]; c.Type {
		case ComponentActionRow:
			var parts []string
			for j := range c.Components {
				parts = append(parts, c.Components[j].shown())
			}
			b.WriteString(strings.Join(parts, " ") + "\n")
		case ComponentContainer:
			b.WriteString(barred("│ ", shownComponents(c.Components)))
		case ComponentSection:
			b.WriteString(shownComponents(c.Components))
			if c.Accessory != nil {
				b.WriteString(c.Accessory.shown() + "\n")
			}
		default:
			b.WriteString(c.shown() + "\n")
		}
	}
	return b.String()
}

func (c *Component) shown() string {
	name := c.Label
	if c.Emoji != nil {
		name = strings.TrimSpace(c.Emoji.Name + " " + name)
	}
	switch {
	case c.Type == ComponentButton && c.Style == buttonLink:
		return "[" + name + "](" + c.URL + ")"
	case c.Type == ComponentButton && c.Disabled:
		return "[" + name + ", off]"
	case c.Type == ComponentButton:
		return "[" + name + "]"
	case c.isSelect():
		options := ""
		for _, o := range c.Options {
			options += "\n  · " + o.Label
		}
		return "[" + c.Placeholder + " ▾]" + options
	case c.Type == ComponentTextDisplay:
		return c.Content
	case c.Type == ComponentSeparator:
		return "───"
	case c.Type == ComponentTextInput:
		return "[" + c.Value + "]"
	case c.Description != "":
		return "picture: " + c.Description
	}
	return fmt.Sprintf("(a component of type %d)", c.Type)
}

func (m *Modal) shown() string {
	var lines []string
	for i := range m.Components {
		top := &m.Components[i]
		switch {
		case top.Type == ComponentLabel && top.Component != nil:
			lines = append(lines, top.Label+": "+top.Component.shown())
		case top.Type == ComponentActionRow && len(top.Components) == 1:
			lines = append(lines, top.Components[0].Label+": "+top.Components[0].shown())
		default:
			lines = append(lines, top.shown())
		}
	}
	return strings.Join(lines, "\n")
}

// shown is what a member gives to a command, a line an option.
func (i *invocation) shown() string {
	var lines []string
	for _, o := range i.options {
		v := o.value
		switch w := v.(type) {
		case File:
			v = fmt.Sprintf("the file %s (%d bytes)", w.Name, len(w.Data))
		case *Channel:
			v = w.Mention()
		case *Member:
			v = w.Mention()
		case *User:
			v = w.Mention()
		case *Role:
			v = w.Mention()
		}
		lines = append(lines, fmt.Sprintf("%s: %v", o.name, v))
	}
	return strings.Join(lines, "\n")
}

// shownFields is what a member fills into a dialogue, sorted by its inputs.
func shownFields(fields map[string]string) string {
	var lines []string
	for k, v := range fields {
		lines = append(lines, k+": "+v)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
