package discord

import (
	"github.com/bwmarrin/discordgo"

	"verbatim/internal/library"
)

// presence is what members see beside the bot's name.
type presence struct {
	status string // online, idle or dnd
	text   string
}

// presenceOf shows what is loaded, that it is being loaded again, or that the
// last attempt failed and the articles are those of before.
func presenceOf(s speaker, st library.Status, trouble bool) presence {
	switch {
	case st.Loading:
		text := s.say("presence.loading")
		if p := s.progress(st.Progress); p != "" {
			text += " · " + p
		}
		return presence{"idle", text}
	case st.Articles == 0:
		return presence{"dnd", s.say("presence.empty")}
	case trouble:
		return presence{"dnd", s.say("presence.trouble", "Revision", string(st.Revision))}
	}
	return presence{"online", s.say("presence.ready", "Count", st.Articles, "Revision", string(st.Revision))}
}

// progress says how far a reload has come; "" when that isn't known.
func (s speaker) progress(p library.Progress) string {
	if p.Of == 0 || p.Stage == "" {
		return ""
	}
	return s.say("progress."+string(p.Stage), "Done", p.Done, "Of", p.Of)
}

// activityWatching reads "Watching …" in every client.
func (p presence) activity() discordgo.Activity {
	return discordgo.Activity{Name: p.text, Type: discordgo.ActivityTypeWatching}
}

func (p presence) identify() discordgo.GatewayStatusUpdate {
	return discordgo.GatewayStatusUpdate{Status: p.status, Game: p.activity()}
}

func (p presence) update() discordgo.UpdateStatusData {
	a := p.activity()
	return discordgo.UpdateStatusData{Status: p.status, Activities: []*discordgo.Activity{&a}}
}
