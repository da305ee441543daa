package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/joho/godotenv"

	"verbatim/internal/discord"
	"verbatim/internal/health"
)

// envFile is the file of settings in the working folder.
const envFile = ".env"

// config is the whole configuration, checked.
type config struct {
	Token          secret
	GuildID        string         // register commands in this server only; "" registers them globally
	APIURL         string         // a server that speaks Discord's API; "" is Discord
	Shards         discord.Shards // which part of the servers this process serves
	MessageContent bool           // ask for the privileged message content intent
	CorpusDir      string         // "" serves the articles built into the program
	DataDir        string         // "" keeps everything in memory
	Retention      int            // days that unanswered questions are kept; 0 is the store's own
	AllowURLImport bool           // let moderators add pages of the web
	Watch          bool           // reload when files of the corpus change
	LogLevel       *slog.Level    // of the lines to write; nil when not set
	LogJSON        bool
	LogQuestions   bool           // write what members ask into the log
	Limits         discord.Limits // of requests a minute
	HTTPAddr       string         // where health checks are served; "" for nowhere
	HTTPProfile    bool           // serve profiles there as well
}

// secret is a value that is used and never shown.
type secret struct{ value string }

func (s secret) set() bool { return s.value != "" }

// String says whether the secret is set. fmt, slog and encoding/json print
// this in place of the value.
func (s secret) String() string {
	if s.set() {
		return "[set]"
	}
	return "[not set]"
}

func (s secret) GoString() string             { return s.String() }
func (s secret) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// setting is one key of the configuration and how its value is taken over.
// The value is never empty and has no white space around it.
type setting struct {
	key  string
	take func(c *config, value string) error
}

// settings lists every key, in the order of .env.example.
func settings() []setting {
	return []setting{
		{"DISCORD_TOKEN", takeToken},
		{"DISCORD_GUILD_ID", takeGuild},
		{"DISCORD_API_URL", takeAPIURL},
		{"MESSAGE_CONTENT_INTENT", takeBool(func(c *config) *bool { return &c.MessageContent })},
		{"SHARD_COUNT", takeShardCount},
		{"SHARD_ID", takeShardID},
		{"CORPUS_DIR", takeCorpusDir},
		{"DATA_DIR", takeDataDir},
		{"RETENTION_DAYS", takeRetention},
		{"ALLOW_URL_IMPORT", takeBool(func(c *config) *bool { return &c.AllowURLImport })},
		{"WATCH", takeBool(func(c *config) *bool { return &c.Watch })},
		{"LIMIT_MEMBER", takeLimit(func(c *config) *int { return &c.Limits.Member })},
		{"LIMIT_CHANNEL", takeLimit(func(c *config) *int { return &c.Limits.Channel })},
		{"LIMIT_SERVER", takeLimit(func(c *config) *int { return &c.Limits.Server })},
		{"LOG_LEVEL", takeLogLevel},
		{"LOG_FORMAT", takeLogFormat},
		{"LOG_QUESTIONS", takeBool(func(c *config) *bool { return &c.LogQuestions })},
		{"HTTP_ADDR", takeHTTPAddr},
		{"HTTP_PPROF", takeBool(func(c *config) *bool { return &c.HTTPProfile })},
	}
}

// loadConfig reads the environment and the file .env of the working folder,
// the environment winning, and reports every problem at once. Warnings are
// about keys in the file that mean nothing to this program.
func loadConfig(getenv func(string) string) (c config, warnings []string, err error) {
	file, unread := readEnvFile()
	c.Limits = discord.DefaultLimits()
	var problems []error
	wrong := map[string]bool{}
	for _, s := range settings() {
		value, from := strings.TrimSpace(getenv(s.key)), "environment"
		if value == "" {
			value, from = strings.TrimSpace(file[s.key]), envFile
		}
		delete(file, s.key)
		if value == "" {
			continue
		}
		if err := s.take(&c, value); err != nil {
			problems = append(problems, fmt.Errorf("%s (%s): %w", s.key, from, err))
			wrong[s.key] = true
		}
	}
	if unread != nil {
		return c, nil, unread
	}
	if err := c.Shards.Check(); err != nil && !wrong["SHARD_COUNT"] && !wrong["SHARD_ID"] {
		problems = append(problems, fmt.Errorf("SHARD_COUNT and SHARD_ID don't fit: %w", err))
	}
	if c.CorpusDir == "" && isFolder(localCorpus) {
		c.CorpusDir = localCorpus
	}
	for key := range file {
		warnings = append(warnings, fmt.Sprintf("%s: %q is not a setting of this bot; .env.example lists them", envFile, key))
	}
	slices.Sort(warnings)
	if len(problems) > 0 {
		return c, warnings, fmt.Errorf("the configuration is invalid:\n%w", errors.Join(problems...))
	}
	return c, warnings, nil
}

