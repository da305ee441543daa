// Package health tells an operator, and an operator's machines, how the bot is:
// whether the process lives, whether it can answer, and what it has done so far,
// over a small HTTP server. It is the only package that imports Prometheus.
package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Corpus is what answers now.
type Corpus struct {
	Revision  string
	Articles  int
	Sentences int
	LoadedAt  time.Time
}

// Options say what a Monitor shows. Corpus and Logger are needed.
type Options struct {
	// Corpus tells what answers now; one without articles can't. It must be safe
	// for concurrent use and return at once.
	Corpus  func() Corpus
	Version string // of the program
	Profile bool   // serve /debug/pprof, which shows the process from inside
	Logger  *slog.Logger
}

// Monitor counts what it is told and shows it. Its methods may be called from
// any number of goroutines.
type Monitor struct {
	options Options
	metrics metrics
	handler http.Handler

	mu     sync.Mutex
	shards map[int]bool // whether the connection of each is ready
}

// New makes a Monitor that has counted nothing yet.
func New(o Options) *Monitor {
	m := &Monitor{options: o, shards: map[int]bool{}}
	registry := m.register()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", m.live)
	mux.HandleFunc("GET /readyz", m.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn), MaxRequestsInFlight: 4, Timeout: serveTimeout / 2,
	}))
	if o.Profile {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	m.handler = plain(mux)
	return m
}

// Handler serves what the Monitor shows.
func (m *Monitor) Handler() http.Handler { return m.handler }

// live says that the process answers. Whether it is of use is asked of ready:
// starting a process again mends neither Discord nor an article.
func (m *Monitor) live(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintln(w, "ok") // whoever asked has gone
}

// ready says whether a question asked now would be answered, and what is
// missing if not.
func (m *Monitor) ready(w http.ResponseWriter, _ *http.Request) {
	missing := m.unconnected()
	if m.options.Corpus().Articles == 0 {
		missing = append(missing, "no article is loaded")
	}
	if len(missing) > 0 {
		http.Error(w, strings.Join(missing, "; "), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// unconnected says which connections to the gateway are missing.
func (m *Monitor) unconnected() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var off []string
	for _, shard := range slices.Sorted(maps.Keys(m.shards)) {
		if !m.shards[shard] {
			off = append(off, strconv.Itoa(shard))
		}
	}
	switch {
	case len(off) == len(m.shards):
		return []string{"not connected to Discord's gateway"}
	case len(off) > 0:
		return []string{"not connected to Discord's gateway: shard " + strings.Join(off, ", ")}
	}
	return nil
}

// plain keeps browsers from making more of an answer than text.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// How patient the server is. A profile may take long to write, so that only the
// reading of a request is bounded when profiles are served.
const (
	serveTimeout = 20 * time.Second
	stopTimeout  = 3 * time.Second
	maxHeader    = 16 << 10
)

// Listen opens the address that Serve will serve: host and port, or a port
// alone, which means the loopback interface.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := Address(address)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listen for health checks at %s: %w", address, err)
	}
	return l, nil
}

// Address reads host and port of "host:port", ":port" or "port".
func Address(address string) (host, port string, err error) {
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	host, port, err = net.SplitHostPort(address)
	if err != nil {
		return "", "", fmt.Errorf("%q is neither a port nor host:port", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", "", fmt.Errorf("%q is no port", port)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return host, port, nil
}

// Serve answers on l until ctx ends, and lets those finish that are being
// answered, for a moment. It closes l and returns when all its work has stopped.
func (m *Monitor) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: m.handler, ReadHeaderTimeout: serveTimeout / 2, ReadTimeout: serveTimeout, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(m.options.Logger.Handler(), slog.LevelDebug),
	}
	if !m.options.Profile {
		server.WriteTimeout = serveTimeout
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve health checks: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // a profile is being taken: it has had its time
	}
	<-served // always http.ErrServerClosed now
	if err != nil {
		return fmt.Errorf("stop serving health checks: %w", err)
	}
	return nil
}

// register makes the registry of everything that is shown.
func (m *Monitor) register() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	m.metrics = newMetrics()
	registry.MustRegister(m.metrics.collectors()...)
	registry.MustRegister(corpusCollector{m.options.Corpus}, buildInfo(m.options.Version))
	registry.MustRegister(processCollectors()...)
	return registry
}
