package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRequest is the size above which Discord refuses a request, in bytes.
const maxRequest = 25 << 20

// apiError is an answer of Discord's that says what is wrong.
type apiError struct {
	Status  int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	Errors  any    `json:"errors,omitempty"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s (%d)", e.Status, e.Message, e.Code) }

// Codes of Discord's errors that the server gives.
const (
	CodeUnknownChannel      = 10003
	CodeUnknownGuild        = 10004
	CodeUnknownMember       = 10007
	CodeUnknownMessage      = 10008
	CodeUnknownUser         = 10013
	CodeUnknownWebhook      = 10015
	CodeUnknownInteraction  = 10062
	CodeUnknownCommand      = 10063
	CodeTooManyFollowUps    = 40094
	CodeAlreadyAcknowledged = 40060
	CodeMissingAccess       = 50001
	CodeEmptyMessage        = 50006
	CodeCannotMessageUser   = 50007
	CodeOtherAuthor         = 50005
	CodeMissingPermissions  = 50013
	CodeInvalidToken        = 50014
	CodeInvalidForm         = 50035
	CodeNoHistory           = 160002
)

func unknown(code int, what string) *apiError {
	return &apiError{Status: http.StatusNotFound, Code: code, Message: "Unknown " + what}
}

func forbidden(code int, message string) *apiError {
	return &apiError{Status: http.StatusForbidden, Code: code, Message: message}
}

// call is one REST request.
type call struct {
	s     *Server
	r     *http.Request
	route route
	body  json.RawMessage // payload_json of a multipart request
	files map[string]File // by the name of their form field

	arrived time.Time // before any fault delayed it
	parsed  *parsed   // the message in the body; nil while it is not decoded
}

// parsed is a decoded message, or what is wrong with it.
type parsed struct {
	message messageBody
	bad     []broken
}

// messageBody decodes the message in the body once: raw is always the same.
func (c *call) messageBody(raw json.RawMessage) (messageBody, []broken) {
	if c.parsed == nil {
		b, bad := parseMessage(raw)
		c.parsed = &parsed{b, bad}
	}
	return c.parsed.message, c.parsed.bad
}

func (c *call) path(name string) string { return c.r.PathValue(name) }

// route is an endpoint. handle runs with the server's lock held and gives the
// value to answer with; nil means 204. What it gives must not change later.
type route struct {
	pattern string // method and path
	open    bool   // needs no Authorization
	noLimit bool   // doesn't count to the global limit
	handle  func(*call) (any, *apiError)
	check   func(*call) []broken // rules that the description misses
}

// broken is a rule that a request breaks; a silent one is recorded though
// Discord would not refuse the request.
type broken struct {
	rule, detail string
	code         int // 50035 when zero
	silent       bool
}

// api gives the handler of the REST routes, without the version's prefix.
func (s *Server) api() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, rt) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.record(Violation{Route: r.Method + " " + r.URL.Path, Rule: "no such route in the test server"})
		s.count(r.Method+" unknown", http.StatusNotFound, true, false)
		writeJSON(w, http.StatusNotFound, &apiError{Message: "404: Not Found"})
	})
	return mux
}

func (s *Server) count(pattern string, status int, invalid, injected bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Requests++
	s.stats.Routes[pattern]++
	s.stats.Status[status]++
	if invalid {
		s.stats.Invalid++
	}
	if injected {
		s.stats.Injected++
	}
	s.touch()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt route) {
	s.mu.Lock()
	away := s.gateway.script.away || s.closed
	s.mu.Unlock()
	if away {
		hangUp(w)
		return
	}
	c := &call{s: s, r: r, route: rt, arrived: s.now()}
	err := c.read()
	if errors.Is(err, errCutOff) {
		hangUp(w)
		return
	}
	if err != nil {
		s.refuse(w, c, []broken{{rule: "a body that can be read", detail: err.Error()}})
		return
	}
	fault := s.nextFault(r.Method, r.URL.Path)
	if fault != nil && !fault.Processed {
		s.pause(r, fault.Delay)
		if fault.onlyDelays() {
			fault = nil
		}
	}
	if fault != nil && !fault.Processed {
		s.inject(w, r, rt, fault)
		return
	}
	if !s.authorised(rt, r) {
		status, e := http.StatusUnauthorized, &apiError{Message: "401: Unauthorized"}
		if s.opts.Dialect.OddAuthErrors {
			status, e.Code = http.StatusBadRequest, CodeInvalidToken
		}
		s.count(rt.pattern, status, false, false)
		writeJSON(w, status, e)
		return
	}
	if !s.withinLimit(w, rt) {
		return
	}
	if bad := s.check(c); len(bad) > 0 && s.refuse(w, c, bad) {
		return
	}
	s.mu.Lock()
	value, failure := rt.handle(c)
	s.touch()
	s.mu.Unlock()
	if fault != nil {
		s.pause(r, fault.Delay)
		s.inject(w, r, rt, fault)
		return
	}
	status := http.StatusOK
	switch {
	case failure != nil:
		status, value = failure.Status, failure
	case value == nil:
		status = http.StatusNoContent
	}
	s.count(rt.pattern, status, failure != nil && failure.Status == http.StatusBadRequest, false)
	writeJSON(w, status, value)
}

// check is what is wrong with the request.
func (s *Server) check(c *call) []broken {
	bad := validate(c)
	if s.opts.Dialect.StrictBodies {
		bad = append(bad, oddFields(c.body)...)
	}
	if c.route.check != nil && len(bad) == 0 {
		bad = append(bad, c.route.check(c)...)
	}
	if s.opts.AllowPings {
		bad = slices.DeleteFunc(bad, func(b broken) bool { return b.silent })
	}
	return bad
}

// refuse records what is wrong and answers 400 as Discord does, unless it is
// nothing that Discord would refuse.
func (s *Server) refuse(w http.ResponseWriter, c *call, bad []broken) bool {
	e := &apiError{Status: http.StatusBadRequest, Code: CodeInvalidForm, Message: "Invalid Form Body"}
	details, refused := []object{}, false
	for _, b := range bad {
		s.record(Violation{Route: c.route.pattern, Rule: b.rule, Detail: b.detail, Body: shorten(string(c.body), 600)})
		if b.silent {
			continue
		}
		refused = true
		if b.code != 0 {
			e.Code, e.Message = b.code, b.rule
		}
		details = append(details, object{"code": "BASE_TYPE_INVALID", "message": strings.TrimSpace(b.rule + " " + b.detail)})
	}
	if refused {
		e.Errors = object{"_errors": details}
		s.count(c.route.pattern, http.StatusBadRequest, true, false)
		writeJSON(w, http.StatusBadRequest, e)
	}
	return refused
}

func (s *Server) authorised(rt route, r *http.Request) bool {
	if rt.open {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Header.Get("Authorization") == "Bot "+s.opts.Token && !s.gateway.script.revoked
}

// errCutOff is of a body that did not arrive whole: the bot has gone, or the
// server stops. Neither is the bot's fault.
var errCutOff = errors.New("the body did not arrive whole")

// read takes the body, and the parts of a multipart one.
func (c *call) read() error {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, c.r.Body, maxRequest))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errCutOff, err)
	}
	if len(raw) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", c.r.Header.Get("Content-Type"), err)
	}
	switch kind {
	case "application/json":
		c.body = raw
		return nil
	case "multipart/form-data":
	default:
		return fmt.Errorf("content type %q", kind)
	}
	c.files = map[string]File{}
	parts := multipart.NewReader(bytes.NewReader(raw), params["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if p.FormName() == "payload_json" {
			c.body = data
			continue
		}
		if p.FileName() == "" || !strings.HasPrefix(p.FormName(), "files[") {
			return fmt.Errorf("form field %q is neither payload_json nor files[n] with a file's name", p.FormName())
		}
		c.files[p.FormName()] = File{Name: p.FileName(), ContentType: p.Header.Get("Content-Type"), Data: data}
	}
}

// uploads are the request's files in the order of their numbers.
func (c *call) uploads() []File {
	var out []File
	for i := range maxAttachments {
		if f, ok := c.files["files["+strconv.Itoa(i)+"]"]; ok {
			out = append(out, f)
		}
	}
	return out
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	if v == nil || status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: an answer that is not JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(raw)
}

func shorten(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}
