package discordtest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Arg is an argument of a command: an option, or a circumstance such as
// Forged.
type Arg interface{ apply(*invocation) }

type argFunc func(*invocation)

func (f argFunc) apply(i *invocation) { f(i) }

// invocation is how a member uses a command or a component.
type invocation struct {
	options   []option
	forged    bool
	userOwned bool
}

type option struct {
	name  string
	value any
}

// Opt gives an option of a command a value: a string, an int, a float64, a
// bool, a *Member, *User, *Channel or *Role, or a File.
func Opt(name string, value any) Arg {
	return argFunc(func(i *invocation) { i.options = append(i.options, option{name, value}) })
}

// Forged sends the interaction though the Discord client would not let the
// member do so: without the permission, without a required option, in a place
// that the command isn't for.
func Forged() Arg { return argFunc(func(i *invocation) { i.forged = true }) }

// UserInstalled uses the application as one that the member installed for
// themselves rather than the guild.
func UserInstalled() Arg { return argFunc(func(i *invocation) { i.userOwned = true }) }

func invoke(args []Arg) *invocation {
	var i invocation
	for _, a := range args {
		a.apply(&i)
	}
	return &i
}

// Slash uses a slash command in a channel; words after the first name a
// subcommand, as in "corpus reload". It waits until the bot has registered
// the command.
func (m *Member) Slash(c *Channel, command string, args ...Arg) *Interaction {
	m.s.t.Helper()
	return m.run(c, interactionCommand, CommandSlash, command, "", args)
}

// Autocomplete types into an option of a slash command, with the other
// options given, and asks for suggestions.
func (m *Member) Autocomplete(c *Channel, command, optionName, typed string, args ...Arg) *Interaction {
	m.s.t.Helper()
	args = append(slices.Clone(args), Opt(optionName, typed))
	return m.run(c, interactionAutocomplete, CommandSlash, command, optionName, args)
}

// run sends a slash command, or the typing of its option named focused.
func (m *Member) run(c *Channel, kind, commandType int, command, focused string, args []Arg) *Interaction {
	m.s.t.Helper()
	inv := invoke(args)
	words := strings.Fields(command)
	m.s.awaitCommand(c, words[0], commandType)
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	cmd := m.s.findCommand(c.guild, words[0], commandType)
	if problem := m.cannotUse(cmd, c); problem != "" && !inv.forged {
		m.s.t.Fatalf("discordtest: %s can't use /%s: %s", m.Name, command, problem)
	}
	data := object{"id": cmd.ID, "name": cmd.Name, "type": cmd.Type}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	f := &filler{m: m, c: c, inv: inv, focused: focused, resolved: object{}}
	options, err := f.fill(cmd.Options, words[1:])
	if err != nil {
		m.s.t.Fatalf("discordtest: %s uses /%s: %v", m.Name, command, err)
	}
	if len(options) > 0 {
		data["options"] = options
	}
	if len(f.resolved) > 0 {
		data["resolved"] = f.resolved
	}
	payload := m.payload(c, inv)
	payload["data"] = data
	i := &Interaction{kind: kind, user: m.User, channel: c, command: cmd, option: f.focusedType,
		foreign: inv.userOwned}
	if t := m.s.transcript; t != nil {
		verb := " uses"
		if kind == interactionAutocomplete {
			verb = " types in"
		}
		t.write(m.Name+verb+" /"+command+" "+c.place()+":", inv.shown())
	}
	return m.s.begin(i, payload)
}

func (s *Server) awaitCommand(c *Channel, name string, kind int) {
	s.t.Helper()
	s.await("the command "+name, func() bool { return s.findCommand(c.guild, name, kind) != nil })
}

// cannotUse says why the client would not show the member the command there.
func (m *Member) cannotUse(cmd *Command, c *Channel) string {
	where := 0
	switch {
	case c.guild == nil && c.withBot():
		where = 1
	case c.guild == nil:
		where = 2
	}
	if cmd.GuildID == "" && cmd.Contexts != nil && !slices.Contains(cmd.Contexts, where) {
		return fmt.Sprintf("it isn't for context %d", where)
	}
	if cmd.GuildID == "" && where == 1 && cmd.Contexts == nil && cmd.DMPermission != nil && !*cmd.DMPermission {
		return "it isn't for direct messages"
	}
	if c.guild == nil {
		return ""
	}
	p := permissionsIn(m, c)
	if !p.has(UseApplicationCommands) {
		return "application commands aren't allowed there"
	}
	if !cmd.allowed(p) {
		return "it needs the permissions " + *cmd.DefaultMemberPermissions
	}
	return ""
}

