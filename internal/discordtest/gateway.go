package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Operations of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// Codes with which the gateway closes a connection.
const (
	CloseUnknownOpcode        = 4001
	CloseDecodeError          = 4002
	CloseNotAuthenticated     = 4003
	CloseAuthenticationFailed = 4004
	CloseAlreadyAuthenticated = 4005
	CloseInvalidSeq           = 4007
	CloseRateLimited          = 4008
	CloseSessionTimedOut      = 4009
	CloseInvalidShard         = 4010
	CloseInvalidVersion       = 4012
	CloseInvalidIntents       = 4013
	CloseDisallowedIntents    = 4014

	closeGoingAway = 1001
)

// Limits of the gateway.
const (
	maxSendsPerMinute = 120
	maxPayload        = 4096
	compressAbove     = 8192
	writeWait         = 10 * time.Second
	heartbeatGrace    = 5 * time.Second
)

// gateway is the state of the gateway; the server's lock guards it.
type gateway struct {
	sessions  map[string]*session
	order     []*session // by age
	conns     map[*conn]struct{}
	presences []Presence

	identified map[int]time.Time // when a bot last identified, by the shard's remainder
	script     script
	held       *[]held // events kept back while Hold is in force
}

// conn is one WebSocket connection. Frames are queued and written by a
// goroutine of its own, so that no test waits for a bot that doesn't read.
type conn struct {
	s       *Server
	ws      *websocket.Conn
	queue   []frame
	wake    chan struct{}
	ended   bool
	closing []byte // the close frame to end with; nil to drop the connection

	session *session
	acks    bool
	sends   []time.Time
}

// frame is a message of a WebSocket.
type frame struct {
	raw []byte
	zip bool // to be sent compressed, as Discord does when asked
}

// packet is what the bot sends.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.closed || s.gateway.script.away {
		s.mu.Unlock()
		hangUp(w)
		return
	}
	s.wg.Add(1)
	s.mu.Unlock()
	defer s.wg.Done()

	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	// The bot's close frame is answered by closing the connection.
	ws.SetCloseHandler(func(int, string) error { return nil })
	c := &conn{s: s, ws: ws, wake: make(chan struct{}, 1), acks: true}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()

	s.mu.Lock()
	s.stats.Connections++
	s.gateway.conns[c] = struct{}{}
	switch v := r.URL.Query().Get("v"); {
	case v != "9" && v != "10":
		c.close(CloseInvalidVersion, "Invalid API version")
	case s.closed:
		c.close(closeGoingAway, "the server stops")
	case !s.gateway.script.noHello:
		c.send(object{"op": opHello, "s": nil, "t": nil,
			"d": object{"heartbeat_interval": s.opts.HeartbeatInterval.Milliseconds(), "_trace": []string{}}})
	}
	s.touch()
	s.mu.Unlock()

	code := c.read()

	s.mu.Lock()
	byBot := !c.ended
	c.end(nil)
	delete(s.gateway.conns, c)
	// A client that says goodbye gives its session up.
	if c.session != nil && byBot && (code == websocket.CloseNormalClosure || code == closeGoingAway) {
		c.session.dead = true
	}
	s.touch()
	s.mu.Unlock()
	<-written
}

// read takes the bot's packets until the connection ends, and gives the close
// code that the bot sent, or -1.
func (c *conn) read() int {
	for {
		// Discord gives a bot up that sends no heartbeat.
		c.ws.SetReadDeadline(time.Now().Add(2*c.s.opts.HeartbeatInterval + heartbeatGrace))
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				c.s.mu.Lock()
				c.s.stats.TimedOut++
				c.close(CloseSessionTimedOut, "Session timed out")
				c.s.mu.Unlock()
			}
			var ce *websocket.CloseError
			if errors.As(err, &ce) {
				return ce.Code
			}
			return -1
		}
		c.s.mu.Lock()
		c.handle(raw)
		c.s.mu.Unlock()
	}
}

