package discord

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// Reasons for which the guard ends a connection.
var (
	errReconnect = errors.New("the gateway asked for a new connection")
	errResumable = errors.New("the session can't be resumed yet")
	errInvalid   = errors.New("the session is invalid")
	errProtocol  = errors.New("the gateway broke the protocol")
)

// guardTimes are how long the gateway may be silent.
type guardTimes struct {
	hello time.Duration // from connecting to HELLO
	ready time.Duration // from HELLO to READY or RESUMED
	grace time.Duration // beyond two heartbeats
}

// guard is the connection to the gateway under discordgo's feet. It reads the
// WebSocket frames that come from the server and keeps from discordgo those that
// bring it into trouble:
//
//   - RECONNECT, INVALID_SESSION: while a session opens, discordgo waits for
//     itself for good; later it doesn't tell whether the session may be resumed.
//     The guard ends the connection, which discordgo copes with at any time, and
//     remembers why.
//   - acknowledgements and requests for a heartbeat before READY, which it would
//     take for READY or wait for itself.
//   - a heartbeat interval of nothing, messages of no end, and silence, which it
//     notices after five heartbeats: the guard sets a deadline of two.
//   - closing: discordgo answers the end of a connection with a close code that
//     makes Discord forget the session. The guard cuts the connection before.
//   - every event but READY and RESUMED, which go to the bot at once: discordgo
//     would decode them in the goroutine that reads the connection, where a null
//     in the wrong place ends the process and one new kind of component loses a
//     whole message. It sees an event without a name or content in their place,
//     which has the number that the heartbeat tells.
//
// What discordgo sends passes, but for its IDENTIFY where there is a session to
// resume: RESUME goes in its place.
//
// Only discordgo's reading goroutine may read from it. Everything else may be
// called from anywhere.
type guard struct {
	net.Conn
	times guardTimes
	event func(kind string, data json.RawMessage) // called in the reading goroutine, in order

	// Of the reading goroutine:
	in       *bufio.Reader
	out      bytes.Buffer // for discordgo to read
	upgraded bool         // the HTTP answer has passed
	message  []byte       // of the fragments so far
	interval time.Duration

	mu      sync.Mutex
	greeted bool // HELLO has passed
	resumes bool // the next that discordgo sends is IDENTIFY, to be replaced
	ready   bool
	reason  error      // why the connection ended; nil when the other side just hung up
	session resumption // without an ID before READY

	closing sync.Once
	closed  chan struct{} // closed when nothing more is read
	opened  chan struct{} // closed at READY or RESUMED
}

// resumption is what a session is resumed by.
type resumption struct {
	id      string
	seq     int64  // of the last event
	address string // of the gateway, "" when it isn't told
}

// newGuard guards a connection on which the session resumes, if that isn't nil, or
// else a new one begins.
func newGuard(conn net.Conn, times guardTimes, event func(kind string, data json.RawMessage), r *resumption) *guard {
	g := &guard{Conn: conn, times: times, event: event, in: bufio.NewReaderSize(conn, 32<<10), closed: make(chan struct{}), opened: make(chan struct{})}
	if r != nil {
		g.session, g.resumes = *r, true
	}
	return g
}

// Close implements net.Conn.
func (g *guard) Close() error {
	err := g.Conn.Close()
	g.closing.Do(func() { close(g.closed) })
	return err
}

// why returns the reason that the connection ended for.
func (g *guard) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reason
}

func (g *guard) isReady() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ready
}

// resumption is what the session can be resumed by, nil when it never was ready.
func (g *guard) resumption() *resumption {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session.id == "" {
		return nil
	}
	r := g.session
	return &r
}

// end makes the reading goroutine see an error, which it may at any time.
func (g *guard) end(reason error) error {
	g.remember(reason)
	return reason
}

func (g *guard) remember(reason error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reason == nil {
		g.reason = reason
	}
}

// Read implements net.Conn. After an error the connection is cut.
func (g *guard) Read(p []byte) (int, error) {
	for g.out.Len() == 0 {
		if err := g.fill(); err != nil {
			return 0, errors.Join(err, g.Close())
		}
	}
	return g.out.Read(p)
}

