package fetch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"verbatim/internal/corpus"
)

const story = `<html lang="en"><head><title>The ferry of Ashby</title><script>alert(1)</script></head><body><nav><a href="/">Home</a></nav>
<article><h1>The ferry of Ashby</h1><p>The ferry of Ashby was opened in 1987 by the mayor, Carla Reed, after years of talks with the two counties, as she said.</p>
<p>It carries thirty cars, and sails every hour from six in the morning until ten at night, except on Sundays, when it rests.</p>
<p onclick="evil()">Nobody was hurt in the storm of 1990, which sank the older boat, the Dora, in the harbour, where she lies to this day.</p></article></body></html>`

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// open admits the test's own servers.
func open(netip.AddrPort) bool { return true }

func TestFetch(t *testing.T) {
	var to string
	to = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, to+"/story#top", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, story)
	})
	p, err := newFetcher(open).Fetch(t.Context(), to+"/moved")
	if err != nil {
		t.Fatal(err)
	}
	a, problems := corpus.Parse("ferry.html", p.Data)
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, p.Data)
	}
	if a.Title != "The ferry of Ashby" || a.URL != to+"/story" || a.Lang != "en" || len(a.Sentences) < 3 {
		t.Errorf("article %+v", a)
	}
	for _, bad := range []string{"alert", "evil", "Home"} {
		if strings.Contains(a.Text, bad) {
			t.Errorf("%q is in the text:\n%s", bad, a.Text)
		}
	}
}

// TestWhatIsNotValidIsLeftOut: what a page says of itself, and where it stands, may
// be wrong or too long, and it can be added all the same.
func TestWhatIsNotValidIsLeftOut(t *testing.T) {
	page := story
	to := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	})
	with := func(head string) string { return strings.Replace(story, "<head>", "<head>"+head, 1) }
	for name, tt := range map[string]struct {
		page, path, url, lang, published string
	}{
		"all is well":           {with(`<meta property="article:published_time" content="2026-01-31T10:20:30Z">`), "/a", to + "/a", "en", "2026-01-31"},
		"a long address":        {story, "/a?q=" + strings.Repeat("x", 550), "", "en", ""},
		"a backtick in it":      {story, "/a?q=`x`", "", "en", ""},
		"no such language":      {strings.Replace(story, `lang="en"`, `lang="jp"`, 1), "/a", to + "/a", "", ""},
		"no language at all":    {strings.Replace(story, `lang="en"`, `lang='"><script>'`, 1), "/a", to + "/a", "", ""},
		"a day that never ends": {with(`<meta property="article:published_time" content="12026-01-31">`), "/a", to + "/a", "en", ""},
		"markup in its author":  {with(`<meta name="author" content="A. &quot;&gt;&lt;/head&gt; Writer">`), "/a", to + "/a", "en", ""},
	} {
		page = tt.page
		p, err := newFetcher(open).Fetch(t.Context(), to+tt.path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, problems := corpus.Parse("ferry.html", p.Data)
		if len(problems) > 0 {
			t.Errorf("%s: %v in\n%s", name, problems, p.Data)
			continue
		}
		if a.Title != "The ferry of Ashby" || p.Title != a.Title || a.URL != tt.url || a.Lang != tt.lang || a.Published != tt.published || len(a.Sentences) != 3 {
			t.Errorf("%s: %d sentences of %q at %q in %q of %q", name, len(a.Sentences), a.Title, a.URL, a.Lang, a.Published)
		}
		if name == "markup in its author" && a.Author != `A. "></head> Writer` {
			t.Errorf("author %q", a.Author)
		}
	}
}

