package discordtest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTranscript(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	register(t, s)
	if a := send(t, s, "POST", "/applications/"+s.AppID()+"/commands", `{"name":"Ask about this","type":3}`); a.status != 200 {
		t.Fatal(a)
	}
	alice, bob, general := s.Member("alice"), s.Member("bob"), s.Channel("general")
	tr := s.Transcript()
	tr.Mask(`\d+ ms`, "some ms")
	tr.Note("# Asking")
	path := "/channels/" + general.ID + "/messages"
	say := func(to *discordtest.Message, fields string) {
		t.Helper()
		if a := send(t, s, "POST", path, message(fields+`,"message_reference":{"message_id":"`+to.ID+`"}`)); a.status != 200 {
			t.Fatal(a)
		}
	}

	asked := alice.Says(general, s.BotUser().Mention()+" who?\nand when?")
	say(asked, `"content":"> Some **people**","embeds":[{"title":"Source","url":"https://a.example","description":"one\ntwo","fields":[{"name":"took","value":"12 ms"}],"footer":{"text":"rev 1"}}],"components":[`+
		row(`[{"type":2,"style":1,"label":"More","custom_id":"more"},{"type":2,"style":5,"label":"Read","url":"https://a.example"},{"type":2,"style":2,"custom_id":"off","emoji":{"name":"👍"},"disabled":true}]`)+`]`)
	answer := s.Reply(asked)
	s.Reply(asked) // looked at twice, written once
	edited := alice.Edits(asked, "who else?")
	say(edited, `"content":"no more"`)
	if a := send(t, s, "PATCH", path+"/"+answer.ID, message(`"content":"changed","components":[],"embeds":[]`)); a.status != 200 {
		t.Fatal(a)
	}
	s.WaitEdit(answer)
	send(t, s, "DELETE", path+"/"+answer.ID, "")
	s.WaitGone(answer)

	typing := alice.Autocomplete(general, "ask", "question", "wh")
	send(t, s, "POST", callbackOf(typing), response("8", `{"choices":[{"name":"who?","value":"who?"},{"name":"when?","value":"when?"}]}`))
	typing.Reply()
	ask := alice.Slash(general.Thread("details"), "ask", discordtest.Opt("question", "who, <@"+bob.ID+">?"))
	send(t, s, "POST", callbackOf(ask), response("4", message(`"flags":32832,"components":[{"type":17,"components":[{"type":9,"components":[{"type":10,"content":"> A\n> B"}],"accessory":{"type":2,"style":1,"label":"Context","custom_id":"c"}},{"type":14},{"type":10,"content":"p. 2"}]},`+
		row(`[{"type":3,"custom_id":"pick","placeholder":"Which?","options":[{"label":"One","value":"1"}]}]`)+`]`)))
	m := ask.Reply().Message
	send(t, s, "POST", "/webhooks/"+s.AppID()+"/"+ask.Token, message(`"content":"more","flags":64`))
	ask.FollowUp(1)
	pick := alice.Selects(m, "Which?", []string{"One"})
	send(t, s, "POST", callbackOf(pick), response("7", `{"components":[{"type":10,"content":"picked"}],"allowed_mentions":{"parse":[]}}`))
	pick.Reply()

	menu := bob.MessageCommand("Ask about this", edited)
	send(t, s, "POST", callbackOf(menu), response("9", `{"custom_id":"add","title":"Add","components":[`+
		row(`[{"type":4,"custom_id":"title","style":1,"label":"Title","value":"T"}]`)+`]}`))
	menu.Reply()
	sent := bob.SubmitsModal(menu, map[string]string{"Title": "Story"})
	send(t, s, "POST", callbackOf(sent), response("5", `{"flags":64}`))
	sent.Now()
	send(t, s, "PATCH", "/webhooks/"+s.AppID()+"/"+sent.Token+"/messages/@original", message(`"content":"added"`))
	sent.Reply()
	bob.DM("hello", discordtest.WithFiles(discordtest.File{Name: "a.txt", Data: []byte("abc")}))
	bob.Deletes(bob.Says(general, "oops"))

	tr.Compare(filepath.Join("testdata", "transcript.txt"), *update)
}

func TestTranscriptThatDiffers(t *testing.T) {
	var rec recorder
	s := discordtest.New(&rec, discordtest.Options{})
	defer rec.finish()
	tr := s.Transcript()
	s.Member("alice").Says(s.Channel("general"), "now")
	path := filepath.Join(t.TempDir(), "golden.txt")
	if err := os.WriteFile(path, []byte("alice in #general:\n    then\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tr.Compare(path, false)
	if got := rec.errors.String(); !strings.Contains(got, "at line 2\nwant:     then\ngot:      now") {
		t.Errorf("the test was told %q", got)
	}
	tr.Compare(path, true)
	rec.errors.Reset()
	tr.Compare(path, false)
	if got := rec.errors.String(); got != "" {
		t.Errorf("after an update: %q", got)
	}
}
