package discordtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of commands, in characters where they are lengths.
const (
	maxSlashCommands  = 100
	maxMenuCommands   = 15
	maxCommandName    = 32
	maxDescription    = 100
	maxOptions        = 25
	maxChoices        = 25
	maxChoiceName     = 100
	maxChoiceValue    = 100
	maxCommandTotal   = 8000
	maxStringOption   = 6000
	maxCommandNesting = 2
)

// commandName is what Discord demands of the name of a slash command and of
// an option; letters that have a lower case must be lower case besides.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// locales are those of Discord's clients.
const locales = " id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko ar he "

// checkCommandList checks a body that is a list of commands.
func checkCommandList(c *call) []broken {
	var list []json.RawMessage
	if err := strictly(c.body, &list); err != nil {
		return []broken{{rule: "a list of commands", detail: err.Error()}}
	}
	var r rules
	var names []string
	count := map[int]int{}
	for _, raw := range list {
		cmd := r.command(c.s, raw, nil)
		if cmd == nil {
			continue
		}
		key := strconv.Itoa(cmd.Type) + " " + cmd.Name
		if slices.Contains(names, key) {
			r.add("the names of commands differ", "%q", cmd.Name)
		}
		names = append(names, key)
		count[cmd.Type]++
	}
	r.commandCount(count)
	return r.list
}

func (r *rules) commandCount(count map[int]int) {
	if count[CommandSlash] > maxSlashCommands || count[CommandUser] > maxMenuCommands ||
		count[CommandMessage] > maxMenuCommands {
		r.add("a scope has at most 100 slash, 15 user and 15 message commands", "%v", count)
	}
}

// checkCommand checks a body that is one command, or the change of one.
func checkCommand(c *call) []broken {
	var r rules
	c.s.mu.Lock()
	before := c.s.commandByID(c.path("guild"), c.path("command"))
	count := map[int]int{}
	for _, cmd := range c.s.commands.byScope[c.path("guild")] {
		count[cmd.Type]++
	}
	c.s.mu.Unlock()
	cmd := r.command(c.s, c.body, before)
	if cmd == nil || before != nil {
		return r.list
	}
	c.s.mu.Lock()
	exists := c.s.sameName(c.path("guild"), cmd) != nil
	c.s.mu.Unlock()
	if !exists {
		count[cmd.Type]++
		r.commandCount(count)
	}
	return r.list
}

func (r *rules) command(s *Server, raw json.RawMessage, before *Command) *Command {
	cmd, err := s.parseCommand(raw, "", before)
	if err != nil {
		r.add("a command is a JSON object", "%v", err)
		return nil
	}
	switch cmd.Type {
	case CommandSlash:
		r.commandName("a command's name", cmd.Name, cmd.NameLocalizations)
		r.descriptions("a command's description", cmd.Description, cmd.DescriptionLocalizations)
	case CommandUser, CommandMessage:
		r.within("a command's name", cmd.Name, 1, maxCommandName)
		if cmd.Description != "" || len(cmd.DescriptionLocalizations) > 0 {
			r.add("a user or message command has no description", "%q", cmd.Name)
		}
		if len(cmd.Options) > 0 {
			r.add("a user or message command has no options", "%q", cmd.Name)
		}
	default:
		r.add("a known type of command", "%d", cmd.Type)
	}
	if p := cmd.DefaultMemberPermissions; p != nil {
		if _, err := strconv.ParseUint(*p, 10, 64); err != nil {
			r.add("default_member_permissions is a string of digits", "%q", *p)
		}
	}
	for _, x := range cmd.Contexts {
		if x < 0 || x > 2 {
			r.add("a context is 0, 1 or 2", "%d", x)
		}
	}
	r.options(cmd.Options, 0)
	if n := commandLength(cmd); n > maxCommandTotal {
		r.add("a command is at most 8,000 characters, names, descriptions and values in all", "%q has %d", cmd.Name, n)
	}
	return cmd
}

func (r *rules) commandName(what, name string, localized map[string]string) {
	all := map[string]string{"": name}
	for l, n := range localized {
		r.locale(l)
		all[l] = n
	}
	for l, n := range all {
		if !commandName.MatchString(n) {
			r.add(what+" is 1 to 32 letters, digits, - and _", "%q %s", n, l)
		}
		if strings.ToLower(n) != n {
			r.add(what+" is lower case", "%q %s", n, l)
		}
	}
}

func (r *rules) locale(l string) {
	if !strings.Contains(locales, " "+l+" ") {
		r.add("a locale that Discord knows", "%q", l)
	}
}

