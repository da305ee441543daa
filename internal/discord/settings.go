package discord

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verbatim/internal/store"
)

// settingsRequest changes one setting of a server, or, with Show, none.
type settingsRequest struct {
	Caller
	Setting  string // the subcommand
	Role     string
	Language string
	On       bool
	Number   int
}

// maxRetention is how many days a server may keep what can't be answered.
const maxRetention = 365

// maxModerators is how many roles of a server its moderators may have.
const maxModerators = 25

// decide changes a setting and shows all of them.
func (h *handlers) decide(ctx context.Context, r settingsRequest) (Reply, error) {
	s, refused := h.moderate(r.Caller)
	if refused != nil {
		return *refused, nil
	}
	var change func(*store.Settings)
	detail := r.Setting
	switch r.Setting {
	case nameModerators:
		detail += " <@&" + r.Role + ">"
		change = func(set *store.Settings) {
			if i := slices.Index(set.Moderators, r.Role); i >= 0 {
				set.Moderators = slices.Delete(set.Moderators, i, i+1)
			} else {
				set.Moderators = append(set.Moderators, r.Role)
			}
		}
		if !isSnowflake(r.Role) || r.Role == r.Server {
			return Reply{Text: s.say("settings.norole"), Private: true}, nil // that role is everyone's
		}
		leave, err := h.turns.take(ctx, nameModerators+" "+r.Server) // others would count what this one is about to add
		if err != nil {
			return Reply{}, fmt.Errorf("wait for another change of the moderator roles: %w", err)
		}
		defer leave()
		if now := h.store.Settings(r.Server).Moderators; len(now) >= maxModerators && !slices.Contains(now, r.Role) {
			return Reply{Text: s.say("settings.full", "Limit", maxModerators), Private: true}, nil
		}
	case nameListen:
		detail += " " + switched(r.On) + " <#" + r.Channel + ">"
		change = func(set *store.Settings) {
			if !r.On {
				delete(set.Listen, r.Channel)
				return
			}
			if set.Listen == nil {
				set.Listen = map[string]int{}
			}
			set.Listen[r.Channel] = max(0, r.Number)
		}
	case nameLanguage:
		detail += " " + r.Language
		change = func(set *store.Settings) { set.Language = r.Language }
	case namePrivate:
		detail += " " + switched(r.On)
		change = func(set *store.Settings) { set.Private = r.On }
	case nameRetention:
		detail += " " + strconv.Itoa(r.Number)
		change = func(set *store.Settings) { set.Retention = min(max(r.Number, 1), maxRetention) }
	case nameGaps:
		detail += " " + switched(r.On)
		change = func(set *store.Settings) { set.NoGaps = !r.On }
	case nameLog:
		if lacks := h.lacks(r.Channel); r.On && lacks != "" {
			return Reply{Text: s.say("settings.nolog", "Channel", "<#"+r.Channel+">", "Permissions", s.say("quoted", "Text", s.say("permission."+lacks))), Private: true}, nil
		}
		detail += " " + switched(r.On) + " <#" + r.Channel + ">"
		change = func(set *store.Settings) {
			set.LogChannel = ""
			if r.On {
				set.LogChannel = r.Channel
			}
		}
	}
	if change == nil {
		return Reply{Text: h.shownSettings(ctx, s, r.Server), Private: true}, nil
	}
	if err := h.store.Change(r.Server, store.Entry{By: by(r.Caller), Action: store.Decided, Detail: detail}, change); err != nil {
		return Reply{}, err
	}
	if r.Setting == nameGaps && !r.On {
		if err := h.store.ForgetGaps(r.Server); err != nil {
			return Reply{}, err
		}
	}
	text := h.shownSettings(ctx, s, r.Server)
	if r.Setting == nameModerators && slices.Contains(h.store.Settings(r.Server).Moderators, r.Role) {
		text += "\n" + s.say("settings.hidden")
	}
	return h.noticed(r.Caller, Reply{Text: text, Private: true}, store.Decided, detail), nil
}

