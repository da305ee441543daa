package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/tidwall/gjson"
)

// virtual is a gateway in a synctest bubble: its clock runs only while everyone
// waits, so that what it shows is the time that was waited, and nothing of what
// the machine took. Connections are pipes. Each test says what the server does.
type virtual struct {
	net.Listener
	t     *testing.T
	pipes chan net.Conn
	begin time.Time
	ready []time.Duration // since the start, of each time that the gateway was ready
	log   logBook
}

func (v *virtual) Accept() (net.Conn, error) {
	c, ok := <-v.pipes
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (v *virtual) Close() error   { return nil }
func (v *virtual) Addr() net.Addr { return &net.TCPAddr{} }

// sentByBot is what the gateway is sent.
type sentByBot struct {
	Op   int `json:"op"`
	Data struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	} `json:"d"`
}

// peer is the server's end of a connection.
type peer struct {
	*websocket.Conn
	t  *testing.T
	mu sync.Mutex // of who writes
}

func (p *peer) send(text string) { p.write(websocket.TextMessage, []byte(text)) }

func (p *peer) write(kind int, data []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.WriteMessage(kind, data); err != nil {
		p.t.Errorf("send %q: %v", data, err)
	}
}

// begins reads what begins or resumes a session.
func (p *peer) begins() sentByBot {
	for {
		_, raw, err := p.ReadMessage()
		if err != nil {
			p.t.Errorf("no session is begun: %v", err)
			return sentByBot{}
		}
		if gjson.GetBytes(raw, "op").Int() == opHeartbeat {
			continue
		}
		var s sentByBot
		if err := json.Unmarshal(raw, &s); err != nil {
			p.t.Errorf("%s: %v", raw, err)
		}
		return s
	}
}

// heartbeats acknowledges heartbeats until the connection ends.
func (p *peer) heartbeats() {
	for {
		_, raw, err := p.ReadMessage()
		if err != nil {
			return
		}
		if gjson.GetBytes(raw, "op").Int() == opHeartbeat {
			p.send(`{"op":11}`)
		}
	}
}

// runVirtual runs a gateway at the default pace against a server of which serve is
// one connection, the n-th from 0, for a while of virtual time.
func runVirtual(t *testing.T, last time.Duration, serve func(n int, p *peer)) *virtual {
	v := &virtual{t: t, pipes: make(chan net.Conn), begin: time.Now()}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	n := 0
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		c.SetCloseHandler(func(int, string) error { return nil })
		this := n
		n++
		serve(this, &peer{Conn: c, t: t})
		// discordgo holds a lock while it closes a session of its own accord, and
		// should be asleep meanwhile for the clock to run.
		time.Sleep(2 * time.Second)
		_ = c.Close()
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(v)
	}()

	target, err := newEndpoint("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	target.http = roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(`{"url":"ws://127.0.0.1:1"}`))}, nil
	})
	logger := slog.New(slog.NewTextHandler(&v.log, nil))
	c, err := newClient("t", target, logger, func() {})
	if err != nil {
		t.Fatal(err)
	}
	p := defaultPace()
	g := &gateway{token: "t", target: target, shards: 1, logger: logger, pace: p, clock: time.Now, presence: func(context.Context) presence { return presence{} },
		event: func(string, json.RawMessage) {}, starts: newStarts(c, p, logger, 1),
		connection: func(_ int, ready bool) {
			if ready {
				v.ready = append(v.ready, time.Since(v.begin))
			}
		},
		dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			select {
			case v.pipes <- theirs:
				return ours, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}
	ctx, cancel := context.WithTimeout(t.Context(), last)
	defer cancel()
	if err := g.run(ctx); err != nil {
		t.Errorf("run: %v", err)
	}
	close(v.pipes)
	<-served
	time.Sleep(3 * time.Second) // for the last connection
	if t.Failed() {
		t.Log(v.log.String())
	}
	return v
}