// Write implements net.Conn.
func (g *guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	replace := g.greeted && g.resumes
	if replace {
		g.resumes = false
	}
	r := g.session
	g.mu.Unlock()
	if !replace {
		return g.Conn.Write(p)
	}
	identify, ok := unmask(p)
	if !ok || gjson.GetBytes(identify, "op").Int() != opIdentify {
		return 0, g.end(fmt.Errorf("%w: what should be IDENTIFY isn't", errProtocol))
	}
	resume, err := json.Marshal(map[string]any{"op": opResume, "d": map[string]any{"token": gjson.GetBytes(identify, "d.token").Str, "session_id": r.id, "seq": r.seq}})
	if err != nil {
		return 0, fmt.Errorf("encode RESUME: %w", err)
	}
	if _, err := g.Conn.Write(mask(resume)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// unmask is the message in a client's frame, which discordgo writes whole.
func unmask(frame []byte) (message []byte, ok bool) {
	if len(frame) < 2 || frame[0] != 0x80|frameText || frame[1]&0x80 == 0 {
		return nil, false
	}
	size, head := int(frame[1]&0x7f), 2
	if size == 126 && len(frame) >= 4 {
		size, head = int(binary.BigEndian.Uint16(frame[2:])), 4
	}
	if size > 126 && head == 2 || len(frame) != head+4+size {
		return nil, false
	}
	key := frame[head : head+4]
	message = bytes.Clone(frame[head+4:])
	for i := range message {
		message[i] ^= key[i%4]
	}
	return message, true
}

// mask is a client's frame of a message of up to 65,535 bytes.
func mask(message []byte) []byte {
	frame := []byte{0x80 | frameText, 0x80 | byte(len(message))}
	if len(message) > 125 {
		frame[1] = 0x80 | 126
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(message)))
	}
	var key [4]byte
	_, _ = rand.Read(key[:]) // never fails
	frame = append(frame, key[:]...)
	for i, b := range message {
		frame = append(frame, b^key[i%4])
	}
	return frame
}

// What is kept in memory is bounded, in bytes. A server of many thousand
// channels describes itself in a few megabytes; after such a message the buffer
// is let go.
const (
	maxHandshake = 64 << 10
	maxMessage   = 32 << 20
	maxKept      = 1 << 20
)

// fill moves something from the connection to out, or nothing when it was kept
// back.
func (g *guard) fill() error {
	if !g.upgraded {
		return g.handshake()
	}
	return g.frame()
}

// handshake passes on the answer to the upgrade, byte for byte.
func (g *guard) handshake() error {
	for {
		line, err := g.in.ReadSlice('\n')
		g.out.Write(line)
		if err != nil {
			return err
		}
		if g.out.Len() > maxHandshake {
			return g.end(errProtocol)
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			g.upgraded = true
			return nil
		}
	}
}

// The WebSocket opcodes that matter here.
const (
	frameContinuation = 0
	frameText         = 1
	frameClose        = 8
)

