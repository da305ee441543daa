package discordtest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MessageCommand uses a command of a message's menu.
func (m *Member) MessageCommand(name string, msg *Message, args ...Arg) *Interaction {
	m.s.t.Helper()
	m.s.mu.Lock()
	c := m.s.channels[msg.ChannelID]
	m.s.mu.Unlock()
	return m.menu(c, CommandMessage, name, args, func(current func(string) *Message) (string, object) {
		target := current(msg.ID)
		if target == nil {
			m.s.t.Fatalf("discordtest: %s uses %q on message %s, which is gone", m.Name, name, msg.ID)
		}
		return target.ID, object{"messages": object{target.ID: target}}
	})
}

// UserCommand uses a command of a user's menu.
func (m *Member) UserCommand(c *Channel, name string, on *Member, args ...Arg) *Interaction {
	m.s.t.Helper()
	return m.menu(c, CommandUser, name, args, func(func(string) *Message) (string, object) {
		return on.ID, object{"users": object{on.ID: on.User.info()}, "members": object{on.ID: on.info(c, false)}}
	})
}

func (m *Member) menu(c *Channel, kind int, name string, args []Arg,
	target func(current func(string) *Message) (id string, resolved object)) *Interaction {
	m.s.t.Helper()
	inv := invoke(args)
	m.s.awaitCommand(c, name, kind)
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	cmd := m.s.findCommand(c.guild, name, kind)
	if problem := m.cannotUse(cmd, c); problem != "" && !inv.forged {
		m.s.t.Fatalf("discordtest: %s can't use %q: %s", m.Name, name, problem)
	}
	id, resolved := target(func(id string) *Message { return m.s.messages[id] })
	data := object{"id": cmd.ID, "name": cmd.Name, "type": cmd.Type, "target_id": id, "resolved": resolved}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	payload := m.payload(c, inv)
	payload["data"] = data
	m.s.transcript.write(m.Name+" chooses “"+name+"” from the menu of "+m.s.describe(id), "")
	return m.s.begin(&Interaction{kind: interactionCommand, user: m.User, channel: c, command: cmd,
		foreign: inv.userOwned}, payload)
}

// Clicks presses the button of a message that has this label or custom_id.
func (m *Member) Clicks(msg *Message, button string, args ...Arg) *Interaction {
	m.s.t.Helper()
	return m.uses(msg, button, nil, args)
}

// Selects chooses values in the select of a message that has this placeholder
// or custom_id: labels or values of a string select's options, ids in others.
func (m *Member) Selects(msg *Message, menu string, values []string, args ...Arg) *Interaction {
	m.s.t.Helper()
	if values == nil {
		values = []string{}
	}
	return m.uses(msg, menu, values, args)
}

// uses acts on a component of a message: a button when values is nil.
func (m *Member) uses(msg *Message, name string, values []string, args []Arg) *Interaction {
	m.s.t.Helper()
	inv := invoke(args)
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	current := m.s.messages[msg.ID]
	if current == nil {
		m.s.t.Fatalf("discordtest: %s uses %q of message %s, which is gone", m.Name, name, msg.ID)
	}
	if !inv.forged && current.Ephemeral() && m.s.seenOnlyBy(current) != m.ID {
		m.s.t.Fatalf("discordtest: %s doesn't see message %s, a private reply", m.Name, msg.ID)
	}
	comp := findComponent(current.Components, name)
	switch {
	case comp == nil && !inv.forged:
		m.s.t.Fatalf("discordtest: message %s has no component %q; it has:\n%s", msg.ID, name, current.Text())
	case comp == nil:
		comp = &Component{Type: ComponentButton, CustomID: name}
	case comp.Disabled && !inv.forged:
		m.s.t.Fatalf("discordtest: %q of message %s is disabled", name, msg.ID)
	case !comp.interactive():
		m.s.t.Fatalf("discordtest: %q of message %s is a link", name, msg.ID)
	}
	data := object{"custom_id": comp.CustomID, "component_type": comp.Type}
	if comp.ID != 0 {
		data["id"] = comp.ID
	}
	c := m.s.channels[current.ChannelID]
	if comp.isSelect() {
		chosen := m.chosen(comp, values, inv.forged)
		data["values"] = chosen
		if r := m.s.resolve(c, chosen); comp.Type != ComponentStringSelect {
			data["resolved"] = r
		}
	}
	payload := m.payload(c, inv)
	payload["data"], payload["message"] = data, current
	if comp.isSelect() {
		m.s.transcript.write(m.Name+" selects in “"+comp.Placeholder+"”:", strings.Join(values, "\n"))
	} else {
		m.s.transcript.write(m.Name+" presses "+comp.shown(), "")
	}
	return m.s.begin(&Interaction{kind: interactionComponent, user: m.User, channel: c, message: current,
		foreign: inv.userOwned}, payload)
}

// Forges sends a component interaction with any custom_id on a message of any
// channel, as no client would.
func (m *Member) Forges(msg *Message, customID string) *Interaction {
	m.s.t.Helper()
	return m.uses(msg, customID, nil, []Arg{Forged()})
}

