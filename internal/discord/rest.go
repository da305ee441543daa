package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// Errors that end the bot, for nothing that it does could mend them. Run wraps
// them with what the operator can do.
var (
	ErrToken   = errors.New("the token was refused")
	ErrIntents = errors.New("the intents were refused")
	ErrGateway = errors.New("the gateway refused the bot")
)

// Codes of Discord's that mean that an interaction, or a message, is past
// answering: nothing more is to be tried.
const (
	codeUnknownChannel     = 10003
	codeUnknownMessage     = 10008
	codeUnknownWebhook     = 10015
	codeUnknownInteraction = 10062
	codeAcknowledged       = 40060
	codeExpiredToken       = 50027 // an interaction's, after a quarter of an hour
	codeCannotDM           = 50007
)

// isFinal reports whether err means that trying again, or in another way, is
// pointless.
func isFinal(err error) bool {
	switch apiCode(err) {
	case codeUnknownChannel, codeUnknownMessage, codeUnknownWebhook, codeUnknownInteraction, codeAcknowledged, codeExpiredToken:
		return true
	}
	return false
}

// refused reports whether Discord understood a request and won't do it, or can't.
func refused(err error) bool {
	status := httpStatus(err)
	return status >= 400 && status < 500 || status == http.StatusNotImplemented
}

// apiCode is the code in Discord's answer, 0 when there is none.
func apiCode(err error) int {
	var rest *discordgo.RESTError
	if errors.As(err, &rest) && rest.Message != nil {
		return rest.Message.Code
	}
	return 0
}

// httpStatus is the status of Discord's answer, 0 when none came.
func httpStatus(err error) int {
	var rest *discordgo.RESTError
	if errors.As(err, &rest) && rest.Response != nil {
		return rest.Response.StatusCode
	}
	return 0
}

// client speaks to Discord's REST interface through discordgo, within its rate
// limits. It is safe for concurrent use.
type client struct {
	session *discordgo.Session // never opened
	limits  *routeLimits
	logger  *slog.Logger
	refused func()              // called when the token is refused
	held    func(time.Duration) // called when a request waits for a rate limit
}

// Limits on REST requests.
const (
	restTimeout    = 15 * time.Second       // of one request; Discord's slowest answers take about 5 s
	leastTry       = 500 * time.Millisecond // less than that isn't kept for further tries: most answers take a fifth of it
	maxRetries     = 4
	firstRetryWait = 500 * time.Millisecond

	longestAnswerWait = 250 * time.Millisecond // between two tries of an answer to an interaction, half of the longest with its jitter
	leastLeft         = 100 * time.Millisecond // before the end of an interaction's time, that one more is worth it
)

func newClient(token string, target *endpoint, logger *slog.Logger, refused func()) (*client, error) {
	session, err := newSession(token, target)
	if err != nil {
		return nil, err
	}
	return &client{session: session, limits: newRouteLimits(), logger: logger, refused: refused, held: func(time.Duration) {}}, nil
}

// newSession makes a discordgo session that talks to target alone, never
// retries or reconnects by itself, and writes no log of its own.
func newSession(token string, target *endpoint) (*discordgo.Session, error) {
	s, err := discordgo.New("Bot " + strings.TrimPrefix(strings.TrimSpace(token), "Bot "))
	if err != nil {
		return nil, fmt.Errorf("make a session: %w", err)
	}
	s.Client = &http.Client{Timeout: restTimeout, Transport: target}
	s.LogLevel = -1
	s.StateEnabled = false
	s.SyncEvents = true
	s.Compress = false
	s.ShouldReconnectOnError = false
	s.ShouldRetryOnRateLimit = false
	s.MaxRestRetries = 0
	return s, nil
}

// repeatable is a body that must say when it is sent again, so that what the
// first sending did isn't done twice.
type repeatable interface{ repeated() any }

// do sends a request and decodes the answer into out, if that isn't nil. It
// waits for rate limits, and tries again after an answer of 5xx or none at all,
// as long as ctx allows. The path has no slash in front.
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	wait := firstRetryWait
	for try := 0; ; try++ {
		if r, ok := body.(repeatable); ok && try > 0 {
			body = r.repeated()
		}
		raw, err := c.limited(ctx, method, path, body, try < maxRetries)
		if err == nil {
			if out == nil || len(raw) == 0 {
				return nil
			}
			if err := json.Unmarshal(raw, out); err != nil {
				return fmt.Errorf("%s %s: decode the answer: %w", method, bucketOf(path), err)
			}
			return nil
		}
		pause, again := retryAfter(ctx, err, wait)
		if !again || try >= maxRetries {
			return fmt.Errorf("%s %s: %w", method, bucketOf(path), err)
		}
		c.logger.LogAttrs(ctx, slog.LevelDebug, "request put off", slog.String("method", method), slog.String("route", bucketOf(path)), slog.Duration("wait", pause))
		wait *= 2
		if over := c.hold(ctx, err, pause); over != nil {
			return fmt.Errorf("%s %s: %w, after %w", method, bucketOf(path), over, err)
		}
	}
}

// limited sends a request one time, under the limit of its route and that of
// everything.
func (c *client) limited(ctx context.Context, method, path string, body any, more bool) ([]byte, error) {
	limit, leave := c.limits.use(method + " " + bucketOf(path))
	defer leave()
	return c.once(ctx, method, path, body, limit, more)
}

