package discord

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What is read of Discord's events. discordgo's own types aren't used here: they
// give up a whole message, or an interaction's data, for one kind of component
// that they don't know. What is absent or null is the zero value.

type user struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Global   string `json:"global_name"`
	Bot      bool   `json:"bot"`
	System   bool   `json:"system"`
}

// name is how members see the user.
func (u user) name() string {
	if u.Global != "" {
		return u.Global
	}
	return u.Username
}

type member struct {
	User        *user    `json:"user"`
	Roles       []string `json:"roles"`
	Permissions Bits     `json:"permissions"`
}

type message struct {
	ID           string   `json:"id"`
	Channel      string   `json:"channel_id"`
	Guild        string   `json:"guild_id"`
	Type         int      `json:"type"`
	Flags        int      `json:"flags"`
	Author       *user    `json:"author"`
	Webhook      string   `json:"webhook_id"`
	Member       *member  `json:"member"`
	Content      string   `json:"content"`
	Mentions     []user   `json:"mentions"`
	MentionRoles []string `json:"mention_roles"`
	Attachments  []any    `json:"attachments"`
	Stickers     []any    `json:"sticker_items"`
	Edited       string   `json:"edited_timestamp"`
	Referenced   *message `json:"referenced_message"`
	Embeds       []struct {
		Description string `json:"description"`
		Colour      int    `json:"color"`
	} `json:"embeds"`
	Metadata *struct {
		ID string `json:"id"`
	} `json:"interaction_metadata"`
}

// interaction is the identifier of the interaction that the message answers, ""
// when it answers none.
func (m message) interaction() string {
	if m.Metadata == nil {
		return ""
	}
	return m.Metadata.ID
}

// card is the card of a message of the bot's, nil when it has none.
func (m message) card() *Card {
	if len(m.Embeds) == 0 || m.Embeds[0].Description == "" {
		return nil
	}
	c := &Card{Blocks: []string{m.Embeds[0].Description}}
	for _, t := range []Tone{Good, Fair, Poor} {
		if colour(t) == m.Embeds[0].Colour {
			c.Tone = t
		}
	}
	return c
}

// written is when the thing with the identifier was made.
func written(id string) (time.Time, bool) {
	const epoch = 1420070400000 // the first millisecond of 2015
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(n>>22) + epoch), true
}

// The kinds of message that a member writes.
const (
	messagePlain = 0
	messageReply = 19
)

type interaction struct {
	ID             string          `json:"id"`
	Application    string          `json:"application_id"`
	Type           int             `json:"type"`
	Token          string          `json:"token"`
	Guild          string          `json:"guild_id"`
	Channel        string          `json:"channel_id"`
	Place          channel         `json:"channel"`
	Member         *member         `json:"member"`
	User           *user           `json:"user"`
	Message        *message        `json:"message"`
	Locale         string          `json:"locale"`
	AppPermissions Bits            `json:"app_permissions"`
	Data           interactionData `json:"data"`
}

// The kinds of interaction.
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

type interactionData struct {
	Name     string  `json:"name"`
	Type     int     `json:"type"`
	Options  options `json:"options"`
	Target   string  `json:"target_id"`
	CustomID string  `json:"custom_id"`
	Resolved struct {
		Messages    map[string]*message    `json:"messages"`
		Attachments map[string]*attachment `json:"attachments"`
	} `json:"resolved"`
	Components []struct {
		Components []filledIn `json:"components"`
		Component  *filledIn  `json:"component"`
	} `json:"components"`
}

// filledIn is an input of a dialogue that was submitted.
type filledIn struct {
	CustomID string `json:"custom_id"`
	Value    string `json:"value"`
}

// input is what was typed in an input of a dialogue.
func (d interactionData) input(id string) string {
	for _, row := range d.Components {
		if row.Component != nil {
			row.Components = append(row.Components, *row.Component)
		}
		for _, f := range row.Components {
			if f.CustomID == id {
				return f.Value
			}
		}
	}
	return ""
}

// option is one option that a member filled in, or the subcommand chosen.
type option struct {
	Name    string  `json:"name"`
	Type    int     `json:"type"`
	Value   any     `json:"value"`
	Options options `json:"options"`
	Focused bool    `json:"focused"`
}

type options []option

// find returns the value of an option, nil when it wasn't filled in.
func (os options) find(name string) any {
	for _, o := range os {
		if o.Name == name {
			return o.Value
		}
	}
	return nil
}

func (os options) text(name string) string { s, _ := os.find(name).(string); return s }
func (os options) number(name string) int  { n, _ := os.find(name).(float64); return int(n) }

// path names a command with its subcommand, and returns the options of that.
func (d interactionData) path() (string, options) {
	name, opts := d.Name, d.Options
	for len(opts) == 1 && opts[0].Type <= 2 && opts[0].Type >= 1 {
		name, opts = name+" "+opts[0].Name, opts[0].Options
	}
	return name, opts
}

// caller is who an interaction comes from, and whether that is known at all.
func (in interaction) caller() (Caller, bool) {
	c := Caller{Server: in.Guild, Channel: in.Channel, Locale: in.Locale}
	if in.Place.thread() {
		c.Parent = in.Place.Parent
	}
	u := in.User
	if in.Member != nil {
		if in.Member.User != nil {
			u = in.Member.User
		}
		c.Member = true
		c.Roles = in.Member.Roles
		c.Permissions = in.Member.Permissions.value()
	}
	if in.AppPermissions != "" {
		c.Plain = in.AppPermissions.value()&(permEmbedLinks|permAdministrator) == 0 && in.AppPermissions.value() != 0
	}
	if u == nil || u.ID == "" {
		return Caller{}, false
	}
	c.ID, c.Name = u.ID, u.name()
	return c, true
}

// decode reads an event.
func decode[T any](data json.RawMessage) (T, error) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return v, fmt.Errorf("decode the event: %w", err)
	}
	return v, nil
}

// mention matches what stands for a member, a role or a channel in a message.
var mention = regexp.MustCompile(`<(@!?|@&|#)([0-9]{1,20})>`)

// emoji matches a custom emoji.
var emoji = regexp.MustCompile(`<a?:[A-Za-z0-9_]{1,64}:[0-9]{1,20}>`)

// words is what a message says without the mentions of the bot; other members'
// mentions become their names.
func (m message) words(self string, roles []string) string {
	text := mention.ReplaceAllStringFunc(m.Content, func(tag string) string {
		parts := mention.FindStringSubmatch(tag)
		if parts[2] == self {
			return " "
		}
		for _, r := range roles {
			if parts[2] == r {
				return " "
			}
		}
		for _, u := range m.Mentions {
			if u.ID == parts[2] {
				return u.name()
			}
		}
		return " "
	})
	return strings.Join(strings.Fields(emoji.ReplaceAllString(text, " ")), " ")
}

// names reports whether the text itself names the bot or one of its roles. A
// reply that only pings it doesn't count.
func (m message) names(self string, roles []string) bool {
	for _, parts := range mention.FindAllStringSubmatch(m.Content, -1) {
		if parts[1] != "#" && (parts[2] == self && parts[1] != "@&") {
			return true
		}
		for _, r := range roles {
			if parts[1] == "@&" && parts[2] == r {
				return true
			}
		}
	}
	return false
}
