package discord

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"verbatim/internal/answer"
	"verbatim/internal/summary"
	"verbatim/internal/verify"
)

// Command is an application command as Discord's API takes it. It has no field
// that would be sent as null.
type Command struct {
	ID                       string            `json:"id,omitempty"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Options                  []Option          `json:"options,omitempty"`
	DefaultMemberPermissions Bits              `json:"default_member_permissions,omitempty"`
	Contexts                 []int             `json:"contexts,omitempty"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
}

// Bits is a set of permissions, a decimal number written as a string. It reads
// numbers as well, which some servers send.
type Bits string

// UnmarshalJSON reads a string, a number, or null.
func (b *Bits) UnmarshalJSON(raw []byte) error {
	*b = ""
	if text := strings.Trim(string(raw), `"`); text != "null" {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return fmt.Errorf("permissions %s: %w", raw, err)
		}
		*b = Bits(text)
	}
	return nil
}

// Option is an option, or a subcommand, of a command.
type Option struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Options                  []Option          `json:"options,omitempty"`
	Choices                  []OptionChoice    `json:"choices,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	MinValue                 *int              `json:"min_value,omitempty"`
	MaxValue                 *int              `json:"max_value,omitempty"`
	MinLength                int               `json:"min_length,omitempty"`
	MaxLength                int               `json:"max_length,omitempty"`
}

// OptionChoice is one of the values that an option may have.
type OptionChoice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             string            `json:"value"`
}

// What Discord numbers: kinds of command and option, where a command shows,
// and what it is installed to.
const (
	commandSlash   = 1
	commandMessage = 3

	optionSubcommand = 1
	optionString     = 3
	optionInteger    = 4
	optionBoolean    = 5
	optionRole       = 8
	optionAttachment = 11

	contextServer  = 0
	contextBotDM   = 1
	contextPrivate = 2

	installServer = 0
	installUser   = 1
)

// The commands' names, which are how interactions name them.
const (
	nameAsk     = "ask"
	nameSummary = "summary"
	nameCorpus  = "corpus"
	nameStatus  = "status"
	nameReload  = "reload"
	nameHelp    = "help"
	nameVerify  = "verify"
	nameAbout   = "Ask about this" // a message command: its name is what members see

	nameQuestion = "question"
	nameArticle  = "article"
	namePrivate  = "private"
	namePassages = "passages"
	nameLength   = "length"
	nameQuote    = "quote"
	nameFocus    = "focus"
	nameTerm     = "term"

	nameAboutIt  = "about" // of /article, as the four below
	nameFacts    = "facts"
	nameTimeline = "timeline"
	namePeople   = "people"
	nameMentions = "mentions"
)

// Commands are the definitions of all commands, in the order in which they are
// registered, with their names and descriptions in every language. An error
// means that a message file is broken.
func Commands() ([]Command, error) {
	w, err := newWords()
	if err != nil {
		return nil, err
	}
	return w.commands(), nil
}

func (w *words) commands() []Command {
	everywhere := func(c Command) Command {
		c.Contexts = []int{contextServer, contextBotDM, contextPrivate}
		c.IntegrationTypes = []int{installServer, installUser}
		return c
	}
	out := []Command{
		everywhere(w.command(nameAsk, w.question(), w.article(nameAsk), w.option(nameAsk, namePrivate, optionBoolean), w.passages())),
		everywhere(w.command(nameSummary, w.article(nameSummary), w.length(), w.topic(nameSummary, nameFocus), w.option(nameSummary, namePrivate, optionBoolean))),
		everywhere(w.looks()),
		everywhere(w.command(nameVerify, w.quote())),
		everywhere(w.messageCommand(nameAbout, "command.about.name")),
		everywhere(w.command(namePrivacy)),
		everywhere(w.command(nameHelp)),
	}
	return append(out, w.moderatorCommands()...)
}

func (w *words) question() Option {
	o := w.option(nameAsk, nameQuestion, optionString)
	o.Required, o.MinLength, o.MaxLength, o.Autocomplete = true, 1, answer.MaxQuestion, true
	return o
}

func (w *words) article(command string) Option {
	o := w.option(command, nameArticle, optionString)
	o.Autocomplete = true
	return o
}

func (w *words) passages() Option {
	least, most := 1, maxPassages
	o := w.option(nameAsk, namePassages, optionInteger)
	o.MinValue, o.MaxValue = &least, &most
	return o
}

func (w *words) quote() Option {
	o := w.option(nameVerify, nameQuote, optionString)
	o.Required, o.MinLength, o.MaxLength = true, 1, verify.MaxQuote
	return o
}

// messageCommand is a command in the menu of messages. It has no description.
func (w *words) messageCommand(name, key string) Command {
	c := Command{Type: commandMessage, Name: name}
	_, c.NameLocalizations = w.translated(key)
	return c
}

func (w *words) length() Option {
	o := w.option(nameSummary, nameLength, optionString)
	for _, l := range []summary.Length{summary.Short, summary.Medium, summary.Long} {
		name, others := w.translated("length." + string(l))
		o.Choices = append(o.Choices, OptionChoice{Name: name, NameLocalizations: others, Value: string(l)})
	}
	return o
}

// command is a slash command whose words stand under command.NAME.
func (w *words) command(name string, options ...Option) Command {
	c := Command{Type: commandSlash, Name: name, Options: options}
	_, c.NameLocalizations = w.translated("command." + name + ".name")
	c.Description, c.DescriptionLocalizations = w.translated("command." + name + ".description")
	return c
}

func (w *words) option(command, name string, kind int) Option {
	key := "command." + command + "." + name
	o := Option{Type: kind, Name: name}
	_, o.NameLocalizations = w.translated(key + ".name")
	o.Description, o.DescriptionLocalizations = w.translated(key + ".description")
	return o
}

func (w *words) subcommand(command, name string, options ...Option) Option {
	o := w.option(command, name, optionSubcommand)
	o.Options = options
	return o
}

// translated is a message in English, and in Discord's locales of every other
// language that there are words in.
func (w *words) translated(key string) (english string, others map[string]string) {
	for _, s := range w.speakers {
		if s.tag == language.English {
			english = s.say(key)
			continue
		}
		for _, locale := range locales(s.tag) {
			if others == nil {
				others = make(map[string]string)
			}
			others[locale] = s.say(key)
		}
	}
	return english, others
}

// locales are Discord's names for a language.
func locales(tag language.Tag) []string {
	base, _ := tag.Base()
	switch base.String() {
	case "es":
		return []string{"es-ES", "es-419"}
	case "pt":
		return []string{"pt-BR"}
	case "sv":
		return []string{"sv-SE"}
	}
	return []string{base.String()}
}

// value is the set as a number, 0 when there is none.
func (b Bits) value() int64 {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
