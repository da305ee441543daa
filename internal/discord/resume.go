package discord

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/tidwall/gjson"
)

// resumption is what a session is resumed by.
type resumption struct {
	id      string
	seq     int64  // of the last event
	address string // of the gateway, "" when it isn't told
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

// count notes the number of an event, and returns that of the last one that has one.
func (g *guard) count(seq int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if seq != 0 {
		g.session.seq = seq
	}
	return g.session.seq
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
