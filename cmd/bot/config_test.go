package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"verbatim/internal/discord"
)

// env is an environment made of a map.
func env(m map[string]string) func(string) string {
	return func(key string) string { return m[key] }
}

// inFolder runs the test in an empty folder with the files given.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConfigDefaults(t *testing.T) {
	inFolder(t, nil)
	c, warnings, err := loadConfig(env(nil))
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if want := (config{Limits: discord.DefaultLimits()}); !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestConfigTakesTheCorpusBesideIt(t *testing.T) {
	inFolder(t, map[string]string{"corpus/a.md": "A.\n"})
	c, _, err := loadConfig(env(nil))
	if err != nil || c.CorpusDir != "corpus" {
		t.Errorf("CorpusDir = %q, %v; want the folder corpus", c.CorpusDir, err)
	}
}

func TestConfigEnvironmentWinsOverFile(t *testing.T) {
	inFolder(t, map[string]string{
		".env": "DISCORD_TOKEN=from-file\nDISCORD_GUILD_ID = 123456789012345678\nLOG_FORMAT=\"json\"\n" +
			"CORPUS_DIR=shelf\nMESSAGE_CONTENT_INTENT=yes\nDISCORD_API_URL=http://127.0.0.1:8080/api\nDATA_DIR=deep/data\n",
		"shelf/a.md": "A.\n",
	})
	c, warnings, err := loadConfig(env(map[string]string{"DISCORD_TOKEN": "Bot from-environment ", "LOG_LEVEL": "DEBUG", "DISCORD_GUILD_ID": "  "}))
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if c.LogLevel == nil || *c.LogLevel != slog.LevelDebug {
		t.Errorf("log level %v, want debug", c.LogLevel)
	}
	c.LogLevel = nil
	want := config{Token: secret{"from-environment"}, APIURL: "http://127.0.0.1:8080/api", MessageContent: true,
		CorpusDir: "shelf", DataDir: "deep/data", LogJSON: true, GuildID: "123456789012345678", Limits: discord.DefaultLimits()}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if !isFolder("deep/data") {
		t.Error("the folder DATA_DIR was not made")
	}
}

func TestConfigReportsEveryProblemAtOnce(t *testing.T) {
	const token = "MTA4.tok en.secret"
	inFolder(t, map[string]string{".env": "LOG_FORMAT=xml\n", "file": ""})
	_, _, err := loadConfig(env(map[string]string{
		"DISCORD_TOKEN": token, "DISCORD_GUILD_ID": "my server", "DISCORD_API_URL": "discord.example",
		"MESSAGE_CONTENT_INTENT": "maybe", "SHARD_COUNT": "few", "SHARD_ID": "3-1", "CORPUS_DIR": "nowhere", "DATA_DIR": "file/data", "RETENTION_DAYS": "0", "ALLOW_URL_IMPORT": "perhaps", "WATCH": "sometimes", "LOG_LEVEL": "loud",
		"LIMIT_MEMBER": "-1", "LIMIT_CHANNEL": "many", "LIMIT_SERVER": "1000001", "LOG_QUESTIONS": "some", "HTTP_ADDR": "http://localhost", "HTTP_PPROF": "perhaps",
	}))
	if err == nil {
		t.Fatal("a configuration that is wrong throughout was taken")
	}
	for _, s := range settings() {
		if !strings.Contains(err.Error(), s.key) {
			t.Errorf("%s is not reported:\n%v", s.key, err)
		}
	}
	if !strings.Contains(err.Error(), "LOG_FORMAT (.env)") || !strings.Contains(err.Error(), "LOG_LEVEL (environment)") {
		t.Errorf("it is not said where the value stands:\n%v", err)
	}
	for _, part := range strings.Fields(token) {
		if strings.Contains(err.Error(), part) {
			t.Errorf("the token is shown:\n%v", err)
		}
	}
}