// frame reads one frame of the server's, which is never masked.
func (g *guard) frame() error {
	if g.out.Cap() > maxKept {
		g.out = bytes.Buffer{}
	}
	if g.interval == 0 && g.message == nil {
		if err := g.deadline(g.times.hello); err != nil {
			return err
		}
	}
	var head [2]byte
	if _, err := io.ReadFull(g.in, head[:]); err != nil {
		return err
	}
	size := uint64(head[1] & 0x7f)
	var long [8]byte
	switch size {
	case 126:
		if _, err := io.ReadFull(g.in, long[6:]); err != nil {
			return err
		}
		size = binary.BigEndian.Uint64(long[:])
	case 127:
		if _, err := io.ReadFull(g.in, long[:]); err != nil {
			return err
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	if head[1]&0x80 != 0 || size > maxMessage || size+uint64(len(g.message)) > maxMessage {
		return g.end(errProtocol)
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(g.in, payload); err != nil {
		return err
	}
	final, kind := head[0]&0x80 != 0, head[0]&0x0f
	switch {
	case kind >= frameClose:
		if kind == frameClose {
			if size < 2 {
				return g.end(errHungUp)
			}
			return g.end(closeCode(binary.BigEndian.Uint16(payload)))
		}
		g.emit(head[0], payload)
		return nil
	case kind != frameText && kind != frameContinuation:
		return g.end(fmt.Errorf("%w: a frame of kind %d", errProtocol, kind))
	}
	if final && g.message == nil {
		return g.inspect(payload)
	}
	g.message = append(g.message, payload...)
	if !final {
		return nil
	}
	message := g.message
	g.message = nil
	return g.inspect(message)
}

// closeCode is the code of a close frame.
type closeCode uint16

func (c closeCode) Error() string { return fmt.Sprintf("the gateway closed with code %d", uint16(c)) }

// emit writes one whole frame to out.
func (g *guard) emit(first byte, payload []byte) {
	g.out.WriteByte(first)
	var long [8]byte
	binary.BigEndian.PutUint64(long[:], uint64(len(payload)))
	switch {
	case len(payload) < 126:
		g.out.WriteByte(byte(len(payload)))
	case len(payload) < 1<<16:
		g.out.WriteByte(126)
		g.out.Write(long[6:])
	default:
		g.out.WriteByte(127)
		g.out.Write(long[:])
	}
	g.out.Write(payload)
}

// packet is what the gateway sends.
type packet struct {
	Op   int             `json:"op"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// The gateway's opcodes.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// inspect decides what discordgo sees of a message.
func (g *guard) inspect(message []byte) error {
	p, ok := unpack(message)
	if !ok {
		return nil // not a packet: as if it hadn't come
	}
	ready := g.isReady()
	switch p.Op {
	case opHello:
		return g.hello(p, ready)
	case opReconnect:
		return g.end(errReconnect)
	case opInvalid:
		if string(bytes.TrimSpace(p.Data)) == "true" {
			return g.end(errResumable)
		}
		return g.end(errInvalid)
	case opAck:
		if ready {
			g.pass(p)
		}
		return g.deadline(2*g.interval + g.times.grace)
	case opDispatch:
		return g.dispatch(p, ready)
	}
	if ready && p.Op == opHeartbeat {
		g.pass(packet{Op: p.Op})
	}
	return nil
}

// unpack reads a packet. Of events, which are most of what comes, it only finds the
// parts: their data is decoded by whoever needs it, and not twice.
func unpack(message []byte) (packet, bool) {
	if gjson.GetBytes(message, "op").Raw != "0" {
		var p packet
		err := json.Unmarshal(message, &p)
		return p, err == nil && p.Op != opDispatch
	}
	p := packet{Seq: gjson.GetBytes(message, "s").Int(), Type: gjson.GetBytes(message, "t").Str}
	if d := gjson.GetBytes(message, "d"); d.Index > 0 {
		p.Data = message[d.Index : d.Index+len(d.Raw)]
	}
	return p, p.Type != ""
}

// hello passes HELLO on, once and with a sensible interval.
func (g *guard) hello(p packet, ready bool) error {
	var hello struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if ready || g.interval != 0 {
		return nil
	}
	if json.Unmarshal(p.Data, &hello) != nil || hello.Interval <= 0 || hello.Interval > time.Hour.Milliseconds() {
		return g.end(fmt.Errorf("%w: HELLO without a heartbeat interval", errProtocol))
	}
	g.interval = time.Duration(hello.Interval) * time.Millisecond
	g.mu.Lock()
	g.greeted = true
	g.mu.Unlock()
	g.pass(packet{Op: opHello, Data: fmt.Appendf(nil, `{"heartbeat_interval":%d}`, hello.Interval)})
	return g.deadline(g.times.ready)
}

// dispatch tells the bot of an event, and discordgo that there was one. The bot
// comes first: an event that counts as seen isn't sent again after a resume.
func (g *guard) dispatch(p packet, ready bool) error {
	switch p.Type {
	case "READY":
		e, data, err := readyData(p.Data)
		if err != nil {
			return g.end(fmt.Errorf("%w: %w", errProtocol, err))
		}
		p.Data = data
		g.mu.Lock()
		g.session = resumption{id: e.SessionID, address: e.Address}
		g.mu.Unlock()
	case "RESUMED":
		p.Data = json.RawMessage("{}")
	default:
		if len(p.Data) == 0 {
			p.Data = json.RawMessage("{}")
		}
		g.event(p.Type, p.Data)
		g.pass(packet{Op: p.Op, Seq: g.count(p.Seq), Data: json.RawMessage("{}")})
		return nil
	}
	p.Seq = g.count(p.Seq)
	g.pass(p)
	if ready {
		return nil
	}
	g.mu.Lock()
	g.ready = true
	g.mu.Unlock()
	close(g.opened)
	return g.deadline(2*g.interval + g.times.grace)
}

// count notes the number of an event, and returns that of the last one that has one.
func (g *guard) count(seq int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if seq != 0 {
		g.session.seq = seq
	}
	return g.session.seq
}

// readyEvent is what is needed of READY.
type readyEvent struct {
	Version     int    `json:"v"`
	SessionID   string `json:"session_id"`
	Address     string `json:"resume_gateway_url,omitempty"`
	User        user   `json:"user"`
	Application struct {
		ID string `json:"id,omitempty"`
	} `json:"application"`
}

// readyData is READY, and what of it is needed.
func readyData(raw json.RawMessage) (e readyEvent, data json.RawMessage, err error) {
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, nil, fmt.Errorf("decode READY: %w", err)
	}
	if e.User.ID == "" || e.SessionID == "" {
		return e, nil, errors.New("READY without a user or a session")
	}
	data, err = json.Marshal(e)
	return e, data, err
}

// pass hands a packet to discordgo.
func (g *guard) pass(p packet) {
	raw, err := json.Marshal(p)
	if err != nil {
		return // the data came out of a valid packet, so it can't
	}
	g.emit(0x80|frameText, raw)
}

// deadline is when the next thing must have come.
func (g *guard) deadline(d time.Duration) error {
	if err := g.Conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return fmt.Errorf("set the deadline of the gateway: %w", err)
	}
	return nil
}
