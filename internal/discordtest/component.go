package discordtest

import "encoding/json"

// Types of a component.
const (
	ComponentActionRow         = 1
	ComponentButton            = 2
	ComponentStringSelect      = 3
	ComponentTextInput         = 4
	ComponentUserSelect        = 5
	ComponentRoleSelect        = 6
	ComponentMentionableSelect = 7
	ComponentChannelSelect     = 8
	ComponentSection           = 9
	ComponentTextDisplay       = 10
	ComponentThumbnail         = 11
	ComponentMediaGallery      = 12
	ComponentFile              = 13
	ComponentSeparator         = 14
	ComponentContainer         = 17
	ComponentLabel             = 18
	ComponentFileUpload        = 19
)

const (
	buttonLink    = 5
	buttonPremium = 6
)

// Component is any component: which fields mean something depends on Type.
type Component struct {
	Type        int            `json:"type"`
	ID          int            `json:"id,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	URL         string         `json:"url,omitempty"`
	SKUID       string         `json:"sku_id,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	Value       string         `json:"value,omitempty"`
	Content     string         `json:"content,omitempty"`
	Description string         `json:"description,omitempty"`
	Spoiler     bool           `json:"spoiler,omitempty"`
	AccentColor *int           `json:"accent_color,omitempty"`
	Divider     *bool          `json:"divider,omitempty"`
	Spacing     int            `json:"spacing,omitempty"`
	Media       *Media         `json:"media,omitempty"`
	File        *Media         `json:"file,omitempty"`
	Items       []GalleryItem  `json:"items,omitempty"`
	Components  []Component    `json:"components,omitempty"`
	Accessory   *Component     `json:"accessory,omitempty"`
	Component   *Component     `json:"component,omitempty"`

	ChannelTypes  []int           `json:"channel_types,omitempty"`
	DefaultValues json.RawMessage `json:"default_values,omitempty"`
}

// SelectOption is an option of a string select.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Emoji       *Emoji `json:"emoji,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// Media is a picture or a file inside a component.
type Media struct {
	URL string `json:"url"`
}

// GalleryItem is a picture of a media gallery.
type GalleryItem struct {
	Media       Media  `json:"media"`
	Description string `json:"description,omitempty"`
	Spoiler     bool   `json:"spoiler,omitempty"`
}

// walk calls f for the component and everything in it, in reading order.
func (c *Component) walk(f func(*Component)) {
	f(c)
	for i := range c.Components {
		c.Components[i].walk(f)
	}
	if c.Accessory != nil {
		c.Accessory.walk(f)
	}
	if c.Component != nil {
		c.Component.walk(f)
	}
}

func walkAll(list []Component, f func(*Component)) {
	for i := range list {
		list[i].walk(f)
	}
}

// numbered returns the components as Discord shows them: those without an id
// have one, counting from 1, and what was left out has its default.
func numbered(list []Component) []Component {
	out := copyComponents(list)
	used := map[int]bool{}
	walkAll(out, func(c *Component) { used[c.ID] = true })
	next := 1
	walkAll(out, func(c *Component) {
		if c.Type == ComponentSeparator {
			if c.Divider == nil {
				yes := true
				c.Divider = &yes
			}
			c.Spacing = max(c.Spacing, 1)
		}
		if c.ID != 0 {
			return
		}
		for used[next] {
			next++
		}
		c.ID = next
		used[next] = true
	})
	return out
}

func copyComponents(list []Component) []Component {
	if list == nil {
		return []Component{}
	}
	out := make([]Component, len(list))
	for i, c := range list {
		out[i] = c
		if c.Components != nil {
			out[i].Components = copyComponents(c.Components)
		}
		if c.Accessory != nil {
			out[i].Accessory = &copyComponents([]Component{*c.Accessory})[0]
		}
		if c.Component != nil {
			out[i].Component = &copyComponents([]Component{*c.Component})[0]
		}
	}
	return out
}

func (c *Component) isSelect() bool {
	switch c.Type {
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect,
		ComponentMentionableSelect, ComponentChannelSelect:
		return true
	}
	return false
}

// interactive reports whether Discord demands a custom_id of the component.
func (c *Component) interactive() bool {
	switch c.Type {
	case ComponentButton:
		return c.Style != buttonLink && c.Style != buttonPremium
	case ComponentTextInput, ComponentFileUpload:
		return true
	}
	return c.isSelect()
}

// MarshalJSON writes the fields that Discord always shows for the type even
// when they are null or false.
func (c Component) MarshalJSON() ([]byte, error) {
	type plain Component
	switch c.Type {
	case ComponentContainer:
		return json.Marshal(struct {
			plain
			AccentColor *int `json:"accent_color"`
			Spoiler     bool `json:"spoiler"`
		}{plain(c), c.AccentColor, c.Spoiler})
	case ComponentStringSelect:
		return json.Marshal(struct {
			plain
			Options []SelectOption `json:"options"`
		}{plain(c), append([]SelectOption{}, c.Options...)})
	}
	return json.Marshal(plain(c))
}
