package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is one difference between the commands that Discord has and ours.
type Change struct {
	Action string `json:"action"` // create, update or delete
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"` // what differs, for an update
	have   string // ID of the command at Discord
	want   Command
}

// compare lists what must be written so that Discord has the wanted commands
// and no others. What the server adds of its own (identifiers, versions, nulls,
// defaults) is no difference. In a single server, contexts and integration
// types don't apply.
func compare(have, want []Command, global bool) []Change {
	var changes []Change
	rest := make(map[string]Command)
	for _, c := range have {
		rest[commandKey(c)] = c
	}
	for _, w := range want {
		if !global {
			w.Contexts, w.IntegrationTypes = nil, nil
		}
		h, ok := rest[commandKey(w)]
		delete(rest, commandKey(w))
		if !ok {
			changes = append(changes, Change{Action: "create", Name: w.Name, want: w})
			continue
		}
		if d := difference(normal(h, global), normal(w, global)); d != "" {
			changes = append(changes, Change{Action: "update", Name: w.Name, Detail: d, have: h.ID, want: w})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		changes = append(changes, Change{Action: "delete", Name: rest[key].Name, have: rest[key].ID})
	}
	return changes
}

// commandKey tells commands apart as Discord does: by kind and name.
func commandKey(c Command) string { return fmt.Sprint(max(c.Type, commandSlash), " ", c.Name) }

// normal is a command without what makes no difference.
func normal(c Command, global bool) Command {
	c.ID = ""
	c.Type = max(c.Type, commandSlash)
	c.NameLocalizations, c.DescriptionLocalizations = some(c.NameLocalizations), some(c.DescriptionLocalizations)
	c.Options = normalOptions(c.Options)
	c.Contexts, c.IntegrationTypes = sorted(c.Contexts), sorted(c.IntegrationTypes)
	if !global {
		c.Contexts, c.IntegrationTypes = nil, nil
	}
	return c
}

func normalOptions(options []Option) []Option {
	var out []Option
	for _, o := range options {
		o.NameLocalizations, o.DescriptionLocalizations = some(o.NameLocalizations), some(o.DescriptionLocalizations)
		o.Options = normalOptions(o.Options)
		var choices []OptionChoice
		for _, c := range o.Choices {
			c.NameLocalizations = some(c.NameLocalizations)
			choices = append(choices, c)
		}
		o.Choices = choices
		out = append(out, o)
	}
	return out
}

func some(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

func sorted(list []int) []int {
	if len(list) == 0 {
		return nil
	}
	return slices.SortedFunc(slices.Values(list), cmp.Compare[int])
}

// difference names the fields in which two commands differ.
func difference(a, b Command) string {
	var names []string
	x, y := fields(a), fields(b)
	for _, k := range slices.Sorted(maps.Keys(y)) {
		if string(x[k]) != string(y[k]) {
			names = append(names, k)
		}
		delete(x, k)
	}
	names = append(names, slices.Sorted(maps.Keys(x))...)
	return strings.Join(names, ", ")
}

func fields(c Command) map[string]json.RawMessage {
	raw, _ := json.Marshal(c) // a struct of strings and numbers can't fail
	var m map[string]json.RawMessage
	_ = json.Unmarshal(raw, &m)
	return m
}

// Sync makes the commands registered at Discord those of Commands, in one server
// or everywhere as the configuration says, and returns what differed. With dryRun
// it changes nothing. Of the configuration it needs Token, APIURL, GuildID and
// Logger.
func Sync(ctx context.Context, config Config, dryRun bool) ([]Change, error) {
	target, err := newEndpoint(config.APIURL)
	if err != nil {
		return nil, err
	}
	defer target.closeIdle()
	c, err := newClient(config.Token, target, config.Logger, func() {})
	if err != nil {
		return nil, err
	}
	want, err := Commands()
	if err != nil {
		return nil, err
	}
	var app struct {
		ID string `json:"id"`
	}
	if err := c.do(ctx, "GET", "applications/@me", nil, &app); err != nil {
		if end := fatal(err); end != nil {
			return nil, end
		}
		return nil, fmt.Errorf("ask which application the token belongs to: %w", err)
	}
	if !dryRun {
		return c.register(ctx, app.ID, config.GuildID, want)
	}
	have, err := c.registered(ctx, app.ID, config.GuildID)
	if err != nil {
		return nil, err
	}
	return compare(have, want, config.GuildID == ""), nil
}

// commandsPath is where the commands of an application live: in one server, or
// everywhere.
func commandsPath(application, guild string) string {
	if guild != "" {
		return "applications/" + application + "/guilds/" + guild + "/commands"
	}
	return "applications/" + application + "/commands"
}

// registered reads the commands that Discord has.
func (c *client) registered(ctx context.Context, application, guild string) ([]Command, error) {
	var have []Command
	err := c.do(ctx, "GET", commandsPath(application, guild)+"?with_localizations=true", nil, &have)
	if err != nil {
		return nil, fmt.Errorf("read the commands: %w", err)
	}
	return have, nil
}

// register makes Discord's commands ours and returns what it changed: nothing,
// most of the time. One difference is written by itself; several replace the
// whole list in one request. The answer to that isn't relied upon.
func (c *client) register(ctx context.Context, application, guild string, want []Command) ([]Change, error) {
	have, err := c.registered(ctx, application, guild)
	if err != nil {
		return nil, err
	}
	changes := compare(have, want, guild == "")
	if len(changes) == 0 {
		return nil, nil
	}
	path := commandsPath(application, guild)
	if one := changes[0]; len(changes) == 1 && (one.have != "" || one.Action == "create") {
		switch one.Action {
		case "create":
			err = c.do(ctx, "POST", path, one.want, nil)
		case "update":
			err = c.do(ctx, "PATCH", path+"/"+one.have, one.want, nil)
		case "delete":
			err = c.do(ctx, "DELETE", path+"/"+one.have, nil, nil)
		}
		if err != nil {
			return nil, fmt.Errorf("%s command %s: %w", one.Action, one.Name, err)
		}
		return changes, nil
	}
	all := slices.Clone(want)
	if guild != "" {
		for i := range all {
			all[i].Contexts, all[i].IntegrationTypes = nil, nil
		}
	}
	if err := c.do(ctx, "PUT", path, all, nil); err != nil {
		return nil, fmt.Errorf("write the commands: %w", err)
	}
	return changes, nil
}
