package discordtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"verbatim/internal/discordtest"
)

// BenchmarkRoundTrip is the server's own cost of a question and its answer:
// event, reply and wait, with a bot that does nothing but answer.
func BenchmarkRoundTrip(b *testing.B) {
	for _, bm := range []struct {
		name string
		with discordtest.Options
	}{
		{"checked", discordtest.Options{Retain: 100}},
		{"unchecked", discordtest.Options{Retain: 100, NoDescription: true}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			s := discordtest.New(b, bm.with)
			ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL(), "http")+"/gateway?v=10", nil)
			if err != nil {
				b.Fatal(err)
			}
			defer ws.Close()
			if err := ws.WriteJSON(identify(s)); err != nil {
				b.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				answerAll(b, s, ws)
			}()
			s.WaitReady()
			alice := s.Member("alice")
			b.ReportAllocs()
			for b.Loop() {
				s.Reply(alice.DM("hello"))
			}
			ws.Close()
			<-done
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// answerAll replies to every member's message until the connection ends.
func answerAll(b *testing.B, s *discordtest.Server, ws *websocket.Conn) {
	for {
		var p struct {
			Kind string `json:"t"`
			Data struct {
				ID, Content string
				Channel     string `json:"channel_id"`
				Author      struct{ Bot bool }
			} `json:"d"`
		}
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if json.Unmarshal(raw, &p) != nil || p.Kind != "MESSAGE_CREATE" || p.Data.Author.Bot {
			continue
		}
		req, err := http.NewRequest("POST", s.URL()+"/api/v9/channels/"+p.Data.Channel+"/messages",
			strings.NewReader(message(`"content":"hi","message_reference":{"message_id":"`+p.Data.ID+`"}`)))
		if err != nil {
			b.Error(err)
			return
		}
		req.Header.Set("Authorization", "Bot "+s.Token())
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Error(err)
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
