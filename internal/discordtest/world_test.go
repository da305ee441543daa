package discordtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"verbatim/internal/discordtest"
)

func TestPermissions(t *testing.T) {
	const (
		view  = discordtest.ViewChannel
		send  = discordtest.SendMessages
		files = discordtest.AttachFiles
	)
	s := discordtest.New(t, discordtest.Options{})
	g := s.Guild()
	readers := g.Role("readers", 0)
	writers := g.Role("writers", discordtest.ManageMessages)
	register(t, s)
	for _, tt := range []struct {
		name    string
		member  *discordtest.Member
		channel func(c *discordtest.Channel, m *discordtest.Member)
		has     discordtest.Permission
		lacks   discordtest.Permission
	}{
		{"everyone", g.Member("a"), nil, view | send, discordtest.ManageGuild},
		{"a role", g.Member("b", discordtest.WithRoles(writers)), nil, discordtest.ManageMessages, discordtest.ManageGuild},
		{"own permissions", g.Member("c", discordtest.WithPermissions(discordtest.ManageGuild)), nil, discordtest.ManageGuild, discordtest.ManageMessages},
		{"administrator", g.Member("d", discordtest.WithPermissions(discordtest.Administrator)),
			func(c *discordtest.Channel, m *discordtest.Member) { c.Overwrite(m, 0, send) }, discordtest.AllPermissions, 0},
		{"owner", g.Owner(), func(c *discordtest.Channel, m *discordtest.Member) { c.Overwrite(m, 0, send) }, discordtest.AllPermissions, 0},
		{"denied to everyone", g.Member("e"),
			func(c *discordtest.Channel, _ *discordtest.Member) { c.Overwrite(g.Everyone(), 0, send) }, view, send},
		{"denied to everyone, allowed to a role", g.Member("f", discordtest.WithRoles(readers)),
			func(c *discordtest.Channel, _ *discordtest.Member) {
				c.Overwrite(g.Everyone(), 0, send)
				c.Overwrite(readers, send, 0)
			}, view | send, 0},
		{"allowed by one role, denied by another", g.Member("g", discordtest.WithRoles(readers, writers)),
			func(c *discordtest.Channel, _ *discordtest.Member) {
				c.Overwrite(readers, 0, send)
				c.Overwrite(writers, send, 0)
			}, send, 0},
		{"denied to the member", g.Member("h", discordtest.WithRoles(readers)),
			func(c *discordtest.Channel, m *discordtest.Member) {
				c.Overwrite(readers, send, 0)
				c.Overwrite(m, files, send)
			}, files, send},
		{"hidden", g.Member("i"), func(c *discordtest.Channel, m *discordtest.Member) { c.Overwrite(m, 0, view) }, 0, discordtest.AllPermissions},
	} {
		c := g.Channel(tt.name)
		if tt.channel != nil {
			tt.channel(c, tt.member)
		}
		// A thread is as its channel.
		for _, where := range []*discordtest.Channel{c, c.Thread("thread of " + tt.name)} {
			r, _ := ready(t, s)
			tt.member.Slash(where, "ask", discordtest.Opt("question", "x"), discordtest.Forged())
			p := r.until("INTERACTION_CREATE")
			var d struct {
				Member struct {
					Permissions uint64 `json:",string"`
				}
			}
			if err := json.Unmarshal(p[len(p)-1].Data, &d); err != nil {
				t.Fatal(err)
			}
			got := discordtest.Permission(d.Member.Permissions)
			if got&tt.has != tt.has || got&tt.lacks != 0 {
				t.Errorf("%s, type %d: permissions %b", tt.name, where.Type, got)
			}
		}
	}
}