// payload is what every interaction carries.
func (m *Member) payload(c *Channel, inv *invocation) object {
	o := object{"channel_id": c.ID, "channel": c.json(), "locale": m.locale, "entitlements": []any{},
		"attachment_size_limit": maxAttachment}
	owners := map[string]string{}
	if inv.userOwned {
		owners["1"] = m.ID
	}
	if c.guild == nil {
		o["user"] = m.User.info()
		o["app_permissions"] = dmPermissions.String()
		o["context"] = 2
		if c.withBot() {
			o["context"] = 1
			if !inv.userOwned {
				owners["0"] = "0"
			}
		}
	} else {
		info := m.info(c, true)
		o["member"], o["guild_id"], o["guild_locale"], o["context"] = info, c.guild.ID, c.guild.Locale, 0
		o["guild"] = object{"id": c.guild.ID, "locale": c.guild.Locale, "features": []string{}}
		o["app_permissions"] = EveryonePermissions.String()
		if c.guild.bot != nil {
			o["app_permissions"] = permissionsIn(c.guild.bot, c).String()
			if !inv.userOwned {
				owners["0"] = c.guild.ID
			}
		}
	}
	o["authorizing_integration_owners"] = owners
	return o
}

// filler turns what a member gives into the options of an interaction.
type filler struct {
	m           *Member
	c           *Channel
	inv         *invocation
	focused     string
	focusedType int
	resolved    object
}

func (f *filler) fill(defined []CommandOption, sub []string) ([]object, error) {
	if len(sub) > 0 {
		for _, d := range defined {
			if d.Name == sub[0] && (d.Type == optionSubcommand || d.Type == optionGroup) {
				inner, err := f.fill(d.Options, sub[1:])
				if inner == nil {
					inner = []object{}
				}
				return []object{{"name": d.Name, "type": d.Type, "options": inner}}, err
			}
		}
		return nil, fmt.Errorf("there is no subcommand %q", sub[0])
	}
	var out []object
	given := map[string]bool{}
	for _, d := range defined {
		if d.Type == optionSubcommand || d.Type == optionGroup {
			return nil, fmt.Errorf("a subcommand is needed, such as %q", d.Name)
		}
		for _, o := range f.inv.options {
			if o.name != d.Name {
				continue
			}
			given[d.Name] = true
			v, err := f.value(d, o.value)
			if err != nil {
				return nil, err
			}
			one := object{"name": d.Name, "type": d.Type, "value": v}
			if d.Name == f.focused {
				one["focused"] = true
				f.focusedType = d.Type
			}
			out = append(out, one)
		}
		if d.Required && !given[d.Name] && f.focused == "" && !f.inv.forged {
			return nil, fmt.Errorf("the option %q is required", d.Name)
		}
	}
	for _, o := range f.inv.options {
		if !given[o.name] {
			return nil, fmt.Errorf("there is no option %q", o.name)
		}
	}
	return out, nil
}

// value is the option's value as the client sends it.
func (f *filler) value(d CommandOption, v any) (any, error) {
	wrong := fmt.Errorf("the option %q, of type %d, doesn't take %v", d.Name, d.Type, v)
	s := f.m.s
	switch v := v.(type) {
	case string:
		if d.Name == f.focused {
			return v, nil
		}
		n := utf8.RuneCountInString(v)
		if d.Type != optionString || !f.inv.forged && (n > maxStringOption ||
			d.MaxLength != nil && n > *d.MaxLength || d.MinLength != nil && n < *d.MinLength || !d.offers(v)) {
			return nil, wrong
		}
		return v, nil
	case int:
		x := float64(v)
		if d.Type != optionInteger && d.Type != optionNumber || !f.inv.forged &&
			(d.MinValue != nil && x < *d.MinValue || d.MaxValue != nil && x > *d.MaxValue || !d.offers(x)) {
			return nil, wrong
		}
		return v, nil
	case float64:
		if d.Type != optionNumber {
			return nil, wrong
		}
		return v, nil
	case bool:
		if d.Type != optionBoolean {
			return nil, wrong
		}
		return v, nil
	case *Member:
		f.resolve("members", v.ID, v.info(f.c, false))
		f.resolve("users", v.ID, v.User.info())
		return v.ID, nil
	case *User:
		f.resolve("users", v.ID, v.info())
		return v.ID, nil
	case *Role:
		f.resolve("roles", v.ID, v.json(0))
		return v.ID, nil
	case *Channel:
		o := v.json()
		o["permissions"] = permissionsIn(f.m, v).String()
		f.resolve("channels", v.ID, o)
		return v.ID, nil
	case File:
		if d.Type != optionAttachment {
			return nil, wrong
		}
		a := s.attach([]File{v})[0]
		f.resolve("attachments", a.ID, a)
		return a.ID, nil
	}
	return nil, wrong
}

func (f *filler) resolve(kind, id string, v any) {
	m, _ := f.resolved[kind].(object)
	if m == nil {
		m = object{}
		f.resolved[kind] = m
	}
	m[id] = v
}

// offers reports whether the option has no choices or the value is one.
func (d *CommandOption) offers(v any) bool {
	return len(d.Choices) == 0 || slices.ContainsFunc(d.Choices, func(c Choice) bool { return c.Value == v })
}