func TestConfigShards(t *testing.T) {
	inFolder(t, nil)
	for _, tt := range []struct {
		count, id string
		want      discord.Shards
		wrong     string // "" when it is right
	}{
		{"", "", discord.Shards{}, ""},
		{"", "0", discord.Shards{IDs: []int{0}}, ""},
		{"auto", "", discord.Shards{Recommended: true}, ""},
		{"4", "", discord.Shards{Count: 4}, ""},
		{"16", "0-3", discord.Shards{Count: 16, IDs: []int{0, 1, 2, 3}}, ""},
		{"16", "1, 5,8 - 9", discord.Shards{Count: 16, IDs: []int{1, 5, 8, 9}}, ""},
		{"", "1", discord.Shards{}, "no shard 1 of 1"},
		{"4", "2-4", discord.Shards{}, "no shard 4 of 4"},
		{"4", "0-2,2", discord.Shards{}, "shard 2 is named twice"},
		{"auto", "0", discord.Shards{}, "recommends"},
		{"0", "", discord.Shards{}, "SHARD_COUNT (environment)"},
		{"99999999999999999999", "", discord.Shards{}, "SHARD_COUNT (environment)"},
		{"none", "1", discord.Shards{}, "SHARD_COUNT (environment)"},
		{"4", "-1", discord.Shards{}, "SHARD_ID (environment)"},
		{"4", "0-999999999", discord.Shards{}, "SHARD_ID (environment)"},
		{"4", "0,,1", discord.Shards{}, "SHARD_ID (environment)"},
	} {
		c, _, err := loadConfig(env(map[string]string{"SHARD_COUNT": tt.count, "SHARD_ID": tt.id}))
		switch {
		case tt.wrong == "" && (err != nil || !reflect.DeepEqual(c.Shards, tt.want)):
			t.Errorf("%q and %q: %+v, %v; want %+v", tt.count, tt.id, c.Shards, err, tt.want)
		case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong) || strings.Count(err.Error(), "SHARD_COUNT")+strings.Count(err.Error(), "SHARD_ID (") != 1):
			t.Errorf("%q and %q: %v; want %q, once", tt.count, tt.id, err, tt.wrong)
		}
	}
}

func TestConfigWarnsOfUnknownKeys(t *testing.T) {
	inFolder(t, map[string]string{".env": "DISCORD_TOKN=hush-hush\nANOTHER=1\n"})
	_, warnings, err := loadConfig(env(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0], "ANOTHER") || !strings.Contains(warnings[1], "DISCORD_TOKN") {
		t.Errorf("warnings = %q", warnings)
	}
	if strings.Contains(strings.Join(warnings, ""), "hush") {
		t.Errorf("a value is shown: %q", warnings)
	}
}

func TestConfigUnreadableFile(t *testing.T) {
	inFolder(t, map[string]string{".env": "DISCORD_TOKEN=\"hush-hush\nsecond line with no end\n"})
	_, _, err := loadConfig(env(nil))
	if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), ".env") {
		t.Errorf("error = %v; want one that names the file and shows nothing of it", err)
	}
}

func TestTokenIsNeverShown(t *testing.T) {
	c := config{Token: secret{"hush-hush"}}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "config", c, "token", c.Token)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "config", c, "token", c.Token)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		shown += fmt.Sprintf(verb, c) + fmt.Sprintf(verb, c.Token) + fmt.Sprintf(verb, &c)
	}
	if strings.Contains(shown, "hush") {
		t.Errorf("the token is shown: %s", shown)
	}
	if !strings.Contains(shown, "[set]") {
		t.Errorf("it is not said that a token is set: %s", shown)
	}
}

// TestExampleNamesEverySetting holds the keys against .env.example, in both
// directions, and each of them to a comment.
func TestExampleNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	inFile, err := godotenv.UnmarshalBytes(text)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, s := range settings() {
		known = append(known, s.key)
		if _, ok := inFile[s.key]; !ok {
			t.Errorf("%s is missing in .env.example", s.key)
		}
	}
	for key := range inFile {
		if !slices.Contains(known, key) {
			t.Errorf("%s in .env.example is not a setting", key)
		}
	}
	commented := regexp.MustCompile(`(?m)^#.+\n([A-Z_]+)=`)
	if got := len(commented.FindAllString(string(text), -1)); got != len(known) {
		t.Errorf("%d keys have a comment, want %d", got, len(known))
	}
	inFolder(t, map[string]string{".env": string(text)})
	if _, warnings, err := loadConfig(env(nil)); err != nil || len(warnings) > 0 {
		t.Errorf("the example as it stands is not right: %v, %v", warnings, err)
	}
}

// TestReadmeNamesEverySetting holds the table in README.md to the keys.
func TestReadmeNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	var want []string
	for _, s := range settings() {
		want = append(want, s.key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table has %q, want %q", got, want)
	}
}
