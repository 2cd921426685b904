package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"snowdrop/moderation"
)

// metrics is what the program counts about itself. Nothing in it names a person
// or a page: routes are counted by their pattern.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(h *house) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "snowdrop_request_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &queueCollector{h})
	return m
}

func (m *metrics) observe(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// queueCollector asks the database how many cases wait when it is asked itself.
type queueCollector struct{ *house }

var waiting = prometheus.NewDesc("snowdrop_cases_waiting", "Cases that wait for a moderator, by band.", []string{"band"}, nil)

// Describe names what is collected.
func (c *queueCollector) Describe(to chan<- *prometheus.Desc) { to <- waiting }

// Collect counts the cases that wait.
func (c *queueCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, err := c.store.CountQueue(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(waiting, err)
		return
	}
	for _, band := range []moderation.Band{moderation.P0, moderation.P1, moderation.P2, moderation.P3, moderation.P4} {
		to <- prometheus.MustNewConstMetric(waiting, prometheus.GaugeValue, float64(counts[band]), string(band))
	}
}

// serve answers /metrics on a listener of its own until stop is called.
func (m *metrics) serve(ctx context.Context, addr string) (stop func() error, err error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	return func() error {
		err := srv.Close()
		if fault := <-ended; !errors.Is(fault, http.ErrServerClosed) {
			err = errors.Join(err, fault)
		}
		return err
	}, nil
}
