package discordtest

import (
	"slices"
	"time"
)

// script is what goes wrong at the gateway; the server's lock guards it.
type script struct {
	away, noHello, noReady, noAck, revoked bool

	// firsts are sent, one a connection, in place of READY or RESUMED.
	firsts []func(*conn)
}

// first plays the next scripted packet and reports whether there was one.
func (p *script) first(c *conn) bool {
	if len(p.firsts) == 0 {
		return false
	}
	f := p.firsts[0]
	p.firsts = p.firsts[1:]
	f(c)
	return true
}

// Gateway changes how the gateway behaves. Its methods act at once on the
// connections there are, or on those to come, as each says.
type Gateway struct{ s *Server }

// Gateway gives the switches of the gateway.
func (s *Server) Gateway() Gateway { return Gateway{s} }

func (g Gateway) locked(f func()) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	f()
	g.s.touch()
}

func (g Gateway) each(f func(*conn)) {
	g.locked(func() {
		for c := range g.s.gateway.conns {
			f(c)
		}
	})
}

// Drop cuts every connection without a close frame; sessions can be resumed.
func (g Gateway) Drop() { g.each(func(c *conn) { c.end(nil) }) }

// DropShard cuts the connection of one shard as Drop does.
func (g Gateway) DropShard(shard int) {
	g.each(func(c *conn) {
		if c.session != nil && c.session.shard[0] == shard {
			c.end(nil)
		}
	})
}

// Carrier is the shard to which a guild's events go, while a bot that has it is
// connected; -1 when none is.
func (g Gateway) Carrier(guild *Guild) int {
	shard := -1
	g.locked(func() {
		for _, ses := range g.s.gateway.order {
			if ses.ready && !ses.dead && ses.conn != nil && ses.carries(guild) {
				shard = ses.shard[0]
			}
		}
	})
	return shard
}

// Close ends every connection with the code; sessions can be resumed unless
// the code is one after which Discord doesn't let them.
func (g Gateway) Close(code int, reason string) {
	g.each(func(c *conn) {
		switch code {
		case CloseAuthenticationFailed, CloseInvalidSeq, CloseSessionTimedOut:
			if c.session != nil {
				c.session.dead = true
			}
		}
		c.close(code, reason)
	})
}

// Reconnect sends RECONNECT (7) on every connection. The connection stays
// open: the bot is to close it and resume.
func (g Gateway) Reconnect() { g.each(sendReconnect) }

// InvalidateSession sends INVALID_SESSION (9) on every connection. Unless
// resumable, the session is gone.
func (g Gateway) InvalidateSession(resumable bool) {
	g.each(func(c *conn) { sendInvalid(c, resumable) })
}

// RequestHeartbeat asks every connection for a heartbeat (1).
func (g Gateway) RequestHeartbeat() {
	g.each(func(c *conn) { c.send(object{"op": opHeartbeat, "s": nil, "t": nil, "d": nil}) })
}

// Acknowledge switches the answers to heartbeats on or off.
func (g Gateway) Acknowledge(on bool) { g.locked(func() { g.s.gateway.script.noAck = !on }) }

// Greet switches HELLO on or off for the connections to come.
func (g Gateway) Greet(on bool) { g.locked(func() { g.s.gateway.script.noHello = !on }) }

// Answer switches READY on or off for the IDENTIFYs to come.
func (g Gateway) Answer(on bool) { g.locked(func() { g.s.gateway.script.noReady = !on }) }

// Revoke makes the token a wrong one from now on, at the gateway and for
// REST, and closes every connection with 4004.
func (g Gateway) Revoke() {
	g.locked(func() { g.s.gateway.script.revoked = true })
	g.Close(CloseAuthenticationFailed, "Authentication failed.")
}

// Away makes the whole server unreachable, or reachable again: connections
// are cut, new ones and REST requests hung up on.
func (g Gateway) Away(away bool) {
	g.locked(func() { g.s.gateway.script.away = away })
	if away {
		g.Drop()
	}
}

// FirstReconnect makes RECONNECT the first packet after the next IDENTIFY or
// RESUME, in place of READY or RESUMED.
func (g Gateway) FirstReconnect() { g.first(sendReconnect) }

// FirstInvalid makes INVALID_SESSION the first packet after the next IDENTIFY
// or RESUME.
func (g Gateway) FirstInvalid(resumable bool) {
	g.first(func(c *conn) { sendInvalid(c, resumable) })
}

// FirstAck makes a heartbeat's acknowledgement the first packet after the next
// IDENTIFY or RESUME; nothing follows it.
func (g Gateway) FirstAck() {
	g.first(func(c *conn) { c.send(object{"op": opHeartbeatAck, "s": nil, "t": nil, "d": nil}) })
}

