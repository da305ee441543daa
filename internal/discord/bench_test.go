package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"verbatim/internal/answer"
)

// BenchmarkEvents measures what an interaction and the message that its answer
// becomes cost until they are decoded, from the bytes of the connection on.
func BenchmarkEvents(b *testing.B) {
	bot := benched(b)
	text := strings.Repeat("He said that the attack was “a failure”, and that it would be looked into. ", 12)
	raw := frames(`{"op":0,"s":5,"t":"INTERACTION_CREATE","d":{"id":"1","application_id":"7","type":2,"token":"","guild_id":"4","channel_id":"5",
		"member":{"user":{"id":"9","username":"alice","global_name":"Alice","avatar":null,"discriminator":"0"},"roles":["1","2"],"permissions":"2248473465835073","joined_at":"2024-05-04T10:00:00Z","flags":0},
		"locale":"en-GB","guild_locale":"en-US","app_permissions":"2248473465835073","version":1,"entitlements":[],"authorizing_integration_owners":{"0":"4"},"context":0,
		"data":{"id":"8","name":"ask","type":1,"options":[{"name":"question","type":3,"value":"How many people were killed at the church?"}]}}}`,
		fmt.Sprintf(`{"op":0,"s":6,"t":"MESSAGE_CREATE","d":{"id":"2","channel_id":"5","guild_id":"4","author":{"id":"7","username":"verbatim","bot":true},"content":%q,
		"timestamp":"2024-05-04T10:00:00Z","edited_timestamp":null,"tts":false,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],
		"embeds":[{"type":"rich","description":%q,"color":3909981}],"components":[],"flags":0,"type":20}}`, text, text))
	b.ReportAllocs()
	for b.Loop() {
		g := newGuard(&tape{in: bytes.NewReader(raw)}, guardTimes{}, func(kind string, data json.RawMessage) { bot.event(b.Context(), kind, data) }, nil)
		if _, err := io.Copy(io.Discard, struct{ io.Reader }{g}); !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}

// BenchmarkShow measures what it takes to lay out an answer, check it and write
// it as JSON.
func BenchmarkShow(b *testing.B) {
	bot := benched(b)
	a, err := bot.handlers.desk.Ask(b.Context(), answer.Question{Text: "When was the lighthouse of Carrick built?", Passages: maxPassages})
	if err != nil || !a.Answered {
		b.Fatalf("%+v, %v", a, err)
	}
	r := askRequest{Caller: Caller{ID: "9", Server: "4", Channel: "5", Locale: "en-GB"}}
	b.ReportAllocs()
	for b.Loop() {
		reply, err := bot.handlers.show(b.Context(), bot.handlers.speaker(r.Caller), a, r, maxText)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(response{Type: respondMessage, Data: reply.message(false)}); err != nil {
			b.Fatal(err)
		}
	}
}

// benched is a bot that isn't connected.
func benched(b testing.TB) *Bot {
	b.Helper()
	bot, err := New(Config{Token: "t", Desk: newDesk(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	bot.become("7", "7")
	return bot
}
