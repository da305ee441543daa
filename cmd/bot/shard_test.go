package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"verbatim/internal/discordtest"
)

const ferryArticle = "The mayor, Carla Reed, opened the ferry at Ashby on Monday.\n"

// TestTwoProcesses runs the program twice on one folder: what a server decides
// and adds stays its own and outlives another division into shards, and a reload
// in one process reaches the other.
func TestTwoProcesses(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Shards: 2, Concurrency: 16})
	dir, data := shelf(t), t.TempDir()
	var bots []*bot
	for n := range 2 {
		bots = append(bots, begin(t, s, "CORPUS_DIR", dir, "DATA_DIR", data, "SHARD_COUNT", "2", "SHARD_ID", fmt.Sprint(n)))
	}
	s.WaitReady()
	s.WaitCommands("ask")
	var guilds [2]*discordtest.Guild
	for n := 0; guilds[0] == nil || guilds[1] == nil; n++ {
		g := s.AddGuild(fmt.Sprint("guild ", n))
		guilds[s.Gateway().Carrier(g)] = g
		time.Sleep(time.Millisecond) // the shard goes by the time in the ID
	}
	mod := func(g *discordtest.Guild) *discordtest.Member {
		return g.Member("mod", discordtest.WithPermissions(discordtest.ManageGuild))
	}
	do := func(g *discordtest.Guild, command string, options ...discordtest.Arg) discordtest.Reply {
		t.Helper()
		return mod(g).Slash(g.Channel("general"), command, options...).Reply()
	}
	ask := func(g *discordtest.Guild, question string) discordtest.Reply {
		t.Helper()
		return do(g, "ask", discordtest.Opt("question", question))
	}
	says := func(g *discordtest.Guild, question, want string) {
		t.Helper()
		if got := seen(ask(g, question).Text()); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in:\n%s", question, want, got)
		}
	}

	preview := do(guilds[1], "corpus add", discordtest.Opt("file", discordtest.File{Name: "ferry.md", Data: []byte(ferryArticle)}))
	if got := mod(guilds[1]).Clicks(preview.Message, "Confirm").Reply().Text(); !strings.Contains(got, "ferry.md") {
		t.Fatalf("not added:\n%s", got)
	}
	do(guilds[1], "settings private", discordtest.Opt("on", true))
	const ferry, harbour = "Who opened the ferry?", "How deep is the harbour of Ashby?"
	says(guilds[1], ferry, "Carla Reed")
	says(guilds[0], ferry, "does not occur")

	put(t, dir, "harbour.md", "The harbour of Ashby is 12 metres deep.\n")
	if got := do(guilds[0], "corpus reload").Text(); !strings.Contains(got, "harbour") {
		t.Errorf("the reload does not say what was added:\n%s", got)
	}
	bots[1].waitLog("another process has read the articles again")
	bots[1].waitLog("added=harbour")
	says(guilds[0], harbour, "12 metres")
	for range 500 { // what a server has of its own is built anew after the reload
		if strings.Contains(ask(guilds[1], harbour).Text(), "12 metres") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	says(guilds[1], harbour, "12 metres")
	says(guilds[1], ferry, "Carla Reed") // its own articles stay
	if strings.Contains(bots[0].stderr.String(), "another process has read") {
		t.Error("a process is told of its own reload")
	}

	got := runWith(t, map[string]string{"DISCORD_TOKEN": s.Token(), "DISCORD_API_URL": s.URL(), "CORPUS_DIR": dir, "DATA_DIR": data, "SHARD_COUNT": "2", "SHARD_ID": "1"}, "")
	if got.status != exitTrouble || !strings.Contains(got.stderr, "another process serves shard 1") {
		t.Errorf("a second process for shard 1: status %d, %s", got.status, got.stderr)
	}
	for _, b := range bots {
		b.stop()
	}
	s.WaitDisconnected()

	start(t, s, "CORPUS_DIR", dir, "DATA_DIR", data, "SHARD_COUNT", "3")
	says(guilds[1], ferry, "Carla Reed")
	says(guilds[0], ferry, "does not occur")
	if m := ask(guilds[1], harbour); !m.Ephemeral() {
		t.Error("a setting is lost")
	}
	if got := seen(do(guilds[1], "corpus log").Text()); !strings.Contains(got, "ferry.md") {
		t.Errorf("the log is lost:\n%s", got)
	}
}
