package discord

import (
	"slices"
	"strings"

	"verbatim/internal/answer"
)

// Caller is who speaks to the bot, and where, as the platform tells it.
type Caller struct {
	ID          string // of the member
	Name        string
	Server      string // "" in direct messages
	Channel     string
	Parent      string // the channel that Channel is a thread of; "" when it is none, or that isn't known
	Member      bool   // the platform sent a membership of Server along
	Permissions int64
	Roles       []string
	Locale      string // of the member's client; "" when unknown
	Plain       bool   // cards can't be shown here
}

// Reply is what a handler answers with: Discord Markdown within Discord's
// limits, everything in it that others wrote already escaped. The zero Reply
// says nothing at all.
type Reply struct {
	Text    string     // at most maxText units
	Card    *Card      // shown below the text; nil for none
	Buttons [][]Button // rows
	Private bool       // only the caller sees it
	Update  bool       // takes the place of the message whose button was pressed
	Choices []Choice   // for autocomplete, and nothing else then
	File    *File      // goes with the message; nil for none
	Modal   *Modal     // is shown in place of a message
	Notice  *Notice    // is posted as well; nil for none
	Outcome string     // what came of the request, in a word for those who count; never shown
}

// Empty reports whether there is nothing to send.
func (r Reply) Empty() bool { return r.Text == "" && r.Card == nil && len(r.Buttons) == 0 }

// Card is a framed text with a colour at its side, of at most maxCard units. What
// matters stands in Reply.Text: members can hide cards, and servers forbid them.
type Card struct {
	Tone   Tone
	Head   string   // a line over the blocks; "" for none
	Blocks []string // what there is no room for is left out by the block
}

// Text is what the card says.
func (c Card) Text() string {
	if c.Head == "" {
		return strings.Join(c.Blocks, "\n")
	}
	return strings.Join(append([]string{c.Head}, c.Blocks...), "\n")
}

// cut is the card with as many blocks as fit in limit units. When not all do, the
// mark takes the place of the others, and of the head as well when none does.
func (c Card) cut(limit int, mark string) Card {
	if units(c.Text()) <= limit {
		return c
	}
	_, left := fill(c.Blocks, limit-unitsOf([]string{c.Head, mark}))
	if c.Blocks = append(slices.Clone(c.Blocks[:len(c.Blocks)-len(left)]), mark); len(c.Blocks) == 1 {
		c.Head = ""
	}
	return c
}

// Tone is a card's colour. The words always say the same.
type Tone uint8

// The tones.
const (
	Neutral Tone = iota
	Good
	Fair
	Poor
)

// Button is one button: pressing it brings State back, or opens URL.
type Button struct {
	Label    string
	State    string // the custom_id
	URL      string // in place of State
	Strong   bool
	Disabled bool
}

// Choice is one suggestion of autocomplete.
type Choice struct {
	Label, Value string
}

// Discord's limits, in UTF-16 code units, which count no fewer than Discord's
// own characters.
const (
	maxText    = 2000
	maxCard    = 4096
	maxChoice  = 100
	maxChoices = 25
	maxLabel   = 80
	maxState   = 100
)

// toneOf gives an answer's confidence its colour.
func toneOf(b answer.Band) Tone {
	switch b {
	case answer.High:
		return Good
	case answer.Medium:
		return Fair
	case answer.Low:
		return Poor
	}
	return Neutral
}
