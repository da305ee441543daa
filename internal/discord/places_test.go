package discord

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// TestPlacesForget: what is known of a server is what it has now, however many
// channels and threads came and went, and whatever was missed on the way.
func TestPlacesForget(t *testing.T) {
	p := newPlaces()
	tell := func(kind, data string) {
		t.Helper()
		if err := p.note(kind, json.RawMessage(data), "7"); err != nil {
			t.Fatal(err)
		}
	}
	known := func(what string, want ...string) {
		t.Helper()
		got := slices.Sorted(maps.Keys(p.owner))
		if !slices.Equal(got, want) {
			t.Errorf("%s: the channels %v are known, want %v", what, got, want)
		}
		n := 0
		for _, g := range p.guilds {
			n += len(g.channels)
		}
		if n != len(want) {
			t.Errorf("%s: the servers have %d channels, want %d", what, n, len(want))
		}
	}
	guild := `{"id":"1","owner_id":"9","roles":[{"id":"1","permissions":"0"}],"members":[{"user":{"id":"7"},"roles":[]}],"channels":[%s],"threads":[%s]}`
	tell("GUILD_CREATE", fmt.Sprintf(guild, `{"id":"10","type":0},{"id":"11","type":0}`, `{"id":"20","type":11,"parent_id":"10"}`))
	tell("GUILD_CREATE", `{"id":"2","roles":[{"id":"2","permissions":"0"}],"channels":[{"id":"50","type":0}]}`)
	known("at first", "10", "11", "20", "50")

	for i := range 20 {
		tell("THREAD_CREATE", fmt.Sprintf(`{"id":"%d","guild_id":"1","type":11,"parent_id":"11","thread_metadata":{"archived":false}}`, 1000+i))
		tell("THREAD_UPDATE", fmt.Sprintf(`{"id":"%d","guild_id":"1","type":11,"parent_id":"11","thread_metadata":{"archived":true}}`, 1000+i))
	}
	known("threads that were archived", "10", "11", "20", "50")
	tell("THREAD_UPDATE", `{"id":"1000","guild_id":"1","type":11,"parent_id":"11","thread_metadata":{"archived":false}}`)
	known("one that is open again", "10", "1000", "11", "20", "50")
	tell("CHANNEL_DELETE", `{"id":"11","guild_id":"1","type":0}`)
	known("a channel with its threads", "10", "20", "50")
	tell("CHANNEL_DELETE", `{"id":"10","guild_id":"3","type":0}`)
	tell("GUILD_UPDATE", `{"id":"1","owner_id":"8"}`)
	known("a server that renames itself", "10", "20", "50")

	tell("GUILD_CREATE", fmt.Sprintf(guild, `{"id":"12","type":0}`, ""))
	known("another session, which missed what went", "12", "50")
	if m := p.manner("12", "7"); !m.mute {
		t.Errorf("in what is left the bot may write: %+v", m)
	}
	if m := p.manner("10", "7"); m.mute {
		t.Errorf("where nothing is known the bot doesn't try: %+v", m)
	}
	tell("GUILD_DELETE", `{"id":"1"}`)
	known("a server that the bot left", "50")
}
