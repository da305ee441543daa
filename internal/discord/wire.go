package discord

import (
	"github.com/bwmarrin/discordgo"
)

// What is sent to Discord. Nothing is sent as null and nothing that isn't
// needed: other servers that speak this API refuse what they don't know.

// body is a message, or the data of an interaction's response.
type body struct {
	Content    *string                    `json:"content,omitempty"`
	Embeds     *[]*discordgo.MessageEmbed `json:"embeds,omitempty"`
	Components *[]row                     `json:"components,omitempty"`
	Mentions   *mentions                  `json:"allowed_mentions,omitempty"`
	Flags      *int                       `json:"flags,omitempty"`
	Reference  *replied                   `json:"message_reference,omitempty"`
	Nonce      string                     `json:"nonce,omitempty"`
	Once       bool                       `json:"enforce_nonce,omitempty"`
	Choices    *[]choice                  `json:"choices,omitempty"`
	CustomID   string                     `json:"custom_id,omitempty"` // of a dialogue, as is
	Title      string                     `json:"title,omitempty"`
}

// repeated implements repeatable: a message that is sent again is taken for the
// first when that arrived after all.
func (b body) repeated() any {
	b.Once = b.Nonce != ""
	return b
}

// mentions says who is pinged: nobody. The list must be there and empty.
type mentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

func nobody() *mentions { return &mentions{Parse: []string{}} }

type replied struct {
	Message string `json:"message_id"`
	Fail    bool   `json:"fail_if_not_exists"`
}

type row struct {
	Type       int         `json:"type"`
	Components []component `json:"components"`
}

type component struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	CustomID string `json:"custom_id,omitempty"`
	URL      string `json:"url,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Most     int    `json:"max_length,omitempty"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// response is the first answer to an interaction.
type response struct {
	Type int   `json:"type"`
	Data *body `json:"data,omitempty"`
}

// The kinds of response, of component, of button, and the flags.
const (
	respondMessage = 4
	respondDefer   = 5
	respondThink   = 6 // an update will follow
	respondUpdate  = 7
	respondChoices = 8
	respondModal   = 9

	componentRow    = 1
	componentButton = 2
	componentInput  = 4

	inputLine = 1
	inputText = 2

	buttonStrong = 1
	buttonPlain  = 2
	buttonLink   = 5

	flagSuppressEmbeds = 1 << 2
	flagEphemeral      = 1 << 6

	permEmbedLinks = 1 << 14
)

// colours are those of the cards, by tone.
func colour(t Tone) int {
	switch t {
	case Good:
		return 0x3BA55D
	case Fair:
		return 0xFAA61A
	case Poor:
		return 0xED7D31
	}
	return 0x747F8D
}

// message writes a reply as a message. With replace, what the message had
// before is cleared where the reply has nothing.
func (r Reply) message(replace bool) *body {
	b := &body{Mentions: nobody()}
	if r.Text != "" || replace {
		b.Content = &r.Text
	}
	if r.Card != nil || replace {
		embeds := []*discordgo.MessageEmbed{}
		if r.Card != nil {
			embeds = append(embeds, &discordgo.MessageEmbed{Description: r.Card.Text(), Color: colour(r.Card.Tone)})
		}
		b.Embeds = &embeds
	}
	if len(r.Buttons) > 0 || replace {
		rows := make([]row, 0, len(r.Buttons))
		for _, buttons := range r.Buttons {
			line := row{Type: componentRow}
			for _, x := range buttons {
				c := component{Type: componentButton, Style: buttonPlain, Label: x.Label, CustomID: x.State, URL: x.URL, Disabled: x.Disabled}
				switch {
				case x.URL != "":
					c.Style = buttonLink
				case x.Strong:
					c.Style = buttonStrong
				}
				line.Components = append(line.Components, c)
			}
			rows = append(rows, line)
		}
		b.Components = &rows
	}
	flags := 0
	if r.Private {
		flags |= flagEphemeral
	}
	if r.Card == nil && !replace {
		flags |= flagSuppressEmbeds // links in the text have no previews; a card would go as well
	}
	if flags != 0 {
		b.Flags = &flags
	}
	return b
}

// edit writes a reply in place of a message of the bot's that is there already.
// Whether previews are suppressed is said anew, for the message may have had no
// card before.
func (r Reply) edit() *body {
	b := r.message(true)
	flags := 0
	if r.Card == nil {
		flags = flagSuppressEmbeds
	}
	b.Flags = &flags
	return b
}

// flat is the reply without its card, whose blocks follow the reply's own text as
// far as there is room, and a mark where there is not: for places where cards
// can't be shown.
func (r Reply) flat(s speaker) Reply {
	if r.Card == nil {
		return r
	}
	card := r.Card.cut(maxText-units(r.Text)-units(flatGap), small(s.say("cut.passages")))
	r.Text, r.Card = r.Text+flatGap+card.Text(), nil
	return r
}

// flatGap stands between a reply's own text and what would be on its card.
const flatGap = "\n\n"

// dialogue writes a dialogue.
func (m Modal) dialogue() *body {
	rows := make([]row, 0, len(m.Inputs))
	for _, in := range m.Inputs {
		c := component{Type: componentInput, Style: inputLine, Label: in.Label, CustomID: in.State, Most: in.Max}
		if in.Long {
			c.Style = inputText
		}
		rows = append(rows, row{Type: componentRow, Components: []component{c}})
	}
	return &body{CustomID: m.State, Title: m.Title, Components: &rows}
}
