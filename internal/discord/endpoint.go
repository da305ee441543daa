package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// endpoint is the server that REST requests go to. As an http.RoundTripper it
// sends there what discordgo addresses to discord.com, and nothing else
// anywhere.
type endpoint struct {
	base     *url.URL // with the path that stands for /api/v9; nil for Discord itself
	http     http.RoundTripper
	answered func(status int) // told of every answer, and with 0 of every request that had none
}

// maxConns bounds the connections to the API where there is no HTTP/2. All are
// kept for later requests: a rush needs many, and making one costs more than a
// request does.
const maxConns = 128

// apiPath is what discordgo's addresses begin with.
const apiPath = "/api/v9"

// CheckAPIURL reports what is wrong with the address of a server that speaks
// Discord's API.
func CheckAPIURL(address string) error {
	_, err := apiURL(address)
	return err
}

func apiURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("%q is not an address such as https://discord.example:8443", address)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("may have a scheme, host, port and path only")
	}
	return u, nil
}

// newEndpoint reads the address of a server, "" for Discord.
func newEndpoint(address string) (*endpoint, error) {
	e := &endpoint{answered: func(int) {}, http: &http.Transport{
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          maxConns,
		MaxIdleConnsPerHost:   maxConns,
		MaxConnsPerHost:       maxConns,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: restTimeout,
	}}
	if address == "" {
		return e, nil
	}
	u, err := apiURL(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the API: %w", err)
	}
	e.base = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	if e.base.Path == "" {
		e.base.Path = apiPath
	}
	return e, nil
}

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 8 << 20

// RoundTrip implements http.RoundTripper.
func (e *endpoint) RoundTrip(r *http.Request) (*http.Response, error) {
	rest, ok := strings.CutPrefix(r.URL.Path, apiPath+"/")
	if r.URL.Scheme != "https" || r.URL.Host != "discord.com" || !ok {
		return nil, fmt.Errorf("request to %s refused: only Discord's API is spoken to", r.URL.Host)
	}
	if e.base != nil {
		to := *r.URL
		to.Scheme, to.Host = e.base.Scheme, e.base.Host
		to.Path, to.RawPath = e.base.Path+"/"+rest, ""
		r = r.WithContext(r.Context()) // a copy: who sends a request keeps it as it is
		r.URL, r.Host = &to, to.Host
	}
	resp, err := e.http.RoundTrip(r)
	if err != nil {
		e.answered(0)
		return nil, err
	}
	e.answered(resp.StatusCode)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return readable(resp)
	case http.StatusBadGateway: // discordgo hides what it answers to a 502; the next status is treated alike
		resp.StatusCode = http.StatusServiceUnavailable
	}
	return resp, nil
}

// readable makes sure that an answer of 429 has a body that discordgo can read:
// proxies in front of Discord send HTML, which it would take for broken JSON.
func readable(resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read an answer of 429: %w", errors.Join(err, resp.Body.Close()))
	}
	if err := resp.Body.Close(); err != nil {
		return nil, fmt.Errorf("close an answer of 429: %w", err)
	}
	var limit struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(body, &limit) != nil || limit.RetryAfter <= 0 {
		seconds, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
		if err != nil || seconds <= 0 {
			seconds = 1
		}
		body = fmt.Appendf(nil, `{"message":"rate limited","retry_after":%g}`, seconds)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// admits reports whether the gateway may be at host.
func (e *endpoint) admits(gateway *url.URL) bool {
	host := strings.ToLower(gateway.Hostname())
	if e.base == nil {
		return gateway.Scheme == "wss" && (host == "discord.gg" || strings.HasSuffix(host, ".discord.gg"))
	}
	want := strings.ToLower(e.base.Hostname())
	return host == want || loopback(host) && loopback(want)
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// closeIdle lets go of the connections that are kept for later.
func (e *endpoint) closeIdle() {
	if t, ok := e.http.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}
