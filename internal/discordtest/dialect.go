package discordtest

import (
	"encoding/json"
	"strings"
	"time"
)

// Dialect is how the server differs from Discord. The zero value differs in
// nothing.
type Dialect struct {
	// NoResume refuses every RESUME with INVALID_SESSION.
	NoResume bool
	// NoBulkIDs answers a bulk overwrite of commands without their ids.
	NoBulkIDs bool
	// StrictBodies refuses fields that are null, and such that aren't known.
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

// known are the fields that a strict server takes at the top of a message, of
// a command or of a response.
const known = " content embeds components flags tts nonce enforce_nonce allowed_mentions message_reference " +
	"attachments poll sticker_ids id type name name_localizations description description_localizations options " +
	"default_member_permissions dm_permission nsfw contexts integration_types handler data recipient_id "

// oddFields gives the fields of a body that a strict server refuses.
func oddFields(body json.RawMessage) []broken {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	var out []broken
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		o, _ := e.(map[string]any)
		for k := range o {
			if !strings.Contains(known, " "+k+" ") {
				out = append(out, broken{rule: "this server refuses unknown fields", detail: k})
			}
		}
	}
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
