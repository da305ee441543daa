package discordtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a message, in characters where they are lengths.
const (
	maxContent       = 2000
	maxEmbeds        = 10
	maxEmbedTotal    = 6000
	maxEmbedTitle    = 256
	maxEmbedText     = 4096
	maxEmbedFields   = 25
	maxFieldName     = 256
	maxFieldValue    = 1024
	maxEmbedFooter   = 2048
	maxEmbedAuthor   = 256
	maxAttachments   = 10
	maxAttachment    = 10 << 20
	maxAltText       = 1024
	maxNonce         = 25
	maxMentionedList = 100
)

// messageBody is a message as the bot sends one. What is absent is nil.
type messageBody struct {
	Content          *string                    `json:"content"`
	Embeds           []Embed                    `json:"embeds"`
	Components       []Component                `json:"components"`
	Flags            *int                       `json:"flags"`
	TTS              bool                       `json:"tts"`
	Nonce            json.RawMessage            `json:"nonce"`
	EnforceNonce     bool                       `json:"enforce_nonce"`
	AllowedMentions  *allowedMentions           `json:"allowed_mentions"`
	MessageReference *MessageReference          `json:"message_reference"`
	Attachments      []attachmentRequest        `json:"attachments"`
	Poll             json.RawMessage            `json:"poll"`
	present          map[string]json.RawMessage // the fields that are there, null ones included
}

type attachmentRequest struct {
	ID          json.RawMessage `json:"id"`
	Filename    string          `json:"filename"`
	Description string          `json:"description"`
}

type allowedMentions struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users"`
	Roles       []string `json:"roles"`
	RepliedUser bool     `json:"replied_user"`
	parseNull   bool
}

// parseMessage decodes a message's body.
func parseMessage(raw json.RawMessage) (messageBody, []broken) {
	var b messageBody
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := strictly(raw, &b); err != nil {
		return b, []broken{{rule: "a message is a JSON object", detail: err.Error()}}
	}
	if err := json.Unmarshal(raw, &b.present); err != nil {
		return b, []broken{{rule: "a message is a JSON object", detail: err.Error()}}
	}
	if m := b.AllowedMentions; m != nil {
		var fields map[string]json.RawMessage
		if json.Unmarshal(b.present["allowed_mentions"], &fields) == nil {
			m.parseNull = string(fields["parse"]) == "null"
		}
	}
	return b, nil
}

func (b *messageBody) has(field string) bool { _, ok := b.present[field]; return ok }

func (b *messageBody) flags() int {
	if b.Flags == nil {
		return 0
	}
	return *b.Flags
}

func (b *messageBody) text() string {
	if b.Content == nil {
		return ""
	}
	return *b.Content
}

// rules collects what a request breaks.
type rules struct{ list []broken }

func (r *rules) add(rule, detail string, args ...any) {
	r.list = append(r.list, broken{rule: rule, detail: fmt.Sprintf(detail, args...)})
}

// within checks a length in characters, empty text included when min is 0.
func (r *rules) within(what, text string, least, most int) {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		r.add(fmt.Sprintf("%s is %d to %d characters", what, least, most), "%d", n)
	}
}

// checkMessage holds what a message says against the rules. before is the
// message that the body changes; nil when it makes a new one. files are those
// uploaded with it.
func checkMessage(b messageBody, before *Message, files int) []broken {
	var r rules
	r.within("content", b.text(), 0, maxContent)
	r.embeds(b.Embeds)
	v2 := b.flags()&FlagComponentsV2 != 0
	if before != nil {
		v2 = v2 || before.Flags&FlagComponentsV2 != 0
	}
	if v2 {
		if strings.TrimSpace(b.text()) != "" || len(b.Embeds) > 0 || b.Poll != nil && string(b.Poll) != "null" {
			r.add("a message with IS_COMPONENTS_V2 has neither content, embeds nor a poll", "")
		}
		if before != nil && before.Flags&FlagComponentsV2 == 0 &&
			(before.Content != "" && !b.has("content") || len(before.Embeds) > 0 && !b.has("embeds")) {
			r.add("content and embeds must be cleared when IS_COMPONENTS_V2 is set", "")
		}
	}
	r.components(b.Components, v2)
	r.attachments(b, files)
	r.mentions(b)
	if len(b.Nonce) > 0 {
		var text string
		if json.Unmarshal(b.Nonce, &text) == nil && utf8.RuneCountInString(text) > maxNonce {
			r.add("a nonce is at most 25 characters", "%q", text)
		}
	}
	if b.empty(before, files) {
		r.list = append(r.list, broken{rule: "Cannot send an empty message", code: CodeEmptyMessage})
	}
	return r.list
}

