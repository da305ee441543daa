package discordtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// DescriptionVariable is the environment variable that holds the path of
// Discord's OpenAPI description. Without it requests are held against the
// server's own rules only.
const DescriptionVariable = "VERBATIM_OPENAPI"

// description is Discord's description of its API, loaded once a process
// because that takes a sixth of a second; nil when there is none.
var description = sync.OnceValues(loadDescription)

// saidSkipped makes the notice about a missing description one a process.
var saidSkipped sync.Once

func sayWhetherValidated(t testing.TB) {
	t.Helper()
	router, err := description()
	if err != nil {
		t.Fatalf("discordtest: %v", err)
	}
	if router == nil {
		saidSkipped.Do(func() {
			t.Logf("discordtest: SKIPPED the validation of requests against Discord's OpenAPI description: "+
				"set %s to the path of its openapi.json", DescriptionVariable)
		})
	}
}

func loadDescription() (routers.Router, error) {
	path := os.Getenv(DescriptionVariable)
	if path == "" {
		return nil, nil
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("load the API description %s: %w", path, err)
	}
	doc.Servers = openapi3.Servers{{URL: "/api/v10"}, {URL: "/api/v9"}}
	mend(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route by the API description %s: %w", path, err)
	}
	return router, nil
}

// mend corrects what the description is known to say wrongly: permissions are
// strings of digits to Discord, and to be written so.
func mend(doc *openapi3.T) {
	for _, ref := range doc.Components.Schemas {
		p := ref.Value.Properties["default_member_permissions"]
		if p == nil || p.Value == nil || p.Value.Type == nil || !p.Value.Type.Includes("integer") {
			continue
		}
		p.Value = &openapi3.Schema{Type: &openapi3.Types{"string", "integer", "null"}, Pattern: `^\d+$`}
	}
}

// validate holds the request against the description. Of a multipart request
// the part payload_json counts as the body.
func validate(c *call) []broken {
	router, err := description()
	if router == nil || err != nil {
		return nil
	}
	r := &http.Request{
		Method: c.r.Method, Header: http.Header{}, Host: c.r.Host,
		URL: &url.URL{Path: "/api/v10" + c.r.URL.Path, RawQuery: c.r.URL.RawQuery},
	}
	r = r.WithContext(c.r.Context())
	r.Body = http.NoBody
	if c.body != nil {
		r.Body = io.NopCloser(bytes.NewReader(c.body))
		r.ContentLength = int64(len(c.body))
		r.Header.Set("Content-Type", "application/json")
	}
	rt, params, err := router.FindRoute(r)
	if err != nil {
		return []broken{{rule: "a route of the API description", detail: err.Error()}}
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: rt,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			SkipSettingDefaults: true},
	})
	if err == nil {
		return nil
	}
	return []broken{{rule: "the API description", detail: explain(err)}}
}

// explain says in a line what the description found wrong. Of a union's
// errors it gives the ones that go deepest into the value: those are of the
// variant that was meant.
func explain(err error) string {
	var best *openapi3.SchemaError
	var look func(error)
	look = func(err error) {
		var multi openapi3.MultiError
		var schema *openapi3.SchemaError
		switch {
		case err == nil:
		case errors.As(err, &schema):
			if best == nil || len(schema.JSONPointer()) >= len(best.JSONPointer()) && schema.SchemaField != "oneOf" {
				best = schema
			}
			look(schema.Origin)
		case errors.As(err, &multi):
			for _, e := range multi {
				look(e)
			}
		}
	}
	look(err)
	if best == nil {
		return shorten(strings.ReplaceAll(err.Error(), "\n", " "), 300)
	}
	return shorten(fmt.Sprintf("/%s: %s", strings.Join(best.JSONPointer(), "/"), best.Reason), 300)
}
