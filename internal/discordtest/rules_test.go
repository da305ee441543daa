package discordtest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"verbatim/internal/discordtest"
)

// answer is what the server said to a request.
type answer struct {
	status int
	header http.Header
	body   string
	code   int
}

// send makes a REST request as the bot would.
func send(t *testing.T, s *discordtest.Server, method, path, body string) answer {
	t.Helper()
	return sendAs(t, s, method, path, "application/json", body)
}

func sendAs(t *testing.T, s *discordtest.Server, method, path, kind, body string) answer {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, s.URL()+"/api/v9"+path, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+s.Token())
	if body != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Code int `json:"code"`
	}
	if resp.StatusCode >= 400 {
		json.Unmarshal(raw, &e) // HTML has no code
	}
	return answer{resp.StatusCode, resp.Header, string(raw), e.Code}
}

// text is a JSON string of n characters.
func text(n int) string { return `"` + strings.Repeat("ä", n) + `"` }

// list is a JSON list of n times the element, in which # is the number.
func list(n int, element string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.ReplaceAll(element, "#", strings.Repeat("x", i+1))
	}
	return "[" + strings.Join(out, ",") + "]"
}

const (
	quiet  = `"allowed_mentions":{"parse":[]}`
	button = `{"type":2,"style":1,"label":"b","custom_id":"#"}`
)

func row(components string) string { return `{"type":1,"components":` + components + `}` }

func message(fields string) string { return "{" + quiet + "," + fields + "}" }

func v2(components string) string {
	return message(`"flags":32768,"components":` + components)
}

func embed(fields string) string { return message(`"embeds":[{` + fields + `}]`) }

func selectOf(options string) string {
	return message(`"components":[` + row(`[{"type":3,"custom_id":"s","options":`+options+`}]`) + `]`)
}

type ruleTest struct {
	rule      string // part of what the violation says, when the rules find it
	good, bad string
	described bool // the description finds it, too, and says it otherwise
}

// check sends both bodies and looks at what came of them.
func (rt ruleTest) check(t *testing.T, try func(t *testing.T, s *discordtest.Server, body string) answer) {
	t.Run(rt.rule, func(t *testing.T) {
		s := discordtest.New(t, discordtest.Options{AllowViolations: true})
		if a := try(t, s, rt.good); a.status >= 300 {
			t.Errorf("good: %d %s", a.status, a.body)
		}
		if v := s.Violations(); len(v) > 0 {
			t.Fatalf("good: %v", v)
		}
		a := try(t, s, rt.bad)
		v := s.Violations()
		if len(v) == 0 {
			t.Fatalf("bad: no violation; status %d", a.status)
		}
		if a.status != http.StatusBadRequest {
			t.Errorf("bad: status %d, want 400", a.status)
		}
		if a.code != discordtest.CodeInvalidForm && a.code != discordtest.CodeEmptyMessage {
			t.Errorf("bad: code %d", a.code)
		}
		if rt.described && os.Getenv(discordtest.DescriptionVariable) != "" {
			return
		}
		if !slices.ContainsFunc(v, func(v discordtest.Violation) bool { return strings.Contains(v.Rule, rt.rule) }) {
			t.Errorf("violations %v, want %q", v, rt.rule)
		}
		if got := s.Stats().Invalid; got != 1 {
			t.Errorf("%d invalid requests counted, want 1", got)
		}
	})
}

