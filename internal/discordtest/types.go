package discordtest

import (
	"encoding/json"
	"strings"
	"time"
)

// object is a JSON object that is only ever written, such as a gateway
// payload.
type object map[string]any

// UserInfo is a user as Discord's API shows one.
type UserInfo struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	GlobalName    *string `json:"global_name"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PrimaryGuild  *object `json:"primary_guild"`
	PublicFlags   int     `json:"public_flags"`
	Flags         int     `json:"flags"`
}

// MemberInfo is a member of a guild as Discord's API shows one. Permissions
// is set in interactions only; User is left out in messages.
type MemberInfo struct {
	User        *UserInfo `json:"user,omitempty"`
	Nick        *string   `json:"nick"`
	Avatar      *string   `json:"avatar"`
	Banner      *string   `json:"banner"`
	Roles       []string  `json:"roles"`
	JoinedAt    time.Time `json:"joined_at"`
	Deaf        bool      `json:"deaf"`
	Mute        bool      `json:"mute"`
	Flags       int       `json:"flags"`
	Pending     bool      `json:"pending"`
	Permissions string    `json:"permissions,omitempty"`

	PremiumSince               *time.Time `json:"premium_since"`
	CommunicationDisabledUntil *time.Time `json:"communication_disabled_until"`
}

// Message is a message as Discord's API shows one. A Message handed out by
// the server is a snapshot: later edits make a new one.
type Message struct {
	ID                  string               `json:"id"`
	ChannelID           string               `json:"channel_id"`
	GuildID             string               `json:"guild_id,omitempty"`
	Type                int                  `json:"type"`
	Author              UserInfo             `json:"author"`
	Member              *MemberInfo          `json:"member,omitempty"`
	Content             string               `json:"content"`
	Timestamp           time.Time            `json:"timestamp"`
	EditedTimestamp     *time.Time           `json:"edited_timestamp"`
	TTS                 bool                 `json:"tts"`
	MentionEveryone     bool                 `json:"mention_everyone"`
	Mentions            []UserInfo           `json:"mentions"`
	MentionRoles        []string             `json:"mention_roles"`
	Attachments         []Attachment         `json:"attachments"`
	Embeds              []Embed              `json:"embeds"`
	Components          []Component          `json:"components"`
	Reactions           []Reaction           `json:"reactions,omitempty"`
	Pinned              bool                 `json:"pinned"`
	Flags               int                  `json:"flags"`
	WebhookID           string               `json:"webhook_id,omitempty"`
	ApplicationID       string               `json:"application_id,omitempty"`
	Nonce               json.RawMessage      `json:"nonce,omitempty"`
	MessageReference    *MessageReference    `json:"message_reference,omitempty"`
	ReferencedMessage   *Message             `json:"referenced_message,omitempty"`
	InteractionMetadata *InteractionMetadata `json:"interaction_metadata,omitempty"`
}

// Flags of a message.
const (
	FlagSuppressEmbeds = 1 << 2
	FlagEphemeral      = 1 << 6
	FlagLoading        = 1 << 7
	FlagComponentsV2   = 1 << 15
)

// Types of a message.
const (
	messageDefault     = 0
	messageReply       = 19
	messageChatCommand = 20
	messageMenuCommand = 23
)

// Ephemeral reports whether only the member who acted sees the message.
func (m *Message) Ephemeral() bool { return m.Flags&FlagEphemeral != 0 }

// Text is everything that the message says, a line a part, in reading order:
// content, embeds, text displays and the labels of buttons in brackets. It is
// meant for tests and transcripts.
func (m *Message) Text() string {
	var lines []string
	add := func(parts ...string) {
		for _, p := range parts {
			if p != "" {
				lines = append(lines, p)
			}
		}
	}
	add(m.Content)
	for _, e := range m.Embeds {
		if e.Author != nil {
			add(e.Author.Name)
		}
		add(e.Title, e.Description)
		for _, f := range e.Fields {
			add(f.Name, f.Value)
		}
		if e.Footer != nil {
			add(e.Footer.Text)
		}
	}
	for _, c := range m.Components {
		c.walk(func(c *Component) {
			switch c.Type {
			case ComponentTextDisplay:
				add(c.Content)
			case ComponentButton:
				add("[" + c.Label + "]")
			case ComponentStringSelect:
				add("[" + c.Placeholder + " v]")
			}
		})
	}
	return strings.Join(lines, "\n")
}

// MessageReference says which message another one answers.
type MessageReference struct {
	Type            int    `json:"type"`
	MessageID       string `json:"message_id,omitempty"`
	ChannelID       string `json:"channel_id,omitempty"`
	GuildID         string `json:"guild_id,omitempty"`
	FailIfNotExists *bool  `json:"fail_if_not_exists,omitempty"`
}

// InteractionMetadata stands on a message that answers an interaction.
type InteractionMetadata struct {
	ID                           string            `json:"id"`
	Type                         int               `json:"type"`
	User                         UserInfo          `json:"user"`
	AuthorizingIntegrationOwners map[string]string `json:"authorizing_integration_owners"`
	OriginalResponseMessageID    string            `json:"original_response_message_id,omitempty"`
}

// Reaction is an emoji under a message and how many gave it.
type Reaction struct {
	Count       int      `json:"count"`
	Details     object   `json:"count_details"`
	Me          bool     `json:"me"`
	MeBurst     bool     `json:"me_burst"`
	Emoji       Emoji    `json:"emoji"`
	BurstColors []string `json:"burst_colors"`
}

// Emoji is a Unicode emoji (Name only) or a custom one.
type Emoji struct {
	ID       *string `json:"id"`
	Name     string  `json:"name"`
	Animated bool    `json:"animated,omitempty"`
}

// Attachment is a file of a message; its URL is on the server itself.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
}

// Embed is a rich embed.
type Embed struct {
	Title       string       `json:"title,omitempty"`
	Type        string       `json:"type,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       int          `json:"color,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Image       *EmbedMedia  `json:"image,omitempty"`
	Thumbnail   *EmbedMedia  `json:"thumbnail,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// EmbedFooter is the last line of an embed.
type EmbedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedMedia is a picture in an embed.
type EmbedMedia struct {
	URL string `json:"url"`
}

// EmbedAuthor is the first line of an embed.
type EmbedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedField is a name and a value in an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// Choice is a choice of a command's option, or a suggestion while typing.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

// Modal is a dialogue shown to a member.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}
