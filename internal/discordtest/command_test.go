package discordtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"verbatim/internal/discordtest"
)

func TestCommandsAreStored(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	d := client(t, s)
	manage := int64(discordgo.PermissionManageGuild)
	full := []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "Ask", DescriptionLocalizations: &map[discordgo.Locale]string{discordgo.German: "Fragen"},
			Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionString, Name: "question",
				Description: "What", Required: true, Autocomplete: true,
				NameLocalizations: map[discordgo.Locale]string{discordgo.German: "frage"}}}},
		{Name: "corpus", Description: "The corpus", DefaultMemberPermissions: &manage,
			Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild},
			IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
			Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionSubCommand,
				Name: "reload", Description: "Reload"}}},
		{Name: "Ask about this", Type: discordgo.MessageApplicationCommand},
	}
	made, err := d.ApplicationCommandBulkOverwrite(s.AppID(), "", full)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != 3 || made[0].ID == "" || *made[1].DefaultMemberPermissions != manage {
		t.Fatalf("made %+v", made)
	}
	again, err := d.ApplicationCommandBulkOverwrite(s.AppID(), "", full[:2])
	if err != nil {
		t.Fatal(err)
	}
	if again[0].ID != made[0].ID || len(s.Commands(nil)) != 2 {
		t.Error("overwriting changes the id of a command of the same name")
	}
	list, err := d.ApplicationCommands(s.AppID(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := (*list[0].DescriptionLocalizations)[discordgo.German]; got != "Fragen" {
		t.Errorf("with localisations: %q", got)
	}
	if a := send(t, s, "GET", "/applications/"+s.AppID()+"/commands", ""); strings.Contains(a.body, "frage") || strings.Contains(a.body, "Fragen") {
		t.Errorf("a plain list shows localisations: %s", a.body)
	}
	edited, err := d.ApplicationCommandEdit(s.AppID(), "", made[0].ID, &discordgo.ApplicationCommand{Name: "ask", Description: "Ask me"})
	if err != nil || edited.Description != "Ask me" || edited.ID != made[0].ID || len(edited.Options) != 0 {
		t.Errorf("edited: %+v %v", edited, err)
	}
	if _, err := d.ApplicationCommandCreate(s.AppID(), s.Guild().ID, &discordgo.ApplicationCommand{Name: "ask", Description: "Here"}); err != nil {
		t.Fatal(err)
	}
	if got := s.Commands(s.Guild()); len(got) != 1 || got[0].GuildID != s.Guild().ID {
		t.Errorf("the guild's commands: %+v", got)
	}
	if err := d.ApplicationCommandDelete(s.AppID(), "", made[1].ID); err != nil {
		t.Fatal(err)
	}
	if a := send(t, s, "GET", "/applications/"+s.AppID()+"/commands/"+made[1].ID, ""); a.status != 404 || a.code != discordtest.CodeUnknownCommand {
		t.Errorf("deleted: %d %s", a.status, a.body)
	}
	if n := s.CommandWrites(); n != 5 {
		t.Errorf("%d writes counted, want 5", n)
	}
	s.WaitCommands("ask")
	if a := send(t, s, "GET", "/applications/123/commands", ""); a.status != 403 {
		t.Errorf("another application's commands: %d", a.status)
	}
	elsewhere := s.AddGuild("elsewhere", discordtest.WithoutBot())
	if a := send(t, s, "GET", "/applications/"+s.AppID()+"/guilds/"+elsewhere.ID+"/commands", ""); a.status != 403 {
		t.Errorf("commands of a guild without the bot: %d", a.status)
	}
}

// received is an interaction as the bot gets it.
type received struct {
	Type        int
	GuildID     string `json:"guild_id"`
	GuildLocale string `json:"guild_locale"`
	Locale      string
	Context     *int
	Owners      map[string]string `json:"authorizing_integration_owners"`
	App         string            `json:"app_permissions"`
	User        *struct{ ID string }
	Member      *struct {
		User  struct{ ID string }
		Roles []string
	}
	Data struct {
		Name     string
		Type     int
		TargetID string `json:"target_id"`
		Options  []opt
		Resolved struct {
			Messages map[string]struct{ Content string }
			Users    map[string]struct{ Username string }
		}
	}
}

type opt struct {
	Name    string
	Type    int
	Value   any
	Focused bool
	Options []opt
}

func TestWhatInteractionsCarry(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	a := send(t, s, "PUT", "/applications/"+s.AppID()+"/commands", "["+
		command("ask", `[{"type":3,"name":"question","description":"d","required":true,"autocomplete":true},{"type":4,"name":"passages","description":"d","min_value":1,"max_value":5}]`)+","+
		command("corpus", `[{"type":2,"name":"golden","description":"d","options":[{"type":1,"name":"list","description":"d","options":[{"type":6,"name":"by","description":"d"}]}]}]`)+
		`,{"name":"Ask about this","type":3},{"name":"Who","type":2}]`)
	if a.status != 200 {
		t.Fatal(a)
	}
	r, _ := ready(t, s)
	next := func() received {
		t.Helper()
		p := r.until("INTERACTION_CREATE")
		var got received
		if err := json.Unmarshal(p[len(p)-1].Data, &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	g := s.Guild()
	g.Locale = "fr"
	alice := s.Member("alice", discordtest.WithLocale("de"))
	bob := s.Member("bob")
	general := s.Channel("general")

	alice.Slash(general, "ask", discordtest.Opt("passages", 3), discordtest.Opt("question", "who?"))
	got := next()
	if got.GuildID != g.ID || got.GuildLocale != "fr" || got.Locale != "de" || *got.Context != 0 || got.Owners["0"] != g.ID ||
		got.User != nil || got.Member.User.ID != alice.ID || got.App == "" {
		t.Errorf("in a guild: %+v", got)
	}
	if o := got.Data.Options; len(o) != 2 || o[0].Value != "who?" || o[1].Value != 3.0 {
		t.Errorf("options: %+v", o)
	}
	alice.Slash(alice.DMChannel(), "ask", discordtest.Opt("question", "who?"))
	if got := next(); got.GuildID != "" || *got.Context != 1 || got.Owners["0"] != "0" || got.Member != nil || got.User.ID != alice.ID {
		t.Errorf("in a direct message: %+v", got)
	}
	alice.Slash(s.PrivateChannel(alice.User, bob.User), "ask", discordtest.Opt("question", "who?"), discordtest.UserInstalled())
	if got := next(); *got.Context != 2 || got.Owners["1"] != alice.ID || got.User.ID != alice.ID {
		t.Errorf("in a private channel: %+v", got)
	}
	foreign := s.AddGuild("foreign", discordtest.WithoutBot())
	i := foreign.Member("alice").Slash(foreign.Channel("general"), "ask", discordtest.Opt("question", "who?"), discordtest.UserInstalled())
	if got := next(); got.GuildID != foreign.ID || got.Owners["0"] != "" || got.Owners["1"] != alice.ID {
		t.Errorf("installed by the user: %+v", got)
	}
	send(t, s, "POST", callbackOf(i), response("4", message(`"content":"x","flags":64`)))
	for n := range 6 {
		a := send(t, s, "POST", "/webhooks/"+s.AppID()+"/"+i.Token, message(`"content":"more"`))
		if want := n < 5; (a.status == 200) != want {
			t.Errorf("follow-up %d: %d %s", n+1, a.status, a.body)
		}
	}
	alice.Autocomplete(general, "ask", "question", "wh", discordtest.Opt("passages", 1))
	if got := next(); got.Type != 4 || !got.Data.Options[0].Focused || got.Data.Options[0].Value != "wh" || got.Data.Options[1].Focused {
		t.Errorf("typing: %+v", got)
	}
	alice.Slash(general, "corpus golden list", discordtest.Opt("by", bob))
	got = next()
	inner := got.Data.Options[0].Options[0]
	if got.Data.Name != "corpus" || inner.Name != "list" || inner.Options[0].Value != bob.ID || got.Data.Resolved.Users[bob.ID].Username != "bob" {
		t.Errorf("subcommand: %+v", got.Data)
	}
	said := bob.Says(general, "something")
	alice.MessageCommand("Ask about this", said)
	if got := next(); got.Data.TargetID != said.ID || got.Data.Resolved.Messages[said.ID].Content != "something" {
		t.Errorf("message command: %+v", got.Data)
	}
	alice.UserCommand(general, "Who", bob)
	if got := next(); got.Data.TargetID != bob.ID || got.Data.Type != 2 {
		t.Errorf("user command: %+v", got.Data)
	}
	muted := g.Role("muted", 0)
	bob.SetRoles(muted)
	bob.Slash(general, "ask", discordtest.Opt("question", "x"))
	if got := next(); len(got.Member.Roles) != 1 || got.Member.Roles[0] != muted.ID {
		t.Errorf("roles: %+v", got.Member)
	}
}
