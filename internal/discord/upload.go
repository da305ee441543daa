package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// File is a file that goes with a reply.
type File struct {
	Name string
	Data []byte
}

// Modal is a dialogue: submitting it brings State back, with what was typed.
type Modal struct {
	State  string
	Title  string
	Inputs []Input
}

// Input is a line, or with Long a field, of a dialogue.
type Input struct {
	State, Label string
	Long         bool
	Max          int
}

// attachment is a file that a member uploaded.
type attachment struct {
	ID   string `json:"id"`
	Name string `json:"filename"`
	Size int64  `json:"size"`
	URL  string `json:"url"`
}

// withFile is a body that a file goes with.
type withFile struct {
	body any
	file File
}

// encode writes a body as JSON, or as a form when a file goes with it.
func encode(body any) (raw []byte, contentType string, err error) {
	const asJSON = "application/json"
	f, ok := body.(withFile)
	if !ok {
		if body != nil {
			raw, err = json.Marshal(body)
		}
		return raw, asJSON, err
	}
	payload, err := json.Marshal(f.body)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(disposition, kind string, data []byte) error {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
		if err == nil {
			_, err = p.Write(data)
		}
		return err
	}
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' {
			return '-'
		}
		return r
	}, f.file.Name)
	err = errors.Join(
		part(`form-data; name="payload_json"`, asJSON, payload),
		part(`form-data; name="files[0]"; filename="`+name+`"`, "application/octet-stream", f.file.Data),
		w.Close())
	return b.Bytes(), w.FormDataContentType(), err
}

// carry is a body with the reply's file, if it has one.
func (r Reply) carry(body any) any {
	if r.File == nil {
		return body
	}
	return withFile{body, *r.File}
}

// The hosts that Discord gives uploaded files out at.
const (
	filesHost = "cdn.discordapp.com"
	mediaHost = "media.discordapp.net"
)

// download fetches a file that a member uploaded, of at most limit bytes. The
// address comes with an interaction and is held to be Discord's own, or that of
// the server which stands for it.
func (e *endpoint) download(ctx context.Context, address string, limit int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of a file: %w", err)
	}
	ours := u.Scheme == "https" && (u.Host == filesHost || u.Host == mediaHost)
	if e.base != nil {
		ours = u.Scheme == e.base.Scheme && u.Host == e.base.Host
	}
	if !ours || u.User != nil {
		return nil, fmt.Errorf("fetch a file from %s refused: it is not where uploads are", u.Host)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	// The transport itself follows no redirect.
	resp, err := e.http.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("fetch a file: status %d", resp.StatusCode)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("fetch a file: it has more than %d bytes", limit)
	}
	return data, nil
}