// empty reports whether nothing would be left to see.
func (b *messageBody) empty(before *Message, files int) bool {
	if b.Poll != nil && string(b.Poll) != "null" || files > 0 {
		return false
	}
	content, embeds, components, attachments := b.text(), len(b.Embeds), len(b.Components), len(b.Attachments)
	if before != nil {
		if !b.has("content") {
			content = before.Content
		}
		if !b.has("embeds") {
			embeds = len(before.Embeds)
		}
		if !b.has("components") {
			components = len(before.Components)
		}
		if !b.has("attachments") {
			attachments = len(before.Attachments)
		}
	}
	return strings.TrimSpace(content) == "" && embeds == 0 && components == 0 && attachments == 0
}

func (r *rules) embeds(list []Embed) {
	if len(list) > maxEmbeds {
		r.add("at most 10 embeds", "%d", len(list))
	}
	total := 0
	count := func(what, text string, least, most int) {
		r.within(what, text, least, most)
		total += utf8.RuneCountInString(text)
	}
	for _, e := range list {
		count("an embed's title", e.Title, 0, maxEmbedTitle)
		count("an embed's description", e.Description, 0, maxEmbedText)
		if len(e.Fields) > maxEmbedFields {
			r.add("an embed has at most 25 fields", "%d", len(e.Fields))
		}
		for _, f := range e.Fields {
			count("the name of an embed's field", f.Name, 1, maxFieldName)
			count("the value of an embed's field", f.Value, 1, maxFieldValue)
		}
		if e.Footer != nil {
			count("an embed's footer", e.Footer.Text, 1, maxEmbedFooter)
		}
		if e.Author != nil {
			count("an embed's author", e.Author.Name, 1, maxEmbedAuthor)
		}
		if e.empty() {
			r.add("an embed is not empty", "")
		}
		for _, u := range []string{e.URL, mediaURL(e.Image), mediaURL(e.Thumbnail)} {
			if u != "" && !isLink(u, true) {
				r.add("an embed's address is http, https or attachment", "%q", u)
			}
		}
	}
	if total > maxEmbedTotal {
		r.add("the embeds of a message are at most 6,000 characters in all", "%d", total)
	}
}

func (e *Embed) empty() bool {
	return e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Footer == nil && e.Author == nil &&
		e.Image == nil && e.Thumbnail == nil
}

func mediaURL(m *EmbedMedia) string {
	if m == nil {
		return ""
	}
	return m.URL
}

func isLink(u string, attachment bool) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") ||
		attachment && strings.HasPrefix(u, "attachment://")
}

func (r *rules) attachments(b messageBody, files int) {
	if n := max(len(b.Attachments), files); n > maxAttachments {
		r.add("at most 10 attachments", "%d", n)
	}
	for _, a := range b.Attachments {
		r.within("an attachment's description", a.Description, 0, maxAltText)
	}
}

// mentions checks that the message can't ping anyone: every message that says
// something needs allowed_mentions, and nothing in it. Discord would accept
// one without; it is our promise that there is none.
func (r *rules) mentions(b messageBody) {
	silent := func(rule string) { r.list = append(r.list, broken{rule: rule, silent: true}) }
	m := b.AllowedMentions
	says := b.text() != ""
	walkAll(b.Components, func(c *Component) { says = says || c.Type == ComponentTextDisplay })
	if m == nil {
		if says || b.MessageReference != nil {
			silent("allowed_mentions is set: without it a message pings whom it mentions")
		}
		return
	}
	if m.parseNull {
		silent("allowed_mentions.parse is a list, not null: null can mean everything")
	}
	if len(m.Parse) > 0 || len(m.Users) > 0 || len(m.Roles) > 0 || m.RepliedUser {
		silent("allowed_mentions allows no ping")
	}
	if len(m.Users) > maxMentionedList || len(m.Roles) > maxMentionedList {
		r.add("allowed_mentions has at most 100 users and 100 roles", "")
	}
	if slices.Contains(m.Parse, "users") && len(m.Users) > 0 || slices.Contains(m.Parse, "roles") && len(m.Roles) > 0 {
		r.add("allowed_mentions.parse excludes the list of the same kind", "")
	}
}