// readEnvFile reads the file of settings, if there is one.
func readEnvFile() (map[string]string, error) {
	file, err := godotenv.Read(envFile)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	// The parser quotes the line that it stumbles over, which may hold the token.
	var path *fs.PathError
	if errors.As(err, &path) {
		return nil, fmt.Errorf("read settings: %w", path)
	}
	return nil, fmt.Errorf("read settings: %s is not made of lines KEY=value", envFile)
}

// localCorpus is the folder that is served when none is named and it exists.
const localCorpus = "corpus"

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// takeToken does not know what a token looks like, for that is Discord's to
// change; it finds what people paste by mistake. It never repeats the value.
func takeToken(c *config, value string) error {
	if rest, ok := strings.CutPrefix(value, "Bot "); ok {
		value = strings.TrimSpace(rest)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("holds characters that no token has; please copy it again")
	}
	c.Token = secret{value}
	return nil
}

// An ID at Discord is a decimal number of 64 bits that holds a time.
var snowflake = regexp.MustCompile(`^[0-9]{15,20}$`)

func takeGuild(c *config, value string) error {
	if !snowflake.MatchString(value) {
		return fmt.Errorf("%q is not a server ID, which is a number of about 18 digits", value)
	}
	c.GuildID = value
	return nil
}

func takeAPIURL(c *config, value string) error {
	if err := discord.CheckAPIURL(value); err != nil {
		return err
	}
	c.APIURL = value
	return nil
}

func takeBool(field func(*config) *bool) func(*config, string) error {
	return func(c *config, value string) error {
		switch strings.ToLower(value) {
		case "yes", "on":
			value = "true"
		case "no", "off":
			value = "false"
		}
		on, err := strconv.ParseBool(strings.ToLower(value))
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		*field(c) = on
		return nil
	}
}

func takeShardCount(c *config, value string) error {
	if strings.EqualFold(value, "auto") {
		c.Shards.Recommended = true
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxShards {
		return fmt.Errorf("%q is neither auto nor a number of shards from 1 to %d", value, maxShards)
	}
	c.Shards.Count = n
	return nil
}

// maxShards is forty million servers' worth.
const maxShards = 16_384

// takeShardID reads numbers and ranges: 0, 0-3, 1,5, 0-3,8.
func takeShardID(c *config, value string) error {
	for part := range strings.SplitSeq(value, ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to := from
		if err == nil && ranged {
			to, err = strconv.Atoi(strings.TrimSpace(last))
		}
		if err != nil || from < 0 || to < from || to >= maxShards {
			return fmt.Errorf("%q is not a list of shards such as 0, 0-3 or 1,5", value)
		}
		for id := from; id <= to; id++ {
			c.Shards.IDs = append(c.Shards.IDs, id)
		}
	}
	return nil
}

func takeCorpusDir(c *config, value string) error {
	info, err := os.Stat(value)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is not a folder", value)
	}
	c.CorpusDir = value
	return nil
}

// takeDataDir makes the folder, so that a place that can't be written to is
// known at the start.
func takeDataDir(c *config, value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Errorf("%q is not the name of a folder", value)
	}
	if err := os.MkdirAll(value, 0o700); err != nil {
		return err
	}
	c.DataDir = value
	return nil
}

func takeLimit(field func(*config) *int) func(*config, string) error {
	return func(c *config, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > maxLimit {
			return fmt.Errorf("%q is not a number of requests a minute from 0 to %d", value, maxLimit)
		}
		*field(c) = n
		return nil
	}
}

// maxLimit is more than one machine answers.
const maxLimit = 1_000_000

func takeHTTPAddr(c *config, value string) error {
	if _, _, err := health.Address(value); err != nil {
		return err
	}
	c.HTTPAddr = value
	return nil
}

func takeRetention(c *config, value string) error {
	days, err := strconv.Atoi(value)
	if err != nil || days < 1 || days > maxRetention {
		return fmt.Errorf("%q is not a number of days from 1 to %d", value, maxRetention)
	}
	c.Retention = days
	return nil
}

// maxRetention is ten years: longer is a slip of the hand.
const maxRetention = 3650

func takeLogLevel(c *config, value string) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(value)); err != nil {
		return fmt.Errorf("%q is not debug, info, warn or error", value)
	}
	c.LogLevel = &level
	return nil
}

func takeLogFormat(c *config, value string) error {
	switch strings.ToLower(value) {
	case "text":
		c.LogJSON = false
	case "json":
		c.LogJSON = true
	default:
		return fmt.Errorf("%q is neither text nor json", value)
	}
	return nil
}
