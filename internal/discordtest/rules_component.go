package discordtest

import (
	"unicode/utf8"
)

// Limits of components, in characters where they are lengths.
const (
	maxRows            = 5
	maxV2Components    = 40
	maxV2Text          = 4000
	maxButtons         = 5
	maxCustomID        = 100
	maxLabel           = 80
	maxLink            = 512
	maxSelectOptions   = 25
	maxOptionText      = 100
	maxPlaceholder     = 150
	maxModalTitle      = 45
	maxModalRows       = 5
	maxInputLabel      = 45
	maxLabelComponent  = 45
	maxLabelText       = 100
	maxInputText       = 4000
	maxInputHint       = 100
	maxSectionTexts    = 3
	maxGalleryItems    = 10
	maxGalleryAltText  = 1024
	maxSelectSelection = 25
)

// components checks the components of a message.
func (r *rules) components(list []Component, v2 bool) {
	total, text := 0, 0
	ids, customIDs := map[int]bool{}, map[string]bool{}
	walkAll(list, func(c *Component) {
		total++
		if c.Type == ComponentTextDisplay {
			text += utf8.RuneCountInString(c.Content)
		}
		if c.ID != 0 && ids[c.ID] {
			r.add("the id of a component is unique in a message", "%d", c.ID)
		}
		ids[c.ID] = true
		r.customID(c, customIDs)
		r.component(c, v2)
	})
	if v2 {
		if total > maxV2Components {
			r.add("at most 40 components, nested ones included", "%d", total)
		}
		if text > maxV2Text {
			r.add("the text displays of a message are at most 4,000 characters in all", "%d", text)
		}
	} else if len(list) > maxRows {
		r.add("at most 5 rows", "%d", len(list))
	}
	for i := range list {
		r.topLevel(&list[i], v2)
	}
}

func (r *rules) customID(c *Component, seen map[string]bool) {
	if !c.interactive() {
		if c.CustomID != "" && (c.Type == ComponentButton || c.isSelect()) {
			r.add("a link has no custom_id", "%q", c.CustomID)
		}
		return
	}
	r.within("custom_id", c.CustomID, 1, maxCustomID)
	if seen[c.CustomID] {
		r.add("a custom_id is unique in a message", "%q", c.CustomID)
	}
	seen[c.CustomID] = true
}

func (r *rules) topLevel(c *Component, v2 bool) {
	switch c.Type {
	case ComponentActionRow:
	case ComponentSection, ComponentTextDisplay, ComponentMediaGallery, ComponentFile,
		ComponentSeparator, ComponentContainer:
		if !v2 {
			r.add("this component needs the flag IS_COMPONENTS_V2", "type %d", c.Type)
		}
	default:
		r.add("this component can't stand at the top of a message", "type %d", c.Type)
	}
}

func (r *rules) component(c *Component, v2 bool) {
	switch c.Type {
	case ComponentActionRow:
		r.row(c)
	case ComponentButton:
		r.button(c)
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect,
		ComponentMentionableSelect, ComponentChannelSelect:
		r.selectMenu(c)
	case ComponentSection:
		if n := len(c.Components); n < 1 || n > maxSectionTexts {
			r.add("a section has 1 to 3 texts", "%d", n)
		}
		for _, t := range c.Components {
			if t.Type != ComponentTextDisplay {
				r.add("a section holds texts only", "type %d", t.Type)
			}
		}
		if a := c.Accessory; a == nil || a.Type != ComponentButton && a.Type != ComponentThumbnail {
			r.add("a section has a button or a thumbnail beside it", "")
		}
	case ComponentTextDisplay:
		r.within("a text display", c.Content, 1, maxV2Text)
	case ComponentMediaGallery:
		if n := len(c.Items); n < 1 || n > maxGalleryItems {
			r.add("a gallery has 1 to 10 pictures", "%d", n)
		}
		for _, i := range c.Items {
			r.within("the description of a picture", i.Description, 0, maxGalleryAltText)
		}
	case ComponentThumbnail:
		r.within("the description of a thumbnail", c.Description, 0, maxGalleryAltText)
	case ComponentContainer:
		if len(c.Components) == 0 {
			r.add("a container is not empty", "")
		}
		for i := range c.Components {
			switch t := c.Components[i].Type; t {
			case ComponentActionRow, ComponentTextDisplay, ComponentSection, ComponentMediaGallery,
				ComponentSeparator, ComponentFile:
			default:
				r.add("this component can't stand in a container", "type %d", t)
			}
		}
	case ComponentFile, ComponentSeparator:
	case ComponentTextInput, ComponentLabel, ComponentFileUpload:
		r.add("this component stands in a modal only", "type %d", c.Type)
	default:
		r.add("a known type of component", "type %d", c.Type)
	}
}

