package discord

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// messages holds every word of the bot's own, a file a language, named by its
// BCP 47 tag. English is complete by definition.
//
//go:embed messages/*.json
var messages embed.FS

// words are the message files, read once. It may be used from any number of
// goroutines.
type words struct {
	matcher  language.Matcher
	speakers []speaker // in the matcher's order
}

// speaker says things in one language.
type speaker struct {
	tag       language.Tag
	localizer *i18n.Localizer
	fixed     map[string]string // the messages without values, which are most
}

// newWords reads the message files. An error means that one is broken.
func newWords() (*words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	entries, err := messages.ReadDir("messages")
	if err != nil {
		return nil, fmt.Errorf("list message files: %w", err)
	}
	fixed := make(map[string]bool)
	for _, e := range entries {
		file, err := bundle.LoadMessageFileFS(messages, "messages/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("read message file %s: %w", e.Name(), err)
		}
		for _, m := range file.Messages {
			before, known := fixed[m.ID]
			fixed[m.ID] = (before || !known) && isFixed(m)
		}
	}
	w := &words{}
	tags := bundle.LanguageTags()
	for _, tag := range tags {
		s := speaker{tag: tag, localizer: i18n.NewLocalizer(bundle, tag.String())}
		said := make(map[string]string, len(fixed))
		for key, is := range fixed {
			if is {
				said[key] = s.say(key)
			}
		}
		s.fixed = said
		w.speakers = append(w.speakers, s)
	}
	w.matcher = language.NewMatcher(tags)
	return w, nil
}

// isFixed reports whether a message is the same whatever its values are.
func isFixed(m *i18n.Message) bool {
	plurals := m.Zero + m.One + m.Two + m.Few + m.Many
	return plurals == "" && !strings.Contains(m.Other, "{{")
}

// in finds the speaker for the first of the locales that is known and
// understood, English when none is.
func (w *words) in(locales ...string) speaker {
	for _, l := range locales {
		tag, err := language.Parse(l)
		if l == "" || err != nil {
			continue
		}
		if _, i, sure := w.matcher.Match(tag); sure > language.No {
			return w.speakers[i]
		}
	}
	return w.speakers[0]
}

// say returns a message with the named values filled in: say(key, "Name", value).
// A value called Count chooses the plural. A message that can't be made is its
// key, so that a mistake in a file is seen and harms nothing else.
func (s speaker) say(key string, values ...any) string {
	if text, ok := s.fixed[key]; ok {
		return text
	}
	config := &i18n.LocalizeConfig{MessageID: key}
	if len(values) > 0 {
		data := make(map[string]any, len(values)/2)
		for i := 0; i+1 < len(values); i += 2 {
			data[fmt.Sprint(values[i])] = values[i+1]
		}
		config.TemplateData = data
		if n, ok := data["Count"]; ok {
			config.PluralCount = n
		}
	}
	text, err := s.localizer.Localize(config)
	if err != nil && text == "" {
		return key
	}
	return text
}

// value is what stands for the only value of a message, in whatever language, on
// a line of small print of a text of the bot's; "" when no line has it.
func (w *words) value(text, key, name string) string {
	const hole = "\x00"
	for line := range strings.SplitSeq(text, "\n") {
		line, ok := strings.CutPrefix(line, small(""))
		for _, s := range w.speakers {
			before, after, _ := strings.Cut(s.say(key, name, hole), hole)
			if ok && len(line) > len(before)+len(after) && strings.HasPrefix(line, before) && strings.HasSuffix(line, after) {
				return plain(unescape(line[len(before) : len(line)-len(after)]))
			}
		}
	}
	return ""
}

// list joins items as the language does, or with an "and" that isn't said.
func (s speaker) list(items []string) string { return strings.Join(items, s.say("list.separator")) }
