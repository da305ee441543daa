package discordtest

import (
	"bytes"
	"encoding/json"
	"time"
)

// Dialect is how the server differs from Discord. The zero value differs in
// nothing.
type Dialect struct {
	// NoResume refuses every RESUME with INVALID_SESSION.
	NoResume bool
	// NoBulkIDs answers a bulk overwrite of commands without their ids.
	NoBulkIDs bool
	// StrictBodies refuses fields that are null.
	StrictBodies bool
	// OddAuthErrors closes with 4000 on a wrong token, and answers REST with
	// 400 in place of 401.
	OddAuthErrors bool
	// NoPermissions says "0" of what every member may do.
	NoPermissions bool
	// LateEvents holds events back for that long after READY.
	LateEvents time.Duration
	// NoDeferral has neither deferrals nor edits of an original response.
	NoDeferral bool
}

// OtherServer is the dialect of another server that speaks Discord's API,
// written by others. StrictBodies is not in it and can be added: what it
// refuses, the usual libraries send.
func OtherServer() Dialect {
	return Dialect{NoResume: true, NoBulkIDs: true, OddAuthErrors: true,
		NoPermissions: true, LateEvents: 50 * time.Millisecond, NoDeferral: true}
}

// nullsIn gives the fields of a body that are null, which a strict server
// refuses.
func nullsIn(body json.RawMessage) []broken {
	if !bytes.Contains(body, []byte("null")) {
		return nil
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	var out []broken
	var look func(path string, v any)
	look = func(path string, v any) {
		switch v := v.(type) {
		case nil:
			out = append(out, broken{rule: "this server refuses null", detail: path})
		case map[string]any:
			for k, e := range v {
				look(path+"/"+k, e)
			}
		case []any:
			for _, e := range v {
				look(path+"/-", e)
			}
		}
	}
	look("", v)
	return out
}