// once sends a request one time, under a limit. A rate limit is an error. With
// more tries to come, it takes half of the time that is left at most, while that is
// worth a try: an answer that hangs costs a try and not the reply.
func (c *client) once(ctx context.Context, method, path string, body any, limit *routeLimit, more bool) ([]byte, error) {
	raw, contentType, err := encode(body)
	if err != nil {
		return nil, fmt.Errorf("encode the body: %w", err)
	}
	if err := limit.lock(ctx, c.held); err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok && more && time.Until(deadline)/2 > leastTry {
		half, cancel := context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
		ctx = half
	}
	answer, err := c.session.RequestWithLockedBucket(method, discordgo.EndpointAPI+path, contentType, raw, limit.bucket, 0, discordgo.WithContext(ctx))
	limit.told()
	if httpStatus(err) == http.StatusUnauthorized && !strings.HasPrefix(path, "webhooks/") && !strings.HasPrefix(path, "interactions/") {
		c.refused()
	}
	return answer, discreet(err, path, c.session.Token)
}

// maxShown bounds what an error shows of an answer's body, in bytes.
const maxShown = 300

// discreet takes out of an error what must not stand in a log: an address, which
// holds the secret of an interaction, bodies without end, and what a body repeats
// of the secrets that it was asked with.
func discreet(err error, path, token string) error {
	var transport *url.Error
	if errors.As(err, &transport) {
		transport.URL = bucketOf(path)
	}
	var limited *discordgo.RateLimitError
	if errors.As(err, &limited) && limited.RateLimit != nil {
		limited.URL = bucketOf(path)
	}
	var rest *discordgo.RESTError
	if errors.As(err, &rest) {
		secrets := []string{strings.TrimPrefix(token, "Bot ")}
		if parts := strings.Split(path, "/"); len(parts) > 2 && (parts[0] == "webhooks" || parts[0] == "interactions") {
			secrets = append(secrets, parts[2])
		}
		for _, s := range secrets {
			rest.ResponseBody = bytes.ReplaceAll(rest.ResponseBody, []byte(s), []byte("[secret]"))
		}
		if len(rest.ResponseBody) > maxShown {
			rest.ResponseBody = append(rest.ResponseBody[:maxShown:maxShown], "…"...)
		}
	}
	return err
}

// hold waits after err, and tells of the wait when it is for a rate limit and takes
// place.
func (c *client) hold(ctx context.Context, err error, wait time.Duration) error {
	begin := time.Now()
	over := sleep(ctx, wait)
	if isLimit(err) && !errors.Is(over, errNoTime) {
		c.held(time.Since(begin))
	}
	return over
}

func isLimit(err error) bool {
	var limited *discordgo.RateLimitError
	return errors.As(err, &limited) && limited.RateLimit != nil && limited.TooManyRequests != nil
}

// endless is as many retries as there is time for.
const endless = math.MaxInt

// answer sends something for an interaction, which has a limit to itself: no
// other request is held up by it, and nothing of it is kept. A rate limit is
// waited out when that takes no longer than ctx. Other tries are up to half a
// second apart, and closer to each other before the end of ctx, not to miss it.
func (c *client) answer(ctx context.Context, method, path string, body any, retries int) error {
	wait := firstRetryWait / 5
	for try := 0; ; try++ {
		_, err := c.once(ctx, method, path, body, newRouteLimit(bucketOf(path), nil), try < retries)
		if err == nil {
			return nil
		}
		pause, again := retryAfter(ctx, err, wait)
		deadline, ends := ctx.Deadline()
		if ends && !isLimit(err) {
			left := time.Until(deadline)
			pause = min(pause, left/2)
			again = again && left > leastLeft
		}
		if !again || try >= retries {
			return fmt.Errorf("%s %s: %w", method, bucketOf(path), err)
		}
		wait = min(2*wait, longestAnswerWait)
		if over := c.hold(ctx, err, pause); over != nil {
			return fmt.Errorf("%s %s: %w, after %w", method, bucketOf(path), over, err)
		}
	}
}

// retryAfter says whether a failed request may be tried again, and when: after
// a rate limit, an answer of 5xx, or no whole answer.
func retryAfter(ctx context.Context, err error, wait time.Duration) (time.Duration, bool) {
	var limited *discordgo.RateLimitError
	if errors.As(err, &limited) && limited.RateLimit != nil && limited.TooManyRequests != nil {
		return limited.RetryAfter + jitter(50*time.Millisecond), true
	}
	if ctx.Err() != nil || errors.Is(err, errNoTime) {
		return 0, false
	}
	status := httpStatus(err)
	return wait + jitter(wait), status == 0 || status >= 500
}

func jitter(most time.Duration) time.Duration { return rand.N(most + 1) }

// errNoTime is a wait that ends after its context.
var errNoTime = fmt.Errorf("there is no time to wait: %w", context.DeadlineExceeded)

// sleep waits, or returns ctx's error when that ends first, and errNoTime when it
// would.
func sleep(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return errNoTime
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// bucketOf is the route of a path, which rate limits go by: identifiers that
// aren't a limit's own are left out, and so are an interaction's secrets, so
// that it can be logged.
func bucketOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i := range parts {
		switch {
		case i == 1 && (parts[0] == "channels" || parts[0] == "guilds" || parts[0] == "applications"):
		case i > 1 && (parts[0] == "webhooks" || parts[0] == "interactions") && parts[i] != "messages" && parts[i] != "callback" && parts[i] != "@original":
			parts[i] = "…"
		case i > 0 && isSnowflake(parts[i]):
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

func isSnowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}