// TestLostConnectionIsMadeAgainAtOnce: however a connection is lost, the default
// pace has no wait before the next, for what members ask meanwhile has three
// seconds. The session is resumed by its last event, and with the bot's token.
func TestLostConnectionIsMadeAgainAtOnce(t *testing.T) {
	for name, lose := range map[string]func(*peer){
		"RECONNECT":       func(p *peer) { p.send(`{"op":7,"d":null}`) },
		"INVALID_SESSION": func(p *peer) { p.send(`{"op":9,"d":true}`) },
		"cut":             func(p *peer) { _ = p.Close() },
		"closed with 1001": func(p *peer) {
			p.write(websocket.CloseMessage, websocket.FormatCloseMessage(1001, "restarting"))
		},
		"closed with 4000": func(p *peer) {
			p.write(websocket.CloseMessage, websocket.FormatCloseMessage(4000, "unknown"))
		},
		"closed with no code": func(p *peer) { p.write(websocket.CloseMessage, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var lost []time.Duration
				begin := time.Now()
				v := runVirtual(t, 5*time.Minute, func(n int, p *peer) {
					p.send(hello)
					s := p.begins()
					switch {
					case n == 0 && s.Op == opIdentify:
						p.send(ready)
						p.send(`{"op":0,"s":2,"t":"SOMETHING","d":{}}`)
					case s.Op == opResume:
						if s.Data.Session != "s" || s.Data.Seq != int64(n+1) || s.Data.Token != "Bot t" {
							t.Errorf("connection %d is resumed by %+v", n, s.Data)
						}
						p.send(fmt.Sprintf(`{"op":0,"s":%d,"t":"RESUMED","d":{}}`, n+2))
					default:
						t.Errorf("connection %d begins with %+v", n, s)
					}
					if n < 2 {
						time.AfterFunc(time.Minute, func() {
							lost = append(lost, time.Since(begin))
							lose(p)
						})
					}
					p.heartbeats()
				})
				if len(v.ready) != 3 || len(lost) != 2 {
					t.Fatalf("ready at %v, lost at %v", v.ready, lost)
				}
				for i, at := range lost {
					if gap := v.ready[i+1] - at; gap > 0 {
						t.Errorf("loss %d: %v until the next connection was ready", i, gap)
					}
				}
			})
		})
	}
}

// TestHeartbeatDeadline: a connection on which heartbeats aren't acknowledged is
// given up after two of them and the grace, and not earlier or later.
func TestHeartbeatDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval = 41250 * time.Millisecond // that hello tells
		v := runVirtual(t, 4*time.Minute, func(n int, p *peer) {
			p.send(hello)
			p.begins()
			if n == 0 {
				p.send(ready)
				for {
					if _, _, err := p.ReadMessage(); err != nil {
						return
					}
				}
			}
			p.send(`{"op":0,"s":2,"t":"RESUMED","d":{}}`)
			p.heartbeats()
		})
		if len(v.ready) != 2 {
			t.Fatalf("ready at %v, want twice: at the start, and after two heartbeats without an answer; acknowledged ones keep a connection", v.ready)
		}
		if got, want := v.ready[1]-v.ready[0], 2*interval+defaultPace().guard.grace; got != want {
			t.Errorf("a connection without acknowledgements lives for %v, want %v", got, want)
		}
	})
}

// TestConnectionsThatDontLast: a gateway that hangs up again and again is left in
// peace more and more, although each connection was ready.
func TestConnectionsThatDontLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connections := 0
		runVirtual(t, time.Hour, func(n int, p *peer) {
			connections++
			p.send(hello)
			p.begins()
			if n == 0 {
				p.send(ready)
			} else {
				p.send(`{"op":0,"s":2,"t":"RESUMED","d":{}}`)
			}
			time.AfterFunc(time.Second, func() { p.send(`{"op":7}`) })
			p.heartbeats()
		})
		if connections < 20 || connections > 200 {
			t.Errorf("%d connections in an hour", connections)
		}
	})
}
