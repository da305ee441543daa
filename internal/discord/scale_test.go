package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestScale simulates what shards bring: servers that describe themselves, and
// messages between members. docs/scaling.md has its figures. It measures the
// machine as much as the program, so that it runs only when asked for.
func TestScale(t *testing.T) {
	if os.Getenv("VERBATIM_SCALE") == "" {
		t.Skip("VERBATIM_SCALE is not set: VERBATIM_SCALE=1 go test ./internal/discord ./internal/store ./internal/library -run Scale -v -timeout 60m")
	}
	r := rand.New(rand.NewPCG(1, 2))
	var described [][]byte
	sum := 0
	for range 500 {
		raw := describe(r)
		sum += len(raw)
		described = append(described, raw)
	}
	t.Logf("a server describes itself in %d kB on average of %d", sum/len(described)>>10, len(described))
	for _, n := range []int{2_500, 25_000} {
		bot := benched(t)
		before := heap()
		begin := time.Now()
		for i := range n {
			// Every server has identifiers of its own.
			raw := bytes.ReplaceAll(described[i%len(described)], []byte("GGGGGGGG"), fmt.Appendf(nil, "%08d", i))
			bot.event(t.Context(), "GUILD_CREATE", raw)
		}
		took := time.Since(begin)
		if got := len(bot.places.guilds); got != n {
			t.Fatalf("%d servers are known of %d", got, n)
		}
		held := heap() - before
		t.Logf("%d servers: read in %v by one processor (%.2f ms each), %.0f MB of memory (%.1f kB each)",
			n, took.Round(time.Millisecond), took.Seconds()*1000/float64(n), mb(held), float64(held)/1024/float64(n))
		runtime.KeepAlive(bot)
	}

	bot := benched(t)
	result := testing.Benchmark(func(b *testing.B) {
		raw := frames(`{"op":0,"s":6,"t":"MESSAGE_CREATE","d":` + chatter("1") + `}`)
		for b.Loop() {
			bot.seen = newSeen(1)
			g := newGuard(&tape{in: bytes.NewReader(raw)}, guardTimes{}, func(kind string, data json.RawMessage) { bot.event(b.Context(), kind, data) }, nil)
			if _, err := io.Copy(io.Discard, struct{ io.Reader }{g}); err != nil {
				b.Fatal(err)
			}
		}
	})
	t.Logf("a message between members: %.1f µs of one processor (%.0f a second)", float64(result.NsPerOp())/1000, 1e9/float64(result.NsPerOp()))

	before := heap()
	limits := newBuckets(DefaultLimits(), time.Now)
	for i := range maxBuckets {
		limits.take(Caller{ID: fmt.Sprint(1e18 + i), Channel: fmt.Sprint(2e18 + i), Server: fmt.Sprint(3e18 + i)}, costRequest)
	}
	t.Logf("limits of %d members, channels and servers each, the most there are: %.1f MB", maxBuckets, mb(heap()-before))
	runtime.KeepAlive(limits)
}

// heap is what lives.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func mb(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

// describe is what Discord tells of a server, with what the bot doesn't read of
// it. Most servers are small: a median of 20 channels and 12 roles, one of a
// hundred with ten times as many. GGGGGGGG stands where identifiers differ from
// server to server.
func describe(r *rand.Rand) []byte {
	size := min(10, max(0.3, 0.7+0.5*r.ExpFloat64()))
	id := func(kind, i int) string { return fmt.Sprintf("1%d%04dGGGGGGGG%04d", kind, i, r.IntN(10000)) }
	type object = map[string]any
	list := func(n float64, one func(i int) object) []object {
		out := []object{}
		for i := range int(n * size) {
			out = append(out, one(i))
		}
		return out
	}
	roles := list(12, func(i int) object {
		return object{"id": id(1, i), "name": "Role " + strings.Repeat("x", r.IntN(12)), "color": r.IntN(1 << 24), "colors": object{"primary_color": 1, "secondary_color": nil},
			"hoist": false, "icon": nil, "unicode_emoji": nil, "position": i, "permissions": fmt.Sprint(r.Int64N(1 << 50)), "managed": false, "mentionable": false, "flags": 0, "tags": object{}}
	})
	channels := list(20, func(i int) object {
		overwrites := []object{}
		for j := range r.IntN(4) {
			overwrites = append(overwrites, object{"id": id(1, j), "type": 0, "allow": fmt.Sprint(r.Int64N(1 << 40)), "deny": "0"})
		}
		return object{"id": id(2, i), "type": 0, "name": "channel-" + strings.Repeat("x", r.IntN(15)), "topic": strings.Repeat("About this. ", r.IntN(8)), "position": i, "parent_id": id(3, 1),
			"permission_overwrites": overwrites, "rate_limit_per_user": 0, "nsfw": false, "last_message_id": id(4, i), "flags": 0}
	})
	emoji := list(25, func(i int) object {
		return object{"id": id(5, i), "name": "emoji_" + fmt.Sprint(i), "roles": []string{}, "require_colons": true, "managed": false, "animated": false, "available": true}
	})
	raw, err := json.Marshal(object{"id": id(0, 0), "name": "Server", "owner_id": id(6, 0), "roles": roles, "channels": channels, "emojis": emoji, "threads": []any{}, "stickers": []any{},
		"members": []object{{"user": object{"id": "7", "username": "verbatim", "bot": true}, "roles": []string{id(1, 2)}, "joined_at": "2024-05-04T10:00:00Z"}}, "member_count": 500, "large": true,
		"voice_states": []any{}, "presences": []any{}, "features": []string{"COMMUNITY", "NEWS"}, "preferred_locale": "en-US", "joined_at": "2024-05-04T10:00:00Z"})
	if err != nil {
		panic(err) // of strings and numbers
	}
	return raw
}

// chatter is a message that is not for the bot.
func chatter(id string) string {
	return fmt.Sprintf(`{"id":%q,"type":0,"channel_id":"20000000000000005","guild_id":"20000000000000004","content":%q,"author":{"id":"20000000000000009","username":"alice","global_name":"Alice","avatar":"8342729096ea3675442027381ff50dfe","discriminator":"0","public_flags":64,"clan":null},
		"member":{"roles":["1","2","3"],"joined_at":"2024-05-04T10:00:00Z","nick":null,"avatar":null,"deaf":false,"mute":false,"flags":0,"communication_disabled_until":null},"timestamp":"2024-05-04T10:00:00Z","edited_timestamp":null,"tts":false,
		"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"components":[],"pinned":false,"flags":0,"nonce":"1236258418475892736"}`, id, strings.Repeat("so it goes ", 8))
}