func TestMessageRules(t *testing.T) {
	long := `"flags":32768,"components":[{"type":10,"content":` + text(2000) + `},{"type":10,"content":`
	for _, rt := range []ruleTest{
		{rule: "content is 0 to 2000", good: message(`"content":` + text(2000)), bad: message(`"content":` + text(2001))},
		{rule: "Cannot send an empty message", good: message(`"content":"x"`), bad: message(`"content":"  "`)},
		{rule: "at most 10 embeds", good: message(`"embeds":` + list(10, `{"title":"t"}`)),
			bad: message(`"embeds":` + list(11, `{"title":"t"}`)), described: true},
		{rule: "6,000 characters in all", good: message(`"embeds":[{"description":` + text(4000) + `},{"description":` + text(2000) + `}]`),
			bad: message(`"embeds":[{"description":` + text(4000) + `},{"description":` + text(2001) + `}]`)},
		{rule: "an embed's title", good: embed(`"title":` + text(256)), bad: embed(`"title":` + text(257)), described: true},
		{rule: "an embed's description", good: embed(`"description":` + text(4096)), bad: embed(`"description":` + text(4097)), described: true},
		{rule: "25 fields", good: embed(`"fields":` + list(25, `{"name":"n","value":"v"}`)),
			bad: embed(`"fields":` + list(26, `{"name":"n","value":"v"}`)), described: true},
		{rule: "the name of an embed's field", good: embed(`"fields":[{"name":` + text(256) + `,"value":"v"}]`),
			bad: embed(`"fields":[{"name":` + text(257) + `,"value":"v"}]`), described: true},
		{rule: "the value of an embed's field", good: embed(`"fields":[{"name":"n","value":` + text(1024) + `}]`),
			bad: embed(`"fields":[{"name":"n","value":""}]`)},
		{rule: "an embed's footer", good: embed(`"footer":{"text":` + text(2048) + `}`),
			bad: embed(`"footer":{"text":` + text(2049) + `}`), described: true},
		{rule: "an embed's author", good: embed(`"author":{"name":` + text(256) + `}`),
			bad: embed(`"author":{"name":` + text(257) + `}`), described: true},
		{rule: "an embed is not empty", good: embed(`"title":"t"`), bad: embed(`"color":5`)},
		{rule: "an embed's address", good: embed(`"title":"t","url":"https://a.example/b"`),
			bad: embed(`"title":"t","url":"javascript:alert(1)"`), described: true},
		{rule: "has neither content", good: v2(`[{"type":10,"content":"x"}]`),
			bad: message(`"content":"y","flags":32768,"components":[{"type":10,"content":"x"}]`)},
		{rule: "needs the flag IS_COMPONENTS_V2", good: v2(`[{"type":17,"components":[{"type":10,"content":"x"}]}]`),
			bad: message(`"components":[{"type":17,"components":[{"type":10,"content":"x"}]}]`)},
		{rule: "at most 40 components", good: v2(`[{"type":17,"components":` + list(39, `{"type":10,"content":"x"}`) + `}]`),
			bad: v2(`[{"type":17,"components":` + list(20, `{"type":10,"content":"x"}`) + `},{"type":17,"components":` + list(19, `{"type":10,"content":"x"}`) + `}]`)},
		{rule: "at most 4,000 characters in all", good: "{" + quiet + "," + long + text(2000) + `}]}`, bad: "{" + quiet + "," + long + text(2001) + `}]}`},
		{rule: "a text display is", good: v2(`[{"type":10,"content":"x"}]`), bad: v2(`[{"type":10,"content":""}]`), described: true},
		{rule: "a section has 1 to 3 texts", good: v2(`[{"type":9,"components":[{"type":10,"content":"x"}],"accessory":{"type":2,"style":1,"label":"b","custom_id":"c"}}]`),
			bad: v2(`[{"type":9,"components":` + list(4, `{"type":10,"content":"x"}`) + `,"accessory":{"type":2,"style":1,"label":"b","custom_id":"c"}}]`), described: true},
		{rule: "a section has a button", good: v2(`[{"type":9,"components":[{"type":10,"content":"x"}],"accessory":{"type":11,"media":{"url":"https://a.example/p.png"}}}]`),
			bad: v2(`[{"type":9,"components":[{"type":10,"content":"x"}]}]`), described: true},
		{rule: "a container is not empty", good: v2(`[{"type":17,"components":[{"type":14}]}]`), bad: v2(`[{"type":17,"components":[]}]`), described: true},
		{rule: "the id of a component is unique", good: v2(`[{"type":10,"id":1,"content":"x"},{"type":10,"id":2,"content":"x"}]`),
			bad: v2(`[{"type":10,"id":1,"content":"x"},{"type":10,"id":1,"content":"x"}]`)},
		{rule: "at most 5 rows", good: message(`"components":` + list(5, row(`[{"type":2,"style":1,"label":"b","custom_id":"#"}]`))),
			bad: message(`"components":` + list(6, row(`[{"type":2,"style":1,"label":"b","custom_id":"#"}]`)))},
		{rule: "5 buttons or one select", good: message(`"components":[` + row(list(5, button)) + `]`),
			bad: message(`"components":[` + row(list(6, button)) + `]`), described: true},
		{rule: "a custom_id is unique", good: message(`"components":[` + row(list(2, button)) + `]`),
			bad: message(`"components":[` + row(list(2, `{"type":2,"style":1,"label":"b","custom_id":"same"}`)) + `]`)},
		{rule: "custom_id is 1 to 100", good: message(`"components":[` + row(`[{"type":2,"style":1,"label":"b","custom_id":`+text(100)+`}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":1,"label":"b","custom_id":`+text(101)+`}]`) + `]`), described: true},
		{rule: "a button's label", good: message(`"components":[` + row(`[{"type":2,"style":1,"custom_id":"c","label":`+text(80)+`}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":1,"custom_id":"c","label":`+text(81)+`}]`) + `]`), described: true},
		{rule: "a button has a label or an emoji", good: message(`"components":[` + row(`[{"type":2,"style":1,"custom_id":"c","emoji":{"name":"👍"}}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":1,"custom_id":"c"}]`) + `]`)},
		{rule: "a link is", good: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"https://a.example/`+strings.Repeat("x", 494)+`"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"https://a.example/`+strings.Repeat("x", 495)+`"}]`) + `]`), described: true},
		{rule: "a select has 1 to 25 options", good: selectOf(list(25, `{"label":"l","value":"#"}`)),
			bad: selectOf(list(26, `{"label":"l","value":"#"}`)), described: true},
		{rule: "the label of a select's option", good: selectOf(`[{"label":` + text(100) + `,"value":"v"}]`),
			bad: selectOf(`[{"label":` + text(101) + `,"value":"v"}]`), described: true},
		{rule: "the values of a select's options differ", good: selectOf(list(2, `{"label":"l","value":"#"}`)),
			bad: selectOf(list(2, `{"label":"l","value":"v"}`))},
		{rule: "a select's placeholder", good: message(`"components":[` + row(`[{"type":5,"custom_id":"s","placeholder":`+text(150)+`}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":5,"custom_id":"s","placeholder":`+text(151)+`}]`) + `]`), described: true},
		{rule: "of its options be chosen", good: message(`"components":[` + row(`[{"type":3,"custom_id":"s","max_values":2,"options":`+list(2, `{"label":"l","value":"#"}`)+`}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":3,"custom_id":"s","max_values":3,"options":`+list(2, `{"label":"l","value":"#"}`)+`}]`) + `]`)},
		{rule: "stands in a modal only", good: message(`"components":[` + row(list(1, button)) + `]`),
			bad: message(`"components":[` + row(`[{"type":4,"custom_id":"i","style":1,"label":"l"}]`) + `]`), described: true},
		{rule: "at most 10 attachments", good: message(`"content":"x"`),
			bad: message(`"content":"x","attachments":` + list(11, `{"id":0}`)), described: true},
		{rule: "a link has no custom_id", good: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"https://a.example"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"https://a.example","custom_id":"c"}]`) + `]`)},
		{rule: "a link is http", good: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"http://a.example"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":5,"label":"l","url":"ftp://a.example"}]`) + `]`)},
		{rule: "only a link button", good: message(`"components":[` + row(`[{"type":2,"style":1,"label":"l","custom_id":"c"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":1,"label":"l","custom_id":"c","url":"https://a.example"}]`) + `]`)},
		{rule: "a style from 1 to 6", good: message(`"components":[` + row(`[{"type":2,"style":4,"label":"l","custom_id":"c"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":2,"style":7,"label":"l","custom_id":"c"}]`) + `]`), described: true},
		{rule: "only a string select", good: message(`"components":[` + row(`[{"type":5,"custom_id":"s"}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":5,"custom_id":"s","options":[{"label":"l","value":"v"}]}]`) + `]`)},
		{rule: "of its options be chosen", good: message(`"components":[` + row(`[{"type":5,"custom_id":"s","min_values":0,"max_values":25}]`) + `]`),
			bad: message(`"components":[` + row(`[{"type":5,"custom_id":"s","min_values":3,"max_values":2}]`) + `]`)},
		{rule: "can't stand at the top", good: message(`"components":[` + row(list(1, button)) + `]`),
			bad: message(`"components":[` + strings.ReplaceAll(button, "#", "x") + `]`), described: true},
		{rule: "a row holds buttons", good: message(`"components":[` + row(list(1, button)) + `]`),
			bad: v2(`[` + row(`[{"type":10,"content":"x"}]`) + `]`), described: true},
		{rule: "a row is not empty", good: message(`"components":[` + row(list(1, button)) + `]`), bad: message(`"components":[` + row(`[]`) + `]`), described: true},
		{rule: "can't stand in a container", good: v2(`[{"type":17,"components":[` + row(list(1, button)) + `]}]`),
			bad: v2(`[{"type":17,"components":[{"type":17,"components":[{"type":14}]}]}]`), described: true},
		{rule: "a section holds texts only", good: v2(`[{"type":9,"components":[{"type":10,"content":"x"}],"accessory":` + strings.ReplaceAll(button, "#", "x") + `}]`),
			bad: v2(`[{"type":9,"components":[{"type":14}],"accessory":` + strings.ReplaceAll(button, "#", "x") + `}]`), described: true},
		{rule: "1 to 10 pictures", good: v2(`[{"type":12,"items":` + list(10, `{"media":{"url":"https://a.example/p"}}`) + `}]`),
			bad: v2(`[{"type":12,"items":` + list(11, `{"media":{"url":"https://a.example/p"}}`) + `}]`), described: true},
		{rule: "the description of a picture", good: v2(`[{"type":12,"items":[{"media":{"url":"https://a.example/p"},"description":` + text(1024) + `}]}]`),
			bad: v2(`[{"type":12,"items":[{"media":{"url":"https://a.example/p"},"description":` + text(1025) + `}]}]`), described: true},
		{rule: "a known type of component", good: v2(`[{"type":14}]`), bad: v2(`[{"type":99}]`), described: true},
		{rule: "at most 100 users", good: message(`"content":"x"`),
			bad: `{"content":"x","allowed_mentions":{"parse":[],"users":` + numbers(101) + `}}`, described: true},
		{rule: "excludes the list", good: message(`"content":"x"`),
			bad: `{"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}}`},
		{rule: "a nonce is at most 25", good: message(`"content":"x","nonce":"1234567890123456789012345"`),
			bad: message(`"content":"x","nonce":"12345678901234567890123456"`), described: true},
		{rule: "an attachment's description", good: message(`"content":"x"`),
			bad: message(`"content":"x","attachments":[{"id":0,"description":` + text(1025) + `}]`), described: true},
	} {
		rt.check(t, func(t *testing.T, s *discordtest.Server, body string) answer {
			t.Helper()
			return send(t, s, "POST", "/channels/"+s.Channel("general").ID+"/messages", body)
		})
	}
}

