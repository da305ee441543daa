// Package fetch gets the readable text of a page of the public web.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"
)

// ErrRefused is the error of an address that isn't fetched from: not http or
// https, or not public.
var ErrRefused = errors.New("the address is not one of the public web")

// ErrUnreadable is the error of what came: no page, too large, or nothing to
// read in it.
var ErrUnreadable = errors.New("there is nothing to read there")

// Limits on one page. A page has time for a slow server, and no more bytes than
// leave an article in them.
const (
	maxBytes     = 4 << 20
	maxTime      = 15 * time.Second
	maxRedirects = 5
	maxHead      = 200 // characters of a title or name
)

// Page is what was read of a page: an HTML file whose head says what the page
// does of itself, to be checked and parsed as any other that nobody vouches for.
// Unlike front matter, what isn't valid there costs the article nothing else.
type Page struct {
	Title string
	Data  []byte
}

// Fetcher fetches pages. It may be used by several goroutines at once.
type Fetcher struct{ client *http.Client }

// New makes a fetcher. It connects to public addresses alone, whatever a name
// resolves to at that moment and wherever it is redirected, and through no
// proxy.
func New() *Fetcher { return newFetcher(public) }

func newFetcher(admit func(netip.AddrPort) bool) *Fetcher {
	dialer := &net.Dialer{
		Timeout: 5 * time.Second,
		// The address is the one that is connected to: what the name resolved
		// to earlier, or will later, doesn't matter.
		Control: func(network, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !strings.HasPrefix(network, "tcp") || !admit(to) {
				return fmt.Errorf("connect to %s: %w", address, ErrRefused)
			}
			return nil
		},
	}
	return &Fetcher{&http.Client{
		Timeout: maxTime,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("%d redirects: %w", len(via), ErrUnreadable)
			}
			return checkURL(r.URL)
		},
	}}
}

// notPublic are the ranges that net/netip has no name for: shared, special and
// test addresses, and those that stand for others.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("::/96"),
}

// public reports whether an address is one of the public web, at one of its
// ports.
func public(to netip.AddrPort) bool {
	a := to.Addr().Unmap()
	if to.Port() != 80 && to.Port() != 443 || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("%s: %w", u.Redacted(), ErrRefused)
	}
	return nil
}

// Fetch gets a page. The error may be ErrRefused or ErrUnreadable.
func (f *Fetcher) Fetch(ctx context.Context, address string) (Page, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return Page{}, fmt.Errorf("read the address: %w", ErrRefused)
	}
	if err := checkURL(u); err != nil {
		return Page{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Page{}, fmt.Errorf("fetch %s: %w", u.Host, ErrRefused)
	}
	r.Header.Set("Accept", "text/html, application/xhtml+xml")
	r.Header.Set("User-Agent", "Verbatim")
	resp, err := f.client.Do(r)
	if err != nil {
		return Page{}, fmt.Errorf("fetch %s: %w", u.Host, err)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return Page{}, fmt.Errorf("fetch %s: %w", u.Host, err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode != http.StatusOK:
		return Page{}, fmt.Errorf("fetch %s: status %d: %w", u.Host, resp.StatusCode, ErrUnreadable)
	case len(data) > maxBytes:
		return Page{}, fmt.Errorf("fetch %s: more than %d bytes: %w", u.Host, maxBytes, ErrUnreadable)
	case kind != "text/html" && kind != "application/xhtml+xml":
		return Page{}, fmt.Errorf("fetch %s: %q is no page: %w", u.Host, kind, ErrUnreadable)
	}
	return read(data, resp.Request.URL)
}

// read finds the article in a page. The library that does panics on nothing
// known, and is not trusted with the program.
func read(data []byte, from *url.URL) (page Page, err error) {
	defer func() {
		if v := recover(); v != nil {
			page, err = Page{}, fmt.Errorf("read the page of %s: %v: %w", from.Host, v, ErrUnreadable)
		}
	}()
	found, err := readability.FromReader(bytes.NewReader(data), from)
	if err != nil || found.Node == nil {
		return Page{}, fmt.Errorf("find the article of %s: %w", from.Host, errors.Join(err, ErrUnreadable))
	}
	source := *from
	source.Fragment, source.RawFragment = "", ""
	page.Title = head(found.Title())
	var b bytes.Buffer
	put := func(format, value string) {
		if value != "" {
			fmt.Fprintf(&b, format, html.EscapeString(value))
		}
	}
	put("<html lang=\"%s\">\n", found.Language())
	put("<title>%s</title>\n", page.Title)
	put("<link rel=\"canonical\" href=\"%s\">\n", source.String())
	put("<meta property=\"og:site_name\" content=\"%s\">\n", head(found.SiteName()))
	put("<meta name=\"author\" content=\"%s\">\n", head(found.Byline()))
	if t, err := found.PublishedTime(); err == nil {
		put("<meta property=\"article:published_time\" content=\"%s\">\n", t.Format(time.DateOnly))
	}
	if err := found.RenderHTML(&b); err != nil {
		return Page{}, fmt.Errorf("write the article of %s: %w", from.Host, err)
	}
	page.Data = b.Bytes()
	return page, nil
}

// head is a value for the head of the page, in one line.
func head(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(text); len(r) > maxHead {
		text = string(r[:maxHead])
	}
	return text
}