func (c *conn) handle(raw []byte) {
	if c.ended {
		return
	}
	if len(raw) > maxPayload {
		c.s.recordLocked(Violation{Route: "gateway", Rule: "a payload is at most 4,096 bytes",
			Detail: strconv.Itoa(len(raw)) + " bytes"})
		c.close(CloseDecodeError, "Payload too large")
		return
	}
	now := time.Now()
	c.sends = slices.DeleteFunc(c.sends, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	c.sends = append(c.sends, now)
	if len(c.sends) > maxSendsPerMinute {
		c.s.recordLocked(Violation{Route: "gateway", Rule: "at most 120 sends a minute"})
		c.close(CloseRateLimited, "You are being rate limited.")
		return
	}
	var p packet
	if err := json.Unmarshal(raw, &p); err != nil {
		c.s.recordLocked(Violation{Route: "gateway", Rule: "a payload is JSON", Detail: err.Error()})
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	if c.session == nil && p.Op != opHeartbeat && p.Op != opIdentify && p.Op != opResume {
		c.close(CloseNotAuthenticated, "Not authenticated.")
		return
	}
	switch p.Op {
	case opHeartbeat:
		c.s.stats.Heartbeats++
		if c.acks && !c.s.gateway.script.noAck {
			c.send(object{"op": opHeartbeatAck, "s": nil, "t": nil, "d": nil})
		}
		c.s.touch()
	case opIdentify:
		c.identify(p.Data)
	case opResume:
		c.resume(p.Data)
	case opPresence:
		c.presence(p.Data)
	case opRequestMembers, 4:
		// Nothing in the tests' world depends on these.
	default:
		c.s.recordLocked(Violation{Route: "gateway", Rule: "unknown operation", Detail: strconv.Itoa(p.Op)})
		c.close(CloseUnknownOpcode, "Unknown opcode.")
	}
}

// send queues a packet. The caller holds the server's lock.
func (c *conn) send(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: a packet that is not JSON: " + err.Error())
	}
	c.sendRaw(raw)
}

func (c *conn) sendRaw(raw []byte) {
	if c.ended {
		return
	}
	zip := c.session != nil && c.session.zip && len(raw) > compressAbove
	c.queue = append(c.queue, frame{raw, zip})
	c.poke()
}

// close ends the connection with a close frame, after what is queued.
func (c *conn) close(code int, reason string) {
	c.end(websocket.FormatCloseMessage(code, reason))
}

// end ends the connection; without a frame it is cut, queue and all. The
// caller holds the server's lock.
func (c *conn) end(frame []byte) {
	if c.ended {
		return
	}
	c.ended = true
	c.closing = frame
	if c.session != nil && c.session.conn == c {
		c.session.conn = nil
	}
	if frame == nil {
		c.queue = nil
	}
	c.poke()
}

func (c *conn) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write writes the queue until the connection ends.
func (c *conn) write() {
	defer c.ws.Close()
	for range c.wake {
		c.s.mu.Lock()
		batch, ended, frame := c.queue, c.ended, c.closing
		c.queue = nil
		c.s.mu.Unlock()
		for _, f := range batch {
			kind := websocket.TextMessage
			if f.zip {
				kind, f.raw = websocket.BinaryMessage, deflated(f.raw)
			}
			c.ws.SetWriteDeadline(time.Now().Add(writeWait))
			if c.ws.WriteMessage(kind, f.raw) != nil {
				return
			}
		}
		if ended {
			if frame != nil {
				c.ws.WriteControl(websocket.CloseMessage, frame, time.Now().Add(writeWait))
			}
			return
		}
	}
}

func deflated(raw []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(raw) // a bytes.Buffer takes everything
	z.Close()
	return b.Bytes()
}

// hangUp cuts an HTTP connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if c, _, err := h.Hijack(); err == nil {
			c.Close()
		}
	}
}

func (s *Server) gatewayURL() string {
	return "ws" + strings.TrimPrefix(s.http.URL, "http") + "/gateway"
}

// strictly decodes JSON and nothing after it.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more after the JSON value")
	}
	return nil
}