func TestTheBotNeedsPermissions(t *testing.T) {
	for _, tt := range []struct {
		name   string
		deny   discordtest.Permission
		body   string
		status int
		code   int
	}{
		{"view", discordtest.ViewChannel, message(`"content":"x"`), 403, discordtest.CodeMissingAccess},
		{"send", discordtest.SendMessages, message(`"content":"x"`), 403, discordtest.CodeMissingPermissions},
		{"embed", discordtest.EmbedLinks, embed(`"title":"t"`), 403, discordtest.CodeMissingPermissions},
		{"text without embeds", discordtest.EmbedLinks, message(`"content":"x"`), 200, 0},
		{"history", discordtest.ReadMessageHistory, message(`"content":"x","message_reference":{"message_id":"1","fail_if_not_exists":false}`), 403, discordtest.CodeNoHistory},
	} {
		s := discordtest.New(t, discordtest.Options{})
		c := s.Channel("general")
		c.Overwrite(s.Guild().Bot(), 0, tt.deny)
		if a := send(t, s, "POST", "/channels/"+c.ID+"/messages", tt.body); a.status != tt.status || a.code != tt.code {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
		}
	}
	s := discordtest.New(t, discordtest.Options{})
	thread := s.Channel("general").Thread("t")
	s.Channel("general").Overwrite(s.Guild().Everyone(), 0, discordtest.SendMessages)
	if a := send(t, s, "POST", "/channels/"+thread.ID+"/messages", message(`"content":"x"`)); a.status != 200 {
		t.Errorf("a thread needs SEND_MESSAGES_IN_THREADS only: %d", a.status)
	}
	r, _ := ready(t, s)
	hidden := s.Channel("staff")
	hidden.Overwrite(s.Guild().Bot(), 0, discordtest.ViewChannel)
	alice := s.Member("alice")
	alice.Says(hidden, s.BotUser().Mention())
	shown := alice.Says(s.Channel("general"), "shown")
	p := r.until("MESSAGE_CREATE")
	if !strings.Contains(string(p[len(p)-1].Data), shown.ID) {
		t.Errorf("the bot is told of a hidden channel: %s", p[len(p)-1].Data)
	}
}

func TestReplyReference(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	alice, general := s.Member("alice"), s.Channel("general")
	path := "/channels/" + general.ID + "/messages"
	asked := alice.Says(general, "hello")
	if a := send(t, s, "POST", path, message(`"content":"x","message_reference":{"message_id":"`+asked.ID+`"}`)); a.status != 200 {
		t.Fatal(a)
	}
	m := s.Reply(asked)
	if all := s.Replies(asked); len(all) != 1 || all[0] != m {
		t.Errorf("%d replies, want one", len(all))
	}
	if m.ReferencedMessage.Content != "hello" || len(m.Mentions) != 0 {
		t.Errorf("reply refers to %+v, mentions %v", m.ReferencedMessage, m.Mentions)
	}
	alice.Deletes(asked)
	if a := send(t, s, "POST", path, message(`"content":"x","message_reference":{"message_id":"`+asked.ID+`"}`)); a.status != 400 || a.code != discordtest.CodeInvalidForm {
		t.Errorf("reply to a deleted message: %d %s", a.status, a.body)
	}
	if a := send(t, s, "POST", path, message(`"content":"y","message_reference":{"message_id":"`+asked.ID+`","fail_if_not_exists":false}`)); a.status != 200 {
		t.Errorf("with fail_if_not_exists false: %d %s", a.status, a.body)
	}
}

func TestEditsAndDeletes(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	events := make(chan string, 16)
	d := connect(t, s,
		func(_ *discordgo.Session, m *discordgo.MessageUpdate) {
			if m.Author != nil && !m.Author.Bot {
				events <- "edited: " + m.Content
			}
		},
		func(_ *discordgo.Session, m *discordgo.MessageDelete) { events <- "deleted " + m.ID })
	alice := s.Member("alice")
	dm := alice.DM("first")
	edited := alice.Edits(dm, "second")
	if got := <-events; got != "edited: second" || edited.EditedTimestamp == nil {
		t.Errorf("event %q", got)
	}
	unfurled := s.Unfurl(dm, discordtest.Embed{Title: "a link"})
	if got := <-events; got != "edited: second" || len(unfurled.Embeds) != 1 {
		t.Errorf("event %q", got)
	}
	alice.Deletes(dm)
	if got := <-events; got != "deleted "+dm.ID {
		t.Errorf("event %q", got)
	}
	own, err := d.ChannelMessageSendComplex(dm.ChannelID, &discordgo.MessageSend{Content: "mine", AllowedMentions: silent})
	if err != nil {
		t.Fatal(err)
	}
	before := s.Message(own.ID)
	go d.ChannelMessageEditComplex(&discordgo.MessageEdit{Channel: own.ChannelID, ID: own.ID, Content: ptr("changed"), AllowedMentions: silent})
	if got := s.WaitEdit(before); got.Content != "changed" {
		t.Errorf("after the edit: %q", got.Content)
	}
	go d.ChannelMessageDelete(own.ChannelID, own.ID)
	s.WaitGone(before)
	if a := send(t, s, "PATCH", "/channels/"+own.ChannelID+"/messages/"+own.ID, message(`"content":"x"`)); a.status != 404 || a.code != discordtest.CodeUnknownMessage {
		t.Errorf("edit of a deleted message: %d %s", a.status, a.body)
	}
}