// switched is how a setting that is on or off stands in the log, which is in
// English like the names of the settings.
func switched(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// maxListing is the room for the value of one setting, in units: a dozen
// roles or channels, so that every setting is shown.
const maxListing = 350

// shownSettings lists what a server has decided.
func (h *handlers) shownSettings(ctx context.Context, s speaker, server string) string {
	set := h.store.Settings(server)
	none := s.say("settings.none")
	list := func(items []string) string {
		if len(items) == 0 {
			return none
		}
		shown, room := 0, maxListing
		for ; shown < len(items); shown++ {
			if room -= units(items[shown]) + 2; room < 0 {
				break
			}
		}
		if left := len(items) - shown; left > 0 {
			items = append(slices.Clone(items[:shown]), s.say("status.more", "Count", left))
		}
		return s.list(items)
	}
	onOff := func(on bool) string {
		if on {
			return s.say("settings.on")
		}
		return s.say("settings.off")
	}
	var roles, channels, uses []string
	for _, id := range set.Moderators {
		roles = append(roles, "<@&"+id+">")
	}
	for _, id := range slices.Sorted(maps.Keys(set.Listen)) {
		channels = append(channels, fmt.Sprintf("<#%s> (%d s)", id, set.Listen[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(set.Use)) {
		uses = append(uses, "<#"+id+">: "+s.ids(set.Use[id], h.desk.Corpus(ctx)))
	}
	logged, language := none, h.words.in(set.Language).say("language")
	if set.LogChannel != "" {
		logged = "<#" + set.LogChannel + ">"
	}
	lines := []string{
		bold + s.say("settings.head") + bold,
		"- " + s.say("settings.moderators", "Value", list(roles)),
		"- " + s.say("settings.listen", "Value", list(channels)),
	}
	if len(channels) > 0 && !h.reads {
		lines = append(lines, small(s.say("settings.unread")))
	}
	lines = append(lines,
		"- "+s.say("settings.use", "Value", list(uses)),
		"- "+s.say("settings.language", "Value", language),
		"- "+s.say("settings.private", "Value", onOff(set.Private)),
		"- "+s.say("settings.gaps", "Value", onOff(!set.NoGaps)),
		"- "+s.say("settings.retention", "Count", h.store.Retention(server)),
		"- "+s.say("settings.log", "Value", logged))
	text, left := fill(lines, maxText-300) // for a line under it
	if len(left) > 0 {
		text += "\n" + s.say("status.more", "Count", len(left))
	}
	return strings.TrimSpace(text)
}

// privacy says what is kept of a member, with a button to delete it.
func (h *handlers) privacy(_ context.Context, c Caller) (Reply, error) {
	s := h.speaker(c)
	if h.store == nil {
		return Reply{Text: s.say("privacy.nothing"), Private: true}, nil
	}
	n, err := h.store.Kept(c.ID)
	if err != nil {
		return Reply{}, err
	}
	lines := []string{
		bold + s.say("privacy.head") + bold,
		"- " + s.say("privacy.opinions", "Count", n),
		"- " + s.say("privacy.counts"),
		"- " + s.say("privacy.turns"),
	}
	if c.Server != "" {
		key := "privacy.gaps"
		if h.store.Settings(c.Server).NoGaps {
			key = "privacy.nogaps"
		}
		lines = append(lines, "- "+s.say(key, "Count", h.store.Retention(c.Server)))
	}
	lines = append(lines, "- "+s.say("privacy.log"))
	reply := Reply{Text: strings.Join(lines, "\n"), Private: true}
	reply.Buttons = [][]Button{{{Label: s.say("button.forget"), State: confirmPrefix + confirmForget + "." + c.ID, Disabled: n == 0}}}
	return reply, nil
}

// forget deletes what is tied to a member.
func (h *handlers) forget(c Caller) (Reply, error) {
	s := h.speaker(c)
	if h.store == nil {
		return Reply{Text: s.say("privacy.nothing"), Private: true}, nil
	}
	n, err := h.store.Forget(c.ID)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Text: s.say("privacy.forgotten", "Count", n), Update: true, Private: true}, nil
}
