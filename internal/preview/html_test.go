package preview

import (
	"strings"
	"testing"
	"time"
)

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"plain", "plain"},
		{"**bold** _it_ __under__ ~~struck~~ ||hidden||", "bold it under struck hidden"},
		{"> quoted\nafter", "quotedafter"}, // a quote is a block of its own: it ends its line
		{"-# small\n# head", "small\nhead"},
		{`\*not\* \_it\_ \\`, `*not* _it_ \`},
		{"[label](<https://a.example>) <https://b.example>", "label https://b.example"},
		{"`code *stays*`", "code *stays*"},
		{"a * b * c", "a  b  c"},
	} {
		if got := Visible(Parse(test.in)); got != test.want {
			t.Errorf("Parse(%q) shows %q, want %q", test.in, got, test.want)
		}
	}
}

func TestParseKinds(t *testing.T) {
	for in, want := range map[string]NodeKind{
		"@everyone": Mention, "<@1>": Mention, "<#2>": Mention, "</ask:3>": Mention, "<:a:1>": Emoji, ":smile:": Emoji, "<t:1:R>": Timestamp,
		"https://a.example": URL, "discord.gg/abc": URL, "# h": Heading, "- item": ListItem, "1. item": ListItem, "> q": Quote, ">>> q": Quote,
		"||s||": Spoiler, "```\nc\n```": CodeBlock, "[a](https://a.example)": Link,
	} {
		got := Parse(in)
		if len(got) == 0 || got[0].Kind != want {
			t.Errorf("Parse(%q) = %+v, want the kind %d", in, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	now := time.Unix(1000, 0)
	var b strings.Builder
	err := Write(&b, "A <title>", []Message{{
		Did: "/ask <b>", Text: "> quoted **answer** <script>\n— [T](<https://a.example/?a=1&b=2>) [x](javascript:alert)\n-# <t:940:R>", Private: true,
		Card: &Card{Text: "**More**\n> العربية", Colour: 0x00ff00}, Buttons: []Button{{Label: "Context"}, {Label: "Off", Disabled: true}},
	}}, now)
	if err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"A &lt;title&gt;", "/ask &lt;b&gt;", `<blockquote dir="auto">quoted <strong dir="auto">answer</strong> &lt;script&gt;`,
		`<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer">T</a>`, `href="#"`, "1 minute ago", "--edge: #00ff00", "Only you can see this",
		`<span class="button off">Off</span>`, "Phone, light",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in the page", want)
		}
	}
	for _, never := range []string{"<script>", "http://", "src="} {
		if strings.Contains(page, never) {
			t.Errorf("%q is in the page", never)
		}
	}
}
