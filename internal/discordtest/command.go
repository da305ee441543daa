package discordtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Types of a command.
const (
	CommandSlash   = 1
	CommandUser    = 2
	CommandMessage = 3
)

// Types of a command's option.
const (
	optionSubcommand  = 1
	optionGroup       = 2
	optionString      = 3
	optionInteger     = 4
	optionBoolean     = 5
	optionUser        = 6
	optionChannel     = 7
	optionRole        = 8
	optionMentionable = 9
	optionNumber      = 10
	optionAttachment  = 11
)

// Command is an application command as Discord stores one.
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Version                  string            `json:"version"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations"`
	Options                  []CommandOption   `json:"options,omitempty"`
	DefaultMemberPermissions *string           `json:"default_member_permissions"`
	DMPermission             *bool             `json:"dm_permission,omitempty"`
	NSFW                     bool              `json:"nsfw"`
	Contexts                 []int             `json:"contexts"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
}

// CommandOption is an option, a subcommand or a group of subcommands.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
}

// commandStore holds the commands by guild id, "" for the global ones.
type commandStore struct {
	byScope map[string][]*Command
	writes  int
}

// Commands are the commands registered for a guild, or the global ones for
// nil, sorted by name.
func (s *Server) Commands(g *Guild) []*Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	scope := ""
	if g != nil {
		scope = g.ID
	}
	return sortedCommands(s.commands.byScope[scope])
}

// CommandWrites counts the requests that changed commands or tried to.
func (s *Server) CommandWrites() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands.writes
}

// WaitCommands waits until commands of these names are registered, globally
// or for the first guild; it fails the test otherwise.
func (s *Server) WaitCommands(names ...string) {
	s.t.Helper()
	s.await("the commands "+strings.Join(names, ", "), func() bool {
		for _, n := range names {
			if s.findCommand(s.guilds[0], n, 0) == nil {
				return false
			}
		}
		return true
	})
}

func sortedCommands(list []*Command) []*Command {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b *Command) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// findCommand looks for a command by name and type, any type for 0, first in
// the guild and then among the global ones.
func (s *Server) findCommand(g *Guild, name string, kind int) *Command {
	var scopes []string
	if g != nil {
		scopes = append(scopes, g.ID)
	}
	for _, scope := range append(scopes, "") {
		for _, c := range s.commands.byScope[scope] {
			if c.Name == name && (kind == 0 || c.Type == kind) {
				return c
			}
		}
	}
	return nil
}

// parseCommand decodes a command and fills in what Discord does.
func (s *Server) parseCommand(raw json.RawMessage, scope string, onto *Command) (*Command, error) {
	cmd := Command{Type: CommandSlash}
	if onto != nil {
		cmd = *onto
		// A list in the body takes the place of the old one.
		var present map[string]json.RawMessage
		if err := json.Unmarshal(raw, &present); err != nil {
			return nil, err
		}
		if _, ok := present["options"]; ok {
			cmd.Options = nil
		}
		if _, ok := present["name_localizations"]; ok {
			cmd.NameLocalizations = nil
		}
		if _, ok := present["description_localizations"]; ok {
			cmd.DescriptionLocalizations = nil
		}
	}
	if err := json.Unmarshal(permissionsAsString(raw), &cmd); err != nil {
		return nil, err
	}
	if cmd.Type == 0 {
		cmd.Type = CommandSlash
	}
	cmd.ApplicationID = s.appID
	cmd.GuildID = scope
	if scope == "" {
		if cmd.IntegrationTypes == nil {
			cmd.IntegrationTypes = []int{0}
		}
	} else {
		cmd.Contexts, cmd.IntegrationTypes, cmd.DMPermission = nil, nil, nil
	}
	return &cmd, nil
}

// permissionsAsString lets default_member_permissions be a number, as Discord
// does.
func permissionsAsString(raw json.RawMessage) json.RawMessage {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return raw
	}
	p := bytes.TrimSpace(o["default_member_permissions"])
	if len(p) == 0 || p[0] < '0' || p[0] > '9' {
		return raw
	}
	o["default_member_permissions"] = json.RawMessage(`"` + string(p) + `"`)
	out, err := json.Marshal(o)
	if err != nil {
		return raw
	}
	return out
}

// allowed reports whether a member of the guild is shown the command by
// default.
func (c *Command) allowed(p Permission) bool {
	if c.DefaultMemberPermissions == nil || p.has(Administrator) {
		return true
	}
	need := parsePermission(*c.DefaultMemberPermissions)
	return need != 0 && p.has(need)
}