func ptr[T any](v T) *T { return &v }

func TestFiles(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{})
	d := connect(t, s)
	general := s.Channel("general")
	_, err := d.ChannelMessageSendComplex(general.ID, &discordgo.MessageSend{Content: "here", AllowedMentions: silent,
		Files: []*discordgo.File{{Name: "gaps.csv", ContentType: "text/csv", Reader: strings.NewReader("a,b\n")},
			{Name: "b.txt", Reader: strings.NewReader("two")}}})
	if err != nil {
		t.Fatal(err)
	}
	m := general.Messages()[0]
	if len(m.Attachments) != 2 || m.Attachments[0].Filename != "gaps.csv" || string(s.FileData(m.Attachments[1])) != "two" {
		t.Fatalf("attachments = %+v", m.Attachments)
	}
	resp, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "a,b\n" || resp.Header.Get("Content-Type") != "text/csv" {
		t.Errorf("download: %q %v %v", got, resp.Header, err)
	}
	if n := s.Stats().Downloads; n != 1 {
		t.Errorf("%d downloads counted", n)
	}
	s.Fail("GET", "/cdn/attachments/{id}/{name}", 1, discordtest.Fault{Status: 404})
	gone, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	if gone.Body.Close(); gone.StatusCode != 404 {
		t.Errorf("a failing download: %d", gone.StatusCode)
	}
	// A command's file comes with its address.
	a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands",
		command("add", `[{"type":11,"name":"file","description":"d"}]`))
	if a.status != 200 {
		t.Fatal(a)
	}
	r, _ := ready(t, s)
	s.Member("alice").Slash(general, "add", discordtest.Opt("file", discordtest.File{Name: "x.md", Data: []byte("# X")}))
	p := r.until("INTERACTION_CREATE")
	if got := string(p[len(p)-1].Data); !strings.Contains(got, `"filename":"x.md"`) || !strings.Contains(got, s.URL()+"/cdn/attachments/") {
		t.Errorf("INTERACTION_CREATE: %s", got)
	}
}

func TestListingMessages(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	general := s.Channel("general")
	var ids []string
	for range 5 {
		ids = append(ids, s.Member("alice").Says(general, "x").ID)
	}
	list := func(query string) []string {
		t.Helper()
		a := send(t, s, "GET", "/channels/"+general.ID+"/messages"+query, "")
		var ms []struct {
			ID      string
			Content string
		}
		if err := json.Unmarshal([]byte(a.body), &ms); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, m := range ms {
			out = append(out, m.ID)
			if m.Content != "" {
				t.Errorf("REST shows %q without the message content intent", m.Content)
			}
		}
		return out
	}
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"", []string{ids[4], ids[3], ids[2], ids[1], ids[0]}},
		{"?limit=2", []string{ids[4], ids[3]}},
		{"?limit=2&before=" + ids[3], []string{ids[2], ids[1]}},
		{"?limit=2&after=" + ids[1], []string{ids[3], ids[2]}},
	} {
		if got := list(tt.query); !slices.Equal(got, tt.want) {
			t.Errorf("%q gives %v, want %v", tt.query, got, tt.want)
		}
	}
}