// numbers is a JSON list of n different ids.
func numbers(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = `"` + string(rune('1'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)) + `"`
	}
	return "[" + strings.Join(ids, ",") + "]"
}

func TestPingsAreViolations(t *testing.T) {
	for name, body := range map[string]string{
		"absent":  `{"content":"hi"}`,
		"null":    `{"content":"hi","allowed_mentions":{"parse":null}}`,
		"users":   `{"content":"hi","allowed_mentions":{"parse":["users"]}}`,
		"one":     `{"content":"hi","allowed_mentions":{"parse":[],"users":["1"]}}`,
		"replied": `{"content":"hi","allowed_mentions":{"parse":[],"replied_user":true}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{AllowViolations: true})
			path := "/channels/" + s.Channel("general").ID + "/messages"
			if a := send(t, s, "POST", path, body); a.status != http.StatusOK {
				t.Errorf("status %d: Discord takes it", a.status)
			}
			if v := s.Violations(); len(v) != 1 || !strings.Contains(v[0].Rule, "allowed_mentions") {
				t.Errorf("violations = %v", v)
			}
			permissive := discordtest.New(t, discordtest.Options{AllowPings: true})
			send(t, permissive, "POST", "/channels/"+permissive.Channel("general").ID+"/messages", body)
			if v := permissive.Violations(); len(v) != 0 {
				t.Errorf("with AllowPings: %v", v)
			}
		})
	}
}

func TestEditRules(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	path := "/channels/" + s.Channel("general").ID + "/messages"
	if a := send(t, s, "POST", path, message(`"content":"x"`)); a.status != http.StatusOK {
		t.Fatal(a)
	}
	m := s.Channel("general").Messages()[0]
	path += "/" + m.ID
	for _, tt := range []struct {
		body string
		want int
	}{
		{`{"components":[` + row(list(1, button)) + `]}`, 200},
		{`{"content":""}`, 200}, // the button is left
		{`{"components":[]}`, 400},
		{`{"components":null}`, 400},
		{`{` + quiet + `,"flags":32768,"components":[{"type":10,"content":"now V2"}]}`, 200},
		{`{` + quiet + `,"content":"back again"}`, 400}, // the flag can't be unset
		{`{` + quiet + `,"content":"x","embeds":[{"title":"t"}]}`, 400},
	} {
		if a := send(t, s, "PATCH", path, tt.body); a.status != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.body, a.status, a.body, tt.want)
		}
	}
	if got := s.Message(m.ID).Text(); got != "now V2" {
		t.Errorf("in the end: %q", got)
	}
	send(t, s, "POST", "/channels/"+m.ChannelID+"/messages", message(`"content":"x"`))
	plain := s.Channel("general").Messages()[1]
	a := send(t, s, "PATCH", "/channels/"+m.ChannelID+"/messages/"+plain.ID, `{`+quiet+`,"flags":32768,"components":[{"type":10,"content":"V2"}]}`)
	if a.status != 400 {
		t.Errorf("V2 over content that stays: %d", a.status)
	}
}

func TestUnknownRouteIsAViolation(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{AllowViolations: true})
	if a := send(t, s, "GET", "/stage-instances", ""); a.status != http.StatusNotFound {
		t.Errorf("status %d", a.status)
	}
	if v := s.Violations(); len(v) != 1 || v[0].Route != "GET /stage-instances" {
		t.Errorf("violations = %v", v)
	}
}

func TestBodyThatIsNoJSON(t *testing.T) {
	for kind, body := range map[string]string{
		"application/json":                "{",
		"text/plain":                      "{",
		"multipart/form-data":             "{",
		"multipart/form-data; boundary=b": "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{",
	} {
		s := discordtest.New(t, discordtest.Options{AllowViolations: true})
		a := sendAs(t, s, "POST", "/channels/"+s.Channel("general").ID+"/messages", kind, body)
		if a.status != http.StatusBadRequest || len(s.Violations()) != 1 {
			t.Errorf("%s: status %d, violations %v", kind, a.status, s.Violations())
		}
	}
}

// TestBodyThatIsCutOff: a request whose connection ends in the middle of its
// body is no fault of the bot's, whichever side ends it.
func TestBodyThatIsCutOff(t *testing.T) {
	for name, reset := range map[string]bool{"by the bot": true, "by the server": false} {
		t.Run(name, func(t *testing.T) {
			var failed recorder
			s := discordtest.New(&failed, discordtest.Options{})
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "POST /api/v10/channels/%s/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"+
				"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n", s.Channel("general").ID)
			// The server asks for the body once its handler reads it.
			if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
				t.Fatalf("%q, %v", line, err)
			}
			fmt.Fprint(conn, `{"content":`)
			if reset {
				if err := conn.(*net.TCPConn).SetLinger(0); err != nil {
					t.Fatal(err)
				}
				conn.Close()
			}
			failed.finish()
			if failed.errors.Len() > 0 || len(s.Violations()) > 0 {
				t.Errorf("the test was told: %s%v", failed.errors.String(), s.Violations())
			}
		})
	}
}

func TestViolationsFailTheTest(t *testing.T) {
	var failed recorder
	s := discordtest.New(&failed, discordtest.Options{})
	send(t, s, "POST", "/channels/"+s.Channel("general").ID+"/messages", message(`"content":`+text(2001)))
	failed.finish()
	if !bytes.Contains(failed.errors.Bytes(), []byte("content is 0 to 2000")) &&
		!bytes.Contains(failed.errors.Bytes(), []byte("the API description")) {
		t.Errorf("the test was told: %s", failed.errors.String())
	}
	if !strings.Contains(failed.logs.String(), "1 requests (1×400), 1 invalid") {
		t.Errorf("the log: %s", failed.logs.String())
	}
}