func (r *rules) row(c *Component) {
	buttons, others := 0, 0
	for i := range c.Components {
		switch k := &c.Components[i]; {
		case k.Type == ComponentButton:
			buttons++
		case k.isSelect():
			others++
		default:
			r.add("a row holds buttons or one select", "type %d", k.Type)
		}
	}
	if buttons+others == 0 {
		r.add("a row is not empty", "")
	}
	if buttons > maxButtons || others > 1 || buttons > 0 && others > 0 {
		r.add("a row holds 5 buttons or one select", "%d buttons, %d selects", buttons, others)
	}
}

func (r *rules) button(c *Component) {
	r.within("a button's label", c.Label, 0, maxLabel)
	if c.Style < 1 || c.Style > 6 {
		r.add("a button has a style from 1 to 6", "%d", c.Style)
	}
	if c.Label == "" && c.Emoji == nil && c.Style != buttonPremium {
		r.add("a button has a label or an emoji", "")
	}
	if c.Style == buttonLink {
		r.within("a link", c.URL, 1, maxLink)
		if !isLink(c.URL, false) {
			r.add("a link is http or https", "%q", c.URL)
		}
	} else if c.URL != "" {
		r.add("only a link button has an address", "")
	}
}

func (r *rules) selectMenu(c *Component) {
	r.within("a select's placeholder", c.Placeholder, 0, maxPlaceholder)
	if c.Type == ComponentStringSelect {
		if n := len(c.Options); n < 1 || n > maxSelectOptions {
			r.add("a select has 1 to 25 options", "%d", n)
		}
	} else if len(c.Options) > 0 {
		r.add("only a string select has options", "")
	}
	values := map[string]bool{}
	for _, o := range c.Options {
		r.within("the label of a select's option", o.Label, 1, maxOptionText)
		r.within("the value of a select's option", o.Value, 1, maxOptionText)
		r.within("the description of a select's option", o.Description, 0, maxOptionText)
		if values[o.Value] {
			r.add("the values of a select's options differ", "%q", o.Value)
		}
		values[o.Value] = true
	}
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	if least < 0 || least > most || most > maxSelectSelection ||
		c.Type == ComponentStringSelect && most > len(c.Options) {
		r.add("a select lets 0 to 25 of its options be chosen", "%d to %d of %d", least, most, len(c.Options))
	}
}

// checkModal checks a dialogue.
func checkModal(m Modal) []broken {
	var r rules
	r.within("a modal's custom_id", m.CustomID, 1, maxCustomID)
	r.within("a modal's title", m.Title, 1, maxModalTitle)
	if n := len(m.Components); n < 1 || n > maxModalRows {
		r.add("a modal has 1 to 5 components", "%d", n)
	}
	seen := map[string]bool{}
	walkAll(m.Components, func(c *Component) { r.customID(c, seen) })
	for i := range m.Components {
		c := &m.Components[i]
		switch c.Type {
		case ComponentActionRow:
			if len(c.Components) != 1 || c.Components[0].Type != ComponentTextInput {
				r.add("a row of a modal holds one text input", "")
				continue
			}
			r.within("a text input's label", c.Components[0].Label, 1, maxInputLabel)
			r.textInput(&c.Components[0])
		case ComponentLabel:
			r.within("a label", c.Label, 1, maxLabelComponent)
			r.within("a label's description", c.Description, 0, maxLabelText)
			switch k := c.Component; {
			case k == nil:
				r.add("a label has a component", "")
			case k.Type == ComponentTextInput:
				r.textInput(k)
			case k.isSelect():
				r.selectMenu(k)
			case k.Type == ComponentFileUpload:
			default:
				r.add("this component can't stand in a label", "type %d", k.Type)
			}
		case ComponentTextDisplay:
			r.within("a text display", c.Content, 1, maxV2Text)
		default:
			r.add("this component can't stand in a modal", "type %d", c.Type)
		}
	}
	return r.list
}

func (r *rules) textInput(c *Component) {
	if c.Style != 1 && c.Style != 2 {
		r.add("a text input has style 1 or 2", "%d", c.Style)
	}
	r.within("a text input's placeholder", c.Placeholder, 0, maxInputHint)
	r.within("a text input's value", c.Value, 0, maxInputText)
	least, most := 0, maxInputText
	if c.MinLength != nil {
		least = *c.MinLength
	}
	if c.MaxLength != nil && *c.MaxLength != 0 {
		most = *c.MaxLength
	}
	if least < 0 || most > maxInputText || least > most {
		r.add("a text input takes 0 to 4,000 characters", "%d to %d", least, most)
	}
}