// FirstClose closes the next connection that identifies or resumes with the
// code.
func (g Gateway) FirstClose(code int, reason string) {
	g.first(func(c *conn) { c.close(code, reason) })
}

func (g Gateway) first(f func(*conn)) {
	g.locked(func() { g.s.gateway.script.firsts = append(g.s.gateway.script.firsts, f) })
}

func sendReconnect(c *conn) { c.send(object{"op": opReconnect, "s": nil, "t": nil, "d": nil}) }

func sendInvalid(c *conn, resumable bool) {
	if !resumable && c.session != nil {
		// The connection stays and the bot may identify on it.
		c.session.dead, c.session.conn, c.session = true, nil, nil
	}
	c.send(object{"op": opInvalidSession, "s": nil, "t": nil, "d": resumable})
}

// Dispatch sends an event of any type and content to every session.
func (g Gateway) Dispatch(kind string, data any) {
	g.locked(func() { g.s.emitAll(kind, data) })
}

func (s *Server) emitAll(kind string, data any) {
	for _, ses := range s.gateway.order {
		if ses.ready && !ses.dead {
			ses.dispatch(s, kind, data)
		}
	}
}

// DispatchSeq is Dispatch with a sequence number of the test's choice.
func (g Gateway) DispatchSeq(seq int, kind string, data any) {
	g.locked(func() {
		for _, ses := range g.s.gateway.order {
			if ses.ready && !ses.dead {
				ses.deliver(g.s, seq, kind, data)
			}
		}
	})
}

// Send sends raw bytes as a text frame on every connection.
func (g Gateway) Send(raw []byte) { g.each(func(c *conn) { c.sendRaw(slices.Clone(raw)) }) }

// Repeat sends the last n events of each session again, with the sequence
// numbers that they had.
func (g Gateway) Repeat(n int) { g.repeat(n, false) }

// RepeatReversed is Repeat with the latest event first.
func (g Gateway) RepeatReversed(n int) { g.repeat(n, true) }

func (g Gateway) repeat(n int, reversed bool) {
	g.locked(func() {
		for _, ses := range g.s.gateway.order {
			if ses.conn == nil {
				continue
			}
			last := slices.Clone(ses.log[max(0, len(ses.log)-n):])
			if reversed {
				slices.Reverse(last)
			}
			for _, l := range last {
				ses.conn.sendRaw(l.raw)
			}
		}
	})
}

// Hold keeps events back until Release.
func (g Gateway) Hold() {
	g.locked(func() {
		if g.s.gateway.held == nil {
			g.s.gateway.held = &[]held{}
		}
	})
}

// Release sends the events that Hold kept back, in order or the latest first.
func (g Gateway) Release(reversed bool) { g.locked(func() { g.s.release(reversed) }) }

func (s *Server) release(reversed bool) {
	if s.gateway.held == nil {
		return
	}
	list := *s.gateway.held
	s.gateway.held = nil
	if reversed {
		slices.Reverse(list)
	}
	for _, h := range list {
		if h.session.conn != nil {
			h.session.conn.sendRaw(h.raw)
		}
	}
}

// holdFor holds events for a moment after READY, as another server does. The
// caller holds the lock.
func (s *Server) holdFor(d time.Duration) {
	if s.gateway.held == nil {
		s.gateway.held = &[]held{}
	}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-s.done:
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.release(false)
	}()
}

// WaitConnections waits until so many connections have been opened in all,
// whatever became of them; it fails the test otherwise.
func (g Gateway) WaitConnections(n int) {
	g.s.t.Helper()
	g.s.await("a connection to the gateway", func() bool { return g.s.stats.Connections >= n })
}

// WaitHeartbeats waits until so many heartbeats have come in all; it fails
// the test otherwise.
func (g Gateway) WaitHeartbeats(n int) {
	g.s.t.Helper()
	g.s.await("a heartbeat", func() bool { return g.s.stats.Heartbeats >= n })
}

// WaitIdentifies waits until a bot has identified so often in all; it fails
// the test otherwise.
func (g Gateway) WaitIdentifies(n int) {
	g.s.t.Helper()
	g.s.await("IDENTIFY", func() bool { return g.s.stats.Identifies >= n })
}

// WaitResumed waits until so many RESUMEs have succeeded in all; it fails the
// test otherwise.
func (g Gateway) WaitResumed(n int) {
	g.s.t.Helper()
	g.s.await("a resume", func() bool { return g.s.stats.Resumed >= n })
}

// Sequence is the number of the last event that each session was sent, by
// session id.
func (g Gateway) Sequence() map[string]int {
	out := map[string]int{}
	g.locked(func() {
		for id, ses := range g.s.gateway.sessions {
			out[id] = ses.seq
		}
	})
	return out
}