func (m *Member) chosen(c *Component, values []string, forged bool) []string {
	m.s.t.Helper()
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	if !forged && (len(values) < least || len(values) > most) {
		m.s.t.Fatalf("discordtest: %q takes %d to %d values, not %d", c.Placeholder, least, most, len(values))
	}
	out := slices.Clone(values)
	if c.Type != ComponentStringSelect {
		return out
	}
	for i, v := range out {
		at := slices.IndexFunc(c.Options, func(o SelectOption) bool { return o.Value == v || o.Label == v })
		if at >= 0 {
			out[i] = c.Options[at].Value
		} else if !forged {
			m.s.t.Fatalf("discordtest: %q has no option %q", c.Placeholder, v)
		}
	}
	return out
}

// resolve describes the users, roles and channels that ids stand for.
func (s *Server) resolve(c *Channel, ids []string) object {
	users, members, roles, channels := object{}, object{}, object{}, object{}
	for _, id := range ids {
		if u := s.usersByID[id]; u != nil {
			users[id] = u.info()
		}
		if other := s.channels[id]; other != nil {
			channels[id] = other.json()
		}
		if c.guild == nil {
			continue
		}
		if o := c.guild.memberByID(id); o != nil {
			members[id] = o.info(c, false)
		}
		for i, r := range c.guild.roles {
			if r.ID == id {
				roles[id] = r.json(i)
			}
		}
	}
	out := object{}
	for name, list := range map[string]object{"users": users, "members": members, "roles": roles, "channels": channels} {
		if len(list) > 0 {
			out[name] = list
		}
	}
	return out
}

// findComponent looks for the component by custom_id, label, placeholder or
// the name of its emoji.
func findComponent(list []Component, name string) *Component {
	var found *Component
	walkAll(list, func(c *Component) {
		if found != nil || c.Type != ComponentButton && !c.isSelect() {
			return
		}
		if c.CustomID == name || c.Label == name || c.Placeholder == name && name != "" ||
			c.Emoji != nil && c.Emoji.Name == name {
			found = c
		}
	})
	return found
}

// seenOnlyBy is the id of the user who sees a private reply.
func (s *Server) seenOnlyBy(m *Message) string {
	if m.InteractionMetadata == nil {
		return ""
	}
	return m.InteractionMetadata.User.ID
}

// SubmitsModal fills in the dialogue with which the bot answered an
// interaction of the member's, by the inputs' custom_ids or labels, and sends
// it. Inputs that aren't named keep the value that they were shown with;
// several values of a select stand on lines of their own.
func (m *Member) SubmitsModal(shown *Interaction, fields map[string]string, args ...Arg) *Interaction {
	m.s.t.Helper()
	modal := shown.Reply().Modal
	if modal == nil {
		m.s.t.Fatalf("discordtest: the bot answered the %s with no modal", shown)
	}
	inv := invoke(args)
	if shown.user != m.User && !inv.forged {
		m.s.t.Fatalf("discordtest: %s doesn't see the modal of %s", m.Name, shown.user.Name)
	}
	used := map[string]bool{}
	var rows []object
	for i := range modal.Components {
		top := &modal.Components[i]
		var filled []object
		top.walk(func(c *Component) {
			if !c.interactive() {
				return
			}
			label := c.Label
			if top.Type == ComponentLabel {
				label = top.Label
			}
			o := object{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
			text := c.Value
			for _, key := range []string{c.CustomID, label} {
				if v, ok := fields[key]; ok {
					text, used[key] = v, true
				}
			}
			switch {
			case c.isSelect():
				o["values"] = m.chosen(c, strings.Split(text, "\n"), inv.forged)
			default:
				if problem := c.refuses(text); problem != "" && !inv.forged {
					m.s.t.Fatalf("discordtest: %s can't send the modal: %q %s", m.Name, label, problem)
				}
				o["value"] = text
			}
			filled = append(filled, o)
		})
		switch {
		case len(filled) == 0:
		case top.Type == ComponentLabel:
			rows = append(rows, object{"type": top.Type, "id": top.ID, "component": filled[0]})
		default:
			rows = append(rows, object{"type": top.Type, "id": top.ID, "components": filled})
		}
	}
	for key := range fields {
		if !used[key] {
			m.s.t.Fatalf("discordtest: the modal %q has no input %q", modal.Title, key)
		}
	}
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	payload := m.payload(shown.channel, inv)
	payload["data"] = object{"custom_id": modal.CustomID, "components": rows}
	i := &Interaction{kind: interactionModal, user: m.User, channel: shown.channel, foreign: inv.userOwned}
	if shown.message != nil {
		i.message = m.s.messages[shown.message.ID]
		if i.message != nil {
			payload["message"] = i.message
		}
	}
	m.s.transcript.write(m.Name+" fills in “"+modal.Title+"”:", shownFields(fields))
	return m.s.begin(i, payload)
}

// describe says which message or member an id stands for.
func (s *Server) describe(id string) string {
	if msg := s.messages[id]; msg != nil {
		return msg.Author.Username + "'s message “" + shorten(msg.Content, 60) + "”"
	}
	if u := s.usersByID[id]; u != nil {
		return u.Name
	}
	return id
}

// refuses says why the client doesn't take the text for the input.
func (c *Component) refuses(text string) string {
	n := utf8.RuneCountInString(text)
	required := c.Required == nil || *c.Required
	switch {
	case n == 0 && required:
		return "is required"
	case n > 0 && c.MinLength != nil && n < *c.MinLength:
		return "is too short"
	case c.MaxLength != nil && *c.MaxLength > 0 && n > *c.MaxLength || n > maxInputText:
		return "is too long"
	}
	return ""
}
