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
}

// newWords reads the message files. An error means that one is broken.
func newWords() (*words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	entries, err := messages.ReadDir("messages")
	if err != nil {
		return nil, fmt.Errorf("list message files: %w", err)
	}
	for _, e := range entries {
		if _, err := bundle.LoadMessageFileFS(messages, "messages/"+e.Name()); err != nil {
			return nil, fmt.Errorf("read message file %s: %w", e.Name(), err)
		}
	}
	w := &words{}
	tags := bundle.LanguageTags()
	for _, tag := range tags {
		w.speakers = append(w.speakers, speaker{tag: tag, localizer: i18n.NewLocalizer(bundle, tag.String())})
	}
	w.matcher = language.NewMatcher(tags)
	return w, nil
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

// list joins items as the language does, or with an "and" that isn't said.
func (s speaker) list(items []string) string { return strings.Join(items, s.say("list.separator")) }
