package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// tape is a connection that plays bytes and takes no notice of anything else.
type tape struct {
	net.Conn
	in io.Reader
}

func (t *tape) Read(p []byte) (int, error)      { return t.in.Read(p) }
func (t *tape) Close() error                    { return nil }
func (t *tape) SetReadDeadline(time.Time) error { return nil }

// play runs what a server sends through a guard and returns what discordgo would
// read, and what the bot is told.
func play(t *testing.T, raw []byte) (seen []byte, told []string, g *guard, err error) {
	t.Helper()
	g = newGuard(&tape{in: bytes.NewReader(raw)}, guardTimes{}, func(kind string, data json.RawMessage) { told = append(told, kind+" "+string(data)) }, nil)
	seen, err = io.ReadAll(g)
	return seen, told, g, err
}

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// frames writes texts as a server does, each in one frame.
func frames(texts ...string) []byte {
	g := &guard{}
	g.out.WriteString(upgrade)
	for _, x := range texts {
		g.emit(0x81, []byte(x))
	}
	return g.out.Bytes()
}

const (
	hello = `{"op":10,"d":{"heartbeat_interval":41250,"_trace":[]}}`
	ready = `{"op":0,"s":1,"t":"READY","d":{"v":9,"session_id":"s","user":{"id":"1"},"guilds":[null,{"id":"2"}],"application":{"id":"3"}}}`
)

// packets are the packets in what discordgo would read.
func packets(t *testing.T, seen []byte) []packet {
	t.Helper()
	var out []packet
	decoder := func(b []byte) {
		var p packet
		if err := json.Unmarshal(b, &p); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		out = append(out, p)
	}
	rest := bytes.TrimPrefix(seen, []byte(upgrade))
	for len(rest) > 0 {
		size, head := int(rest[1]), 2
		if size == 126 {
			size, head = int(rest[2])<<8|int(rest[3]), 4
		}
		decoder(rest[head : head+size])
		rest = rest[head+size:]
	}
	return out
}

func TestGuardKeepsTroubleBack(t *testing.T) {
	seen, told, g, _ := play(t, frames(`{"op":11}`, hello, `{"op":11}`, `{"op":1,"d":null}`, "null", "[]", "{", ready, `{"op":11}`, `{"op":1,"d":null}`,
		`{"op":0,"s":2,"t":"GUILD_CREATE","d":null}`, `{"op":0,"s":3,"t":"MESSAGE_CREATE","d":{"id":"5"}}`, `{"op":77}`))
	var kinds []string
	for _, p := range packets(t, seen) {
		kinds = append(kinds, strings.TrimSpace(fmt.Sprint(p.Op%10, " ", p.Type, " ", p.Seq)))
	}
	want := []string{"0  0", "0 READY 1", "1  0", "1  0", "0  2", "0  3"}
	if strings.Join(kinds, ",") != strings.Join(want, ",") {
		t.Errorf("discordgo sees %q, want %q", kinds, want)
	}
	if want := []string{"GUILD_CREATE null", `MESSAGE_CREATE {"id":"5"}`}; !slices.Equal(told, want) {
		t.Errorf("the bot is told of %q, want %q", told, want)
	}
	if reason := g.why(); reason != nil || !g.isReady() {
		t.Errorf("the end is %v, ready %v", reason, g.isReady())
	}
}

func TestGuardEndsWithAReason(t *testing.T) {
	for text, want := range map[string]error{
		`{"op":7}`: errReconnect, `{"op":9,"d":true}`: errResumable, `{"op":9,"d":false}`: errInvalid, `{"op":9}`: errInvalid,
		`{"op":0,"t":"READY","d":{}}`: errProtocol,
	} {
		_, _, g, err := play(t, frames(hello, text))
		if reason := g.why(); !errors.Is(reason, want) || !errors.Is(err, want) {
			t.Errorf("%s ends with %v (%v), want %v", text, reason, err, want)
		}
	}
	for _, text := range []string{`{"op":10,"d":{"heartbeat_interval":0}}`, `{"op":10,"d":{"heartbeat_interval":-5}}`, `{"op":10}`} {
		if _, _, g, _ := play(t, frames(text)); g.reason == nil {
			t.Errorf("%s is taken", text)
		}
	}
	_, _, g, _ := play(t, append(frames(hello), 0x88, 4, 0x0f, 0xae, 'n', 'o'))
	if reason := g.why(); reason != closeCode(4014) {
		t.Errorf("the close code is %v", reason)
	}
}

// FuzzGuard: the guard reads in discordgo's goroutine, where a panic would end
// the process.
func FuzzGuard(f *testing.F) {
	f.Add(frames(hello, ready, `{"op":7}`))
	f.Add([]byte(upgrade + "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte(upgrade + "\x01\x02{\"\x80\x05op\":1"))
	f.Add([]byte(upgrade + "\x88\x02\x0f\xa4\x89\x00\x82\x01x\x81\x81"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		seen, _, _, _ := play(t, raw)
		if len(seen) > 3*len(raw)+4096 {
			t.Errorf("%d bytes became %d", len(raw), len(seen))
		}
	})
}