func TestDirectMessages(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	alice := s.Member("alice")
	a := send(t, s, "POST", "/users/@me/channels", `{"recipient_id":"`+alice.ID+`"}`)
	if a.status != 200 || !strings.Contains(a.body, alice.DMChannel().ID) {
		t.Fatalf("open: %d %s", a.status, a.body)
	}
	path := "/channels/" + alice.DMChannel().ID + "/messages"
	if a := send(t, s, "POST", path, message(`"content":"x"`)); a.status != 200 {
		t.Errorf("send: %d", a.status)
	}
	alice.CloseDMs()
	if a := send(t, s, "POST", path, message(`"content":"x"`)); a.status != 403 || a.code != discordtest.CodeCannotMessageUser {
		t.Errorf("closed: %d %s", a.status, a.body)
	}
}

func TestDeletedChannel(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	c := s.Channel("short-lived")
	i := s.Member("alice").Slash(c, "ask", discordtest.Opt("question", "x"))
	c.Delete()
	if a := send(t, s, "POST", "/channels/"+c.ID+"/messages", message(`"content":"x"`)); a.code != discordtest.CodeUnknownChannel {
		t.Errorf("message: %d %s", a.status, a.body)
	}
	if a := send(t, s, "POST", callbackOf(i), response("4", message(`"content":"x"`))); a.code != discordtest.CodeUnknownChannel {
		t.Errorf("response: %d %s", a.status, a.body)
	}
}

func TestTypingAndReactions(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	general := s.Channel("general")
	m := s.Member("alice").Says(general, "x")
	send(t, s, "POST", "/channels/"+general.ID+"/typing", "")
	if n := general.TypingCount(); n != 1 {
		t.Errorf("typing %d times", n)
	}
	path := "/channels/" + general.ID + "/messages/" + m.ID + "/reactions/%F0%9F%91%8D/@me"
	for range 2 {
		if a := send(t, s, "PUT", path, ""); a.status != 204 {
			t.Errorf("react: %d %s", a.status, a.body)
		}
	}
	if got := s.Message(m.ID).Reactions; len(got) != 1 || got[0].Count != 1 || got[0].Emoji.Name != "👍" {
		t.Errorf("reactions = %+v", got)
	}
	send(t, s, "DELETE", path, "")
	if got := s.Message(m.ID).Reactions; len(got) != 0 {
		t.Errorf("reactions left: %+v", got)
	}
}

func TestSilence(t *testing.T) {
	for _, spoken := range []bool{false, true} {
		var rec recorder
		s := discordtest.New(&rec, discordtest.Options{})
		m := s.Member("alice").Says(s.Channel("general"), "nothing to do with you")
		s.ExpectSilence(m)
		if spoken {
			send(t, s, "POST", "/channels/"+m.ChannelID+"/messages", message(`"content":"but","message_reference":{"message_id":"`+m.ID+`"}`))
		}
		rec.finish()
		if got := strings.Contains(rec.errors.String(), "was to be silent"); got != spoken {
			t.Errorf("spoken %v: the test was told %q", spoken, rec.errors.String())
		}
	}
}

func TestRetention(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Retain: 3})
	register(t, s)
	general, alice := s.Channel("general"), s.Member("alice")
	var last []*discordtest.Message
	var first *discordtest.Interaction
	for range 10 {
		last = append(last, alice.Says(general, "x", discordtest.WithFiles(discordtest.File{Name: "f", Data: []byte("y")})))
		i := alice.Slash(general, "ask", discordtest.Opt("question", "x"))
		if first == nil {
			first = i
		}
	}
	if got := general.Messages(); len(got) != 3 || got[2] != last[9] {
		t.Errorf("%d messages kept", len(got))
	}
	if s.Message(last[0].ID) != nil || s.FileData(last[0].Attachments[0]) != nil || s.FileData(last[9].Attachments[0]) == nil {
		t.Error("old messages and files are kept, or new ones aren't")
	}
	if a := send(t, s, "POST", callbackOf(first), response("5", "{}")); a.code != discordtest.CodeUnknownInteraction {
		t.Errorf("an old interaction: %d %s", a.status, a.body)
	}
	if n := len(s.Unanswered()); n != 3 {
		t.Errorf("%d interactions kept", n)
	}
}
