package health

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// seconds are the bounds of the histograms: an answer takes about a millisecond,
// and a member waits at most ten seconds.
var seconds = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// metrics are the counts. None has a label that grows with members, servers or
// questions; a shard has thousands of servers.
type metrics struct {
	questions       *prometheus.CounterVec
	questionSeconds prometheus.Histogram
	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	reloads         *prometheus.CounterVec
	reloadSeconds   prometheus.Histogram
	connected       *prometheus.GaugeVec
	connections     prometheus.Counter
	rest            *prometheus.CounterVec
	held            prometheus.Counter
	heldSeconds     prometheus.Counter
}

const prefix = "verbatim_"

func newMetrics() metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	}
	histogram := func(name, help string, bounds []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: bounds}
	}
	return metrics{
		questions:       counters("questions_total", "Questions by outcome: answered, absent, not said, not question, refused, done, limited, busy, failed.", "outcome"),
		questionSeconds: prometheus.NewHistogram(histogram("question_seconds", "Time from a question to a reply to send.", seconds)),
		requests:        counters("requests_total", "Requests of members, questions included, by kind and outcome.", "request", "outcome"),
		requestSeconds:  prometheus.NewHistogramVec(histogram("request_seconds", "Time from a request to a reply to send.", seconds), []string{"request"}),
		reloads:         counters("reloads_total", "Times that the articles were read again, by outcome: done, failed.", "outcome"),
		reloadSeconds:   prometheus.NewHistogram(histogram("reload_seconds", "Time that a reload took.", prometheus.ExponentialBuckets(.01, 4, 8))),
		connected:       prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + "gateway_connected", Help: "1 while the connection of a shard to Discord's gateway is ready."}, []string{"shard"}),
		connections:     counter("gateway_connections_total", "Connections to Discord's gateway that became ready."),
		rest:            counters("rest_answers_total", "Answers of Discord's API by status; none when a request had no answer.", "status"),
		held:            counter("ratelimit_waits_total", "Requests to Discord's API that waited for a rate limit."),
		heldSeconds:     counter("ratelimit_wait_seconds_total", "Time that requests to Discord's API waited for rate limits."),
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.questions, m.questionSeconds, m.requests, m.requestSeconds, m.reloads, m.reloadSeconds,
		m.connected, m.connections, m.rest, m.held, m.heldSeconds}
}

// Request counts a member's request.
func (m *Monitor) Request(kind, outcome string, took time.Duration) {
	m.metrics.requests.WithLabelValues(kind, outcome).Inc()
	m.metrics.requestSeconds.WithLabelValues(kind).Observe(took.Seconds())
}

// Question counts a question, which is told as a Request as well.
func (m *Monitor) Question(outcome string, took time.Duration) {
	m.metrics.questions.WithLabelValues(outcome).Inc()
	m.metrics.questionSeconds.Observe(took.Seconds())
}

// Answered counts an answer of Discord's API; the status is 0 when none came.
func (m *Monitor) Answered(status int) {
	label := "none"
	if status != 0 {
		label = strconv.Itoa(status)
	}
	m.metrics.rest.WithLabelValues(label).Inc()
}

// Held counts a request that waits for a rate limit.
func (m *Monitor) Held(wait time.Duration) {
	m.metrics.held.Inc()
	m.metrics.heldSeconds.Add(max(0, wait.Seconds()))
}

// Connected notes whether a shard's connection to the gateway is ready. Those
// that there are must all be told of before one is.
func (m *Monitor) Connected(shard int, ready bool) {
	m.mu.Lock()
	m.shards[shard] = ready
	m.mu.Unlock()
	gauge := m.metrics.connected.WithLabelValues(strconv.Itoa(shard))
	if ready {
		m.metrics.connections.Inc()
		gauge.Set(1)
		return
	}
	gauge.Set(0)
}

// Reload counts that the articles were read again, or that err was in the way.
func (m *Monitor) Reload(took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.metrics.reloads.WithLabelValues(outcome).Inc()
	m.metrics.reloadSeconds.Observe(took.Seconds())
}

// corpusCollector asks what answers when that is wanted, so that it is never out
// of date and old revisions leave nothing behind.
type corpusCollector struct{ corpus func() Corpus }

// The descriptions of what corpusCollector tells.
var (
	descInfo      = prometheus.NewDesc(prefix+"corpus_info", "1, with the revision of the articles that answer.", []string{"revision"}, nil)
	descArticles  = prometheus.NewDesc(prefix+"corpus_articles", "Articles that answer.", nil, nil)
	descSentences = prometheus.NewDesc(prefix+"corpus_sentences", "Sentences that answer.", nil, nil)
	descLoaded    = prometheus.NewDesc(prefix+"corpus_loaded_timestamp_seconds", "When the articles were loaded.", nil, nil)
)

// Describe implements prometheus.Collector.
func (corpusCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descInfo, descArticles, descSentences, descLoaded} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c corpusCollector) Collect(out chan<- prometheus.Metric) {
	now := c.corpus()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(descInfo, 1, now.Revision)
	gauge(descArticles, float64(now.Articles))
	gauge(descSentences, float64(now.Sentences))
	if !now.LoadedAt.IsZero() {
		gauge(descLoaded, float64(now.LoadedAt.UnixMilli())/1000)
	}
}

func buildInfo(version string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: prefix + "build_info", Help: "1, with the version of the program.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
}

// processCollectors tell of the process and Go's runtime: memory, goroutines,
// files.
func processCollectors() []prometheus.Collector {
	return []prometheus.Collector{collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}
}
