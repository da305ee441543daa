package discordtest_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"verbatim/internal/discordtest"
)

// TestAnswersAreDiscords holds what the server answers against the
// description of what Discord answers.
func TestAnswersAreDiscords(t *testing.T) {
	path := os.Getenv(discordtest.DescriptionVariable)
	if path == "" {
		t.Skipf("SKIPPED: set %s to the path of Discord's openapi.json", discordtest.DescriptionVariable)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: "/api/v9"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	// The clock stands still: validating takes longer than an interaction
	// lives.
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := discordtest.New(t, discordtest.Options{Now: func() time.Time { return noon }})
	g, general, alice := s.Guild(), s.Channel("general"), s.Member("alice")
	g.Role("readers", discordtest.ViewChannel)
	thread := general.Thread("details")
	general.Overwrite(alice, discordtest.SendMessages, 0)
	register(t, s)
	commands := "/applications/" + s.AppID() + "/commands"
	hers := alice.Says(general, s.BotUser().Mention()+" hello", discordtest.WithFiles(discordtest.File{Name: "a.txt", Data: []byte("a")}))
	messages := "/channels/" + general.ID + "/messages"
	send(t, s, "POST", messages, message(`"content":"x","embeds":[{"title":"t","fields":[{"name":"n","value":"v"}]}],"components":[`+row(list(2, button))+`]`))
	own := general.Messages()[1]
	ask := alice.Slash(general, "ask", discordtest.Opt("question", "who?"))
	hook := "/webhooks/" + s.AppID() + "/" + ask.Token

	for _, r := range []struct{ method, path, body string }{
		{"GET", "/gateway", ""},
		{"GET", "/gateway/bot", ""},
		{"GET", "/users/@me", ""},
		{"GET", "/users/" + alice.ID, ""},
		{"POST", "/users/@me/channels", `{"recipient_id":"` + alice.ID + `"}`},
		{"GET", "/users/@me/guilds", ""},
		{"GET", "/applications/@me", ""},
		{"GET", "/guilds/" + g.ID, ""},
		{"GET", "/guilds/" + g.ID + "/channels", ""},
		{"GET", "/guilds/" + g.ID + "/roles", ""},
		{"GET", "/guilds/" + g.ID + "/members/" + alice.ID, ""},
		{"GET", "/channels/" + general.ID, ""},
		{"GET", "/channels/" + thread.ID, ""},
		{"GET", commands, ""},
		{"POST", commands, `{"name":"Ask about this","type":3}`},
		{"PUT", commands, "[" + command("ask", "[]") + "]"},
		{"GET", commands + "/" + s.Commands(nil)[0].ID, ""},
		{"POST", messages, message(`"content":"a reply","message_reference":{"message_id":"` + hers.ID + `"}`)},
		{"POST", messages, v2(`[{"type":17,"components":[{"type":10,"content":"x"},{"type":14}]}]`)},
		{"GET", messages, ""},
		{"GET", messages + "/" + hers.ID, ""},
		{"PATCH", messages + "/" + own.ID, message(`"content":"edited"`)},
		{"PUT", messages + "/" + hers.ID + "/reactions/%F0%9F%91%8D/@me", ""},
		{"GET", messages + "/" + hers.ID, ""},
		{"DELETE", messages + "/" + hers.ID + "/reactions/%F0%9F%91%8D/@me", ""},
		{"POST", "/channels/" + general.ID + "/typing", ""},
		{"POST", "/interactions/" + ask.ID + "/" + ask.Token + "/callback?with_response=true", response("4", message(`"content":"x"`))},
		{"GET", hook + "/messages/@original", ""},
		{"PATCH", hook + "/messages/@original", message(`"content":"y"`)},
		{"POST", hook + "?wait=true", message(`"content":"more"`)},
		{"DELETE", hook + "/messages/@original", ""},
		{"DELETE", messages + "/" + own.ID, ""},
		{"GET", messages + "/" + own.ID, ""}, // 404
	} {
		a := send(t, s, r.method, r.path, r.body)
		req, err := http.NewRequest(r.method, "/api/v9"+r.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		rt, params, err := router.FindRoute(req)
		if err != nil {
			t.Fatalf("%s %s: %v", r.method, r.path, err)
		}
		err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: rt},
			Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader([]byte(a.body))),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
		if err != nil {
			text := err.Error()
			if at := strings.Index(text, "\nSchema:"); at > 0 {
				text = text[:at]
			}
			t.Errorf("%s %s: %d: %s\n%s", r.method, r.path, a.status, text, a.body)
		}
	}
}