// TestOnlyPublicAddresses: loopback is what the test's servers are at.
func TestOnlyPublicAddresses(t *testing.T) {
	asked := false
	to := serve(t, func(w http.ResponseWriter, _ *http.Request) { asked = true; fmt.Fprint(w, story) })
	for _, address := range []string{to, strings.Replace(to, "127.0.0.1", "localhost", 1), "http://[::1]:80/", "http://169.254.169.254/latest/meta-data",
		"http://0x7f000001/", "http://10.0.0.1/", "ftp://example.com/", "file:///etc/passwd", "http://user:secret@example.com/", "nonsense", "", "http://%zz/"} {
		if _, err := New().Fetch(t.Context(), address); !errors.Is(err, ErrRefused) && address != "http://0x7f000001/" || err == nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	if asked {
		t.Error("a server on the loopback interface was asked")
	}
}

// TestRedirectsAreCheckedToo: a public page must not lead to a private one.
func TestRedirectsAreCheckedToo(t *testing.T) {
	asked := false
	inner := serve(t, func(w http.ResponseWriter, _ *http.Request) { asked = true; fmt.Fprint(w, story) })
	for _, target := range []string{inner, "file:///etc/passwd", "gopher://example.com/"} {
		outer := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
		first := netip.MustParseAddrPort(strings.TrimPrefix(outer, "http://"))
		f := newFetcher(func(a netip.AddrPort) bool { return a == first })
		if _, err := f.Fetch(t.Context(), outer); !errors.Is(err, ErrRefused) {
			t.Errorf("to %s: %v", target, err)
		}
	}
	if asked {
		t.Error("the redirect was followed")
	}
}

func TestWhatIsNoArticle(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"kind": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/zip")
			fmt.Fprint(w, "PK")
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, strings.Repeat("<p>word</p>", maxBytes/10))
		},
		"in circles": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) },
		"empty": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html></html>")
		},
	} {
		if _, err := newFetcher(open).Fetch(t.Context(), serve(t, h)); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34:443": true, "93.184.216.34:80": true, "[2606:4700::1111]:443": true,
		"93.184.216.34:22": false, "127.0.0.1:80": false, "10.1.2.3:80": false, "172.16.0.1:80": false, "192.168.1.1:443": false, "169.254.169.254:80": false,
		"100.64.0.1:80": false, "0.0.0.0:80": false, "255.255.255.255:80": false, "224.0.0.1:80": false, "198.18.0.1:80": false,
		"[::1]:80": false, "[::ffff:127.0.0.1]:80": false, "[::ffff:10.0.0.1]:80": false, "[fe80::1]:80": false, "[fd00::1]:80": false, "[64:ff9b::7f00:1]:80": false, "[2002:7f00:1::]:80": false, "[::127.0.0.1]:80": false,
	} {
		if got := public(netip.MustParseAddrPort(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// TestRedirectsAreBounded: as many as are followed lead to the page, and one more
// to nothing.
func TestRedirectsAreBounded(t *testing.T) {
	for redirects, want := range map[int]error{maxRedirects: nil, maxRedirects + 1: ErrUnreadable} {
		asked := 0
		to := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked <= redirects {
				http.Redirect(w, r, fmt.Sprintf("/%d", asked), http.StatusFound)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, story)
		})
		_, err := newFetcher(open).Fetch(t.Context(), to)
		if !errors.Is(err, want) {
			t.Errorf("%d redirects: %v", redirects, err)
		}
		if asked != maxRedirects+1 {
			t.Errorf("%d redirects: %d requests", redirects, asked)
		}
	}
}

// TestAPageHasItsTime: a page that goes on and on, however fast, is given up when
// its time is over.
func TestAPageHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var server sync.WaitGroup
		defer server.Wait()
		f := newFetcher(open)
		f.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			server.Go(func() {
				defer there.Close()
				if _, err := http.ReadRequest(bufio.NewReader(there)); err != nil {
					return
				}
				_, err := fmt.Fprint(there, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
				for err == nil {
					time.Sleep(time.Second)
					_, err = fmt.Fprint(there, "x")
				}
			})
			return here, nil
		}
		start := time.Now()
		_, err := f.Fetch(t.Context(), "http://news.example/")
		if took := time.Since(start); err == nil || took != maxTime {
			t.Errorf("given up after %v: %v", took, err)
		}
	})
}