func (r *rules) descriptions(what, text string, localized map[string]string) {
	r.within(what, text, 1, maxDescription)
	for l, d := range localized {
		r.locale(l)
		r.within(what+" in "+l, d, 1, maxDescription)
	}
}

func (r *rules) options(list []CommandOption, depth int) {
	if len(list) > maxOptions {
		r.add("at most 25 options", "%d", len(list))
	}
	var names []string
	optional, nested := false, 0
	for _, o := range list {
		r.commandName("an option's name", o.Name, o.NameLocalizations)
		r.descriptions("an option's description", o.Description, o.DescriptionLocalizations)
		if slices.Contains(names, o.Name) {
			r.add("the names of options differ", "%q", o.Name)
		}
		names = append(names, o.Name)
		if o.Type == optionSubcommand || o.Type == optionGroup {
			nested++
			if depth == maxCommandNesting || o.Type == optionGroup && depth > 0 {
				r.add("groups hold subcommands and subcommands hold options", "%q", o.Name)
				continue
			}
			if o.Type == optionGroup {
				for _, k := range o.Options {
					if k.Type != optionSubcommand {
						r.add("a group holds subcommands", "%q", k.Name)
					}
				}
			}
			next := depth + 1
			if o.Type == optionSubcommand {
				next = maxCommandNesting
			}
			r.options(o.Options, next)
			continue
		}
		if o.Required && optional {
			r.add("required options stand before the others", "%q", o.Name)
		}
		optional = optional || !o.Required
		r.option(o)
	}
	if nested > 0 && nested < len(list) {
		r.add("subcommands and options don't stand side by side", "")
	}
}

func (r *rules) option(o CommandOption) {
	if o.Type < optionString || o.Type > optionAttachment {
		r.add("a known type of option", "%d", o.Type)
	}
	if len(o.Options) > 0 {
		r.add("only groups and subcommands hold options", "%q", o.Name)
	}
	typed := o.Type == optionString || o.Type == optionInteger || o.Type == optionNumber
	if (o.Autocomplete || len(o.Choices) > 0) && !typed {
		r.add("only strings and numbers have choices or autocomplete", "%q", o.Name)
	}
	if o.Autocomplete && len(o.Choices) > 0 {
		r.add("autocomplete excludes choices", "%q", o.Name)
	}
	if (o.MinLength != nil || o.MaxLength != nil) && o.Type != optionString {
		r.add("only strings have a length", "%q", o.Name)
	}
	if o.MinLength != nil && (*o.MinLength < 0 || *o.MinLength > maxStringOption) ||
		o.MaxLength != nil && (*o.MaxLength < 1 || *o.MaxLength > maxStringOption) {
		r.add("a string's length is 0 to 6,000", "%q", o.Name)
	}
	if (o.MinValue != nil || o.MaxValue != nil) && o.Type != optionInteger && o.Type != optionNumber {
		r.add("only numbers have bounds", "%q", o.Name)
	}
	r.choices(o.Choices, o.Type)
}

// choices checks the choices of an option of that type, or suggestions for it.
func (r *rules) choices(list []Choice, kind int) {
	if len(list) > maxChoices {
		r.add("at most 25 choices", "%d", len(list))
	}
	var names []string
	for _, c := range list {
		r.within("a choice's name", c.Name, 1, maxChoiceName)
		for l, n := range c.NameLocalizations {
			r.locale(l)
			r.within("a choice's name in "+l, n, 1, maxChoiceName)
		}
		if slices.Contains(names, c.Name) {
			r.add("the names of choices differ", "%q", c.Name)
		}
		names = append(names, c.Name)
		switch v := c.Value.(type) {
		case string:
			r.within("a choice's value", v, 1, maxChoiceValue)
			if kind != optionString {
				r.add("a choice's value is of the option's type", "%q", v)
			}
		case float64:
			if kind != optionInteger && kind != optionNumber {
				r.add("a choice's value is of the option's type", "%v", v)
			}
		default:
			r.add("a choice's value is a string or a number", "%T", v)
		}
	}
}

// commandLength is the sum of the lengths of what a command says, the longest
// localisation of each text counted, as Discord does.
func commandLength(c *Command) int {
	return longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations) +
		optionsLength(c.Options)
}

func optionsLength(list []CommandOption) int {
	n := 0
	for _, o := range list {
		n += longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations)
		for _, c := range o.Choices {
			n += longest(c.Name, c.NameLocalizations)
			if v, ok := c.Value.(string); ok {
				n += utf8.RuneCountInString(v)
			}
		}
		n += optionsLength(o.Options)
	}
	return n
}

func longest(text string, localized map[string]string) int {
	n := utf8.RuneCountInString(text)
	for _, l := range localized {
		n = max(n, utf8.RuneCountInString(l))
	}
	return n
}
