package discordtest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"
)

// DescriptionVariable is the environment variable that holds the path of
// Discord's OpenAPI description. Without it requests are held against the
// server's own rules only.
const DescriptionVariable = "VERBATIM_OPENAPI"

// loaded is Discord's description of its API, loaded once a process because
// that takes a fifth of a second; nil when there is none.
var loaded = sync.OnceValues(loadDescription)

// saidSkipped makes the notice about a missing description one a process.
var saidSkipped sync.Once

// description finds routes and parameters by kin-openapi. Bodies are held
// against schemas compiled here, once each: kin-openapi compiles the schema
// of a 3.1 description anew for each request, which takes 14 ms.
type description struct {
	router routers.Router

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	bodies   map[string]*jsonschema.Schema // by method and path; nil for none
}

func sayWhetherValidated(t testing.TB) {
	t.Helper()
	d, err := loaded()
	if err != nil {
		t.Fatalf("discordtest: %v", err)
	}
	if d == nil {
		saidSkipped.Do(func() {
			t.Logf("discordtest: SKIPPED the validation of requests against Discord's OpenAPI description: "+
				"set %s to the path of its openapi.json", DescriptionVariable)
		})
	}
}

const schemaAddress = "https://discord.invalid/openapi.json" // absolute: a relative one would follow the working folder

func loadDescription() (*description, error) {
	path := os.Getenv(DescriptionVariable)
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the API description: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("load the API description %s: %w", path, err)
	}
	doc.Servers = openapi3.Servers{{URL: "/api/v10"}, {URL: "/api/v9"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route by the API description %s: %w", path, err)
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("decode the API description %s: %w", path, err)
	}
	mend(tree)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(schemaAddress, tree); err != nil {
		return nil, fmt.Errorf("add the API description %s: %w", path, err)
	}
	return &description{router: router, compiler: c, bodies: map[string]*jsonschema.Schema{}}, nil
}

// mend corrects what the description is known to say wrongly: permissions are
// strings of digits to Discord, and to be written so.
func mend(v any) {
	switch v := v.(type) {
	case map[string]any:
		if p, ok := v["default_member_permissions"].(map[string]any); ok && strings.Contains(fmt.Sprint(p["type"]), "integer") {
			v["default_member_permissions"] = map[string]any{
				"type": []any{"string", "integer", "null"}, "pattern": `^\d+$`}
		}
		for _, e := range v {
			mend(e)
		}
	case []any:
		for _, e := range v {
			mend(e)
		}
	}
}

// body gives the schema of a route's JSON body; nil when it takes none.
func (d *description) body(rt *routers.Route) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := rt.Method + " " + rt.Path
	if s, ok := d.bodies[key]; ok {
		return s, nil
	}
	var s *jsonschema.Schema
	if b := rt.Operation.RequestBody; b != nil && b.Value != nil && b.Value.Content["application/json"] != nil {
		path := strings.NewReplacer("~", "~0", "/", "~1").Replace(rt.Path)
		at := schemaAddress + "#/paths/" + url.PathEscape(path) + "/" + strings.ToLower(rt.Method) +
			"/requestBody/content/application~1json/schema"
		var err error
		if s, err = d.compiler.Compile(at); err != nil {
			return nil, fmt.Errorf("compile the schema of %s: %w", key, err)
		}
	}
	d.bodies[key] = s
	return s, nil
}

// validate holds the request against the description. Of a multipart request
// the part payload_json counts as the body.
func validate(c *call) []broken {
	d, err := loaded()
	if d == nil || err != nil || c.s.opts.NoDescription {
		return nil
	}
	wrong := func(detail string) []broken {
		return []broken{{rule: "the API description", detail: shorten(strings.ReplaceAll(detail, "\n", " "), 400)}}
	}
	r := &http.Request{Method: c.r.Method, Header: http.Header{}, Host: c.r.Host, Body: http.NoBody,
		URL: &url.URL{Path: "/api/v10" + c.r.URL.Path, RawQuery: c.r.URL.RawQuery}}
	r = r.WithContext(c.r.Context())
	rt, params, err := d.router.FindRoute(r)
	if err != nil {
		return wrong(err.Error())
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: rt,
		Options: &openapi3filter.Options{ExcludeRequestBody: true, SkipSettingDefaults: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		return wrong(err.Error())
	}
	schema, err := d.body(rt)
	if err != nil {
		return wrong(err.Error())
	}
	if schema == nil {
		return nil
	}
	if len(c.body) == 0 {
		if rt.Operation.RequestBody.Value.Required {
			return wrong("a body is required")
		}
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.body))
	if err != nil {
		return wrong("the body is not JSON: " + err.Error())
	}
	if err := schema.Validate(v); err != nil {
		return wrong(explain(err))
	}
	return nil
}

// explain says what the description found wrong.
func explain(err error) string {
	var top *jsonschema.ValidationError
	if !errors.As(err, &top) {
		return err.Error()
	}
	printer := xmessage.NewPrinter(language.English)
	var out []string
	for _, e := range leaves(top) {
		out = append(out, "/"+strings.Join(e.InstanceLocation, "/")+": "+e.ErrorKind.LocalizedString(printer))
	}
	return strings.Join(out[:min(3, len(out))], "; ")
}

// leaves gives the errors without causes. Of a union's variants it leaves out
// those of another type than the value says it is.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	causes := e.Causes
	switch e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		meant := slices.DeleteFunc(slices.Clone(causes), func(c *jsonschema.ValidationError) bool {
			return slices.ContainsFunc(leaves(c), func(l *jsonschema.ValidationError) bool {
				return ofOtherType(l, e.InstanceLocation)
			})
		})
		if len(meant) == 0 {
			return []*jsonschema.ValidationError{e}
		}
		causes = meant
	}
	var out []*jsonschema.ValidationError
	for _, c := range causes {
		out = append(out, leaves(c)...)
	}
	return out
}

// ofOtherType reports whether the error is that the value at a place is of
// another type than the variant.
func ofOtherType(e *jsonschema.ValidationError, place []string) bool {
	n := len(e.InstanceLocation)
	switch e.ErrorKind.(type) {
	case *kind.Const, *kind.Enum:
		return n == len(place)+1 && e.InstanceLocation[n-1] == "type"
	case *kind.Type:
		return n == len(place) // null and the like
	}
	return false
}
