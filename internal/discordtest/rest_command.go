package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
)

func (s *Server) commandByID(scope, id string) *Command {
	for _, c := range s.commands.byScope[scope] {
		if c.ID == id && id != "" {
			return c
		}
	}
	return nil
}

// sameName gives the stored command that the new one would replace.
func (s *Server) sameName(scope string, cmd *Command) *Command {
	for _, c := range s.commands.byScope[scope] {
		if c.Name == cmd.Name && c.Type == cmd.Type {
			return c
		}
	}
	return nil
}

func (s *Server) commandRoutes() []route {
	var out []route
	for _, base := range []string{"/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"} {
		one := base + "/{command}"
		out = append(out,
			route{pattern: "GET " + base, handle: listCommands},
			route{pattern: "POST " + base, handle: createCommand, check: checkCommand},
			route{pattern: "PUT " + base, handle: overwriteCommands, check: checkCommandList},
			route{pattern: "GET " + one, handle: getCommand},
			route{pattern: "PATCH " + one, handle: editCommand, check: checkCommand},
			route{pattern: "DELETE " + one, handle: deleteCommand},
		)
	}
	return out
}

// scope checks the application and the guild of a command's route.
func (c *call) scope() (string, *apiError) {
	if c.path("app") != c.s.appID {
		return "", forbidden(20012, "You are not authorized to perform this action on this application")
	}
	id := c.path("guild")
	if id == "" {
		return "", nil
	}
	for _, g := range c.s.guilds {
		if g.ID == id && g.bot != nil {
			return id, nil
		}
	}
	return "", forbidden(CodeMissingAccess, "Missing Access")
}

func listCommands(c *call) (any, *apiError) {
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	localised := c.r.URL.Query().Get("with_localizations") == "true"
	out := []Command{}
	for _, cmd := range sortedCommands(c.s.commands.byScope[scope]) {
		out = append(out, cmd.shown(localised))
	}
	return out, nil
}

// shown is the command as a list shows it: without with_localizations Discord
// leaves the localisations out.
func (cmd *Command) shown(localised bool) Command {
	out := *cmd
	if localised {
		return out
	}
	out.NameLocalizations, out.DescriptionLocalizations = nil, nil
	out.Options = withoutLocalisations(out.Options)
	return out
}

func withoutLocalisations(list []CommandOption) []CommandOption {
	out := slices.Clone(list)
	for i := range out {
		o := &out[i]
		o.NameLocalizations, o.DescriptionLocalizations = nil, nil
		o.Options = withoutLocalisations(o.Options)
		o.Choices = slices.Clone(o.Choices)
		for j := range o.Choices {
			o.Choices[j].NameLocalizations = nil
		}
	}
	return out
}

func getCommand(c *call) (any, *apiError) {
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	if cmd := c.s.commandByID(scope, c.path("command")); cmd != nil {
		return *cmd, nil
	}
	return nil, unknown(CodeUnknownCommand, "application command")
}

// store puts the command among those of its scope, with the id of the one
// whose place it takes.
func (s *Server) storeCommand(cmd, old *Command) {
	cmd.ID, cmd.Version = s.newID(), s.newID()
	list := s.commands.byScope[cmd.GuildID]
	if old != nil {
		cmd.ID = old.ID
		list = slices.DeleteFunc(slices.Clone(list), func(c *Command) bool { return c == old })
	}
	s.commands.byScope[cmd.GuildID] = append(list, cmd)
}

func createCommand(c *call) (any, *apiError) {
	c.s.commands.writes++
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	cmd, err := c.s.parseCommand(c.body, scope, nil)
	if err != nil {
		return nil, invalidForm(err)
	}
	c.s.storeCommand(cmd, c.s.sameName(scope, cmd))
	return *cmd, nil
}

func editCommand(c *call) (any, *apiError) {
	c.s.commands.writes++
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	old := c.s.commandByID(scope, c.path("command"))
	if old == nil {
		return nil, unknown(CodeUnknownCommand, "application command")
	}
	cmd, err := c.s.parseCommand(c.body, scope, old)
	if err != nil {
		return nil, invalidForm(err)
	}
	cmd.Type = old.Type
	c.s.storeCommand(cmd, old)
	return *cmd, nil
}

func deleteCommand(c *call) (any, *apiError) {
	c.s.commands.writes++
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	old := c.s.commandByID(scope, c.path("command"))
	if old == nil {
		return nil, unknown(CodeUnknownCommand, "application command")
	}
	c.s.commands.byScope[scope] = slices.DeleteFunc(slices.Clone(c.s.commands.byScope[scope]),
		func(cmd *Command) bool { return cmd == old })
	return nil, nil
}

func overwriteCommands(c *call) (any, *apiError) {
	c.s.commands.writes++
	scope, e := c.scope()
	if e != nil {
		return nil, e
	}
	var list []json.RawMessage
	if err := json.Unmarshal(c.body, &list); err != nil {
		return nil, invalidForm(err)
	}
	before := c.s.commands.byScope[scope]
	c.s.commands.byScope[scope] = nil
	out := []Command{}
	for _, raw := range list {
		cmd, err := c.s.parseCommand(raw, scope, nil)
		if err != nil {
			c.s.commands.byScope[scope] = before
			return nil, invalidForm(err)
		}
		id := ""
		for _, old := range before {
			if old.Name == cmd.Name && old.Type == cmd.Type {
				id = old.ID
			}
		}
		c.s.storeCommand(cmd, nil)
		if id != "" {
			cmd.ID = id
		}
		shown := *cmd
		if c.s.opts.Dialect.NoBulkIDs {
			shown.ID, shown.Version = "", ""
		}
		out = append(out, shown)
	}
	return out, nil
}

func invalidForm(err error) *apiError {
	return &apiError{Status: http.StatusBadRequest, Code: CodeInvalidForm, Message: "Invalid Form Body: " + err.Error()}
}
