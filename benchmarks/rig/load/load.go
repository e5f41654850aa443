package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"
)

// loadReport is what `rigload load` prints: one JSON object.
type loadReport struct {
	Sent          int64            `json:"sent"`
	OK            int64            `json:"ok"`
	Failed        map[string]int64 `json:"failed"`
	FailureSample string           `json:"failure_sample,omitempty"`
	Unsent        int64            `json:"unsent"`
	OfferedRate   float64          `json:"offered_rate"`
	AchievedRate  float64          `json:"achieved_rate"`
	Seconds       float64          `json:"seconds"`
	Events        int64            `json:"events"`
	EventReads    int64            `json:"event_reads"`
	Reconnects    int64            `json:"reconnects"`
	Latency       summary          `json:"latency"`
	TTFT          summary          `json:"ttft"`
}

type loadOptions struct {
	target      string
	path        string
	model       string
	prefix      string
	rate        float64
	connections int
	duration    time.Duration
	lead        time.Duration
	body        int
	events      int
	ttft, gap   float64
	answerBytes int
	timeout     time.Duration
	wait        bool
	even        bool
}

func runLoad(args []string) error {
	var o loadOptions
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	flags.StringVar(&o.target, "target", "127.0.0.1:8080", "IPv4:port of the system under test")
	flags.StringVar(&o.path, "path", "/v1/chat/completions", "request path")
	flags.StringVar(&o.model, "model", "bench", "model named in the body")
	flags.Float64Var(&o.rate, "rate", 1000, "requests a second; 0 is a closed loop over all connections")
	flags.IntVar(&o.connections, "connections", 64, "keep-alive connections")
	flags.DurationVar(&o.duration, "duration", 10*time.Second, "length of the measured window")
	flags.DurationVar(&o.lead, "lead", 0, "time of the same traffic before the window, not counted")
	flags.IntVar(&o.body, "body", 1024, "bytes of the request body")
	flags.StringVar(&o.prefix, "prefix", "distinct", "prompts: distinct, shared or groups:N")
	flags.IntVar(&o.events, "events", 0, "streamed events to ask for and expect; 0 asks for one JSON answer")
	flags.Float64Var(&o.ttft, "ttft-ms", 0, "time to first token asked of the mock engine")
	flags.Float64Var(&o.gap, "gap-ms", 0, "gap between events asked of the mock engine")
	flags.IntVar(&o.answerBytes, "answer-bytes", len(chatAnswer), "expected body bytes of an answer that is not streamed")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "a request without an answer for so long has failed")
	flags.BoolVar(&o.wait, "wait", false, "print 'ready' before the window and wait for a line on stdin")
	flags.BoolVar(&o.even, "even", false, "evenly spaced arrivals in place of Poisson arrivals")
	_ = flags.Parse(args)

	g, err := newGenerator(o)
	if err != nil {
		return err
	}
	if o.lead > 0 {
		if err := g.run(o.lead); err != nil {
			return err
		}
	}
	if o.wait {
		fmt.Println("ready")
		if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
			return fmt.Errorf("waiting for a line on stdin: %w", err)
		}
	}
	g.forget()
	if err := g.run(o.duration); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(g.report())
}

// generator holds the connections and the counts of one window.
type generator struct {
	loadOptions
	address  *syscall.SockaddrInet4
	poller   *poller
	prompts  *prompts
	byFd     []*clientConn
	idle     ring[*clientConn]
	waiting  ring[time.Duration] // intended send times that found no idle connection
	inFlight int
	origin   time.Time
	buffer   []byte
	random   uint64

	sent, ok, unsent, events, eventReads, reconnects int64
	failed                                           map[string]int64
	sample                                           string
	latency, ttft                                    *histogram
	elapsed                                          time.Duration
}

// maxWaiting bounds the requests that wait for a connection; more count as unsent.
const maxWaiting = 1 << 16

// grace is how long after the window a request that came in it may still be sent.
const grace = 250 * time.Millisecond

type clientConn struct {
	fd       int
	request  *request
	unsent   [][]byte
	answer   answer
	intended time.Duration
	started  time.Duration
	busy     bool
	first    bool // the first byte of the body has been seen
}

func newGenerator(o loadOptions) (*generator, error) {
	address, err := socketAddress(o.target)
	if err != nil {
		return nil, err
	}
	headers := ""
	if o.events > 0 || o.ttft > 0 {
		headers = fmt.Sprintf("x-mock-ttft-ms: %g\r\nx-mock-gap-ms: %g\r\nx-mock-events: %d\r\n", o.ttft, o.gap, o.events)
	}
	prompts, err := newPrompts(o.target, o.path, o.model, o.prefix, o.body, o.events > 0, headers)
	if err != nil {
		return nil, err
	}
	poller, err := newPoller()
	if err != nil {
		return nil, err
	}
	g := &generator{loadOptions: o, address: address, poller: poller, prompts: prompts,
		origin: time.Now(), buffer: make([]byte, 256<<10), random: 1}
	g.forget()
	for range o.connections {
		c := &clientConn{request: prompts.newRequest()}
		if err := g.open(c); err != nil {
			return nil, fmt.Errorf("connect to %s: %w", o.target, err)
		}
		g.idle.push(c)
	}
	return g, nil
}

func (g *generator) forget() {
	g.sent, g.ok, g.unsent, g.events, g.eventReads, g.reconnects = 0, 0, 0, 0, 0, 0
	g.failed, g.sample = map[string]int64{}, ""
	g.latency, g.ttft = &histogram{}, &histogram{}
}

func (g *generator) now() time.Duration { return time.Since(g.origin) }

func (g *generator) open(c *clientConn) error {
	fd, err := connect(g.address)
	if err != nil {
		return err
	}
	c.fd, c.busy = fd, false
	for len(g.byFd) <= fd {
		g.byFd = append(g.byFd, nil)
	}
	g.byFd[fd] = c
	return g.poller.add(fd, connectionEvents)
}

// run sends for the given time and returns when every request has been answered or has failed.
func (g *generator) run(length time.Duration) error {
	begin := g.now()
	end := begin + length
	next := begin + g.gapToNext()
	for {
		now := g.now()
		if g.rate > 0 {
			for ; next <= now && next < end; next += g.gapToNext() {
				g.arrive(next)
			}
		} else if now < end {
			for g.idle.len() > 0 {
				g.arrive(now)
			}
		}
		if now >= end {
			if now >= end+grace {
				g.unsent += int64(g.waiting.len())
				g.waiting.clear()
			}
			if g.inFlight == 0 && g.waiting.len() == 0 {
				g.elapsed = length
				return nil
			}
		}
		timeout := 20 * time.Millisecond
		if g.rate > 0 && now < end {
			timeout = min(timeout, max(min(next, end)-g.now(), 0))
		}
		events, err := g.poller.wait(timeout)
		if err != nil {
			return err
		}
		for i := range events {
			g.handle(g.byFd[events[i].Fd], events[i].Events)
		}
		if len(events) == 0 {
			g.expire()
		}
	}
}

// gapToNext draws the time to the next arrival.
func (g *generator) gapToNext() time.Duration {
	if g.rate <= 0 {
		return 0
	}
	mean := float64(time.Second) / g.rate
	if g.even {
		return time.Duration(mean)
	}
	g.random++
	uniform := (float64(scramble(g.random)>>11) + 0.5) / (1 << 53)
	return time.Duration(-math.Log(uniform) * mean)
}

func (g *generator) arrive(intended time.Duration) {
	if g.idle.len() == 0 {
		if g.waiting.len() >= maxWaiting {
			g.unsent++
			return
		}
		g.waiting.push(intended)
		return
	}
	g.send(g.idle.pop(), intended)
}

func (g *generator) send(c *clientConn, intended time.Duration) {
	c.busy, c.first, c.intended, c.started = true, false, intended, g.now()
	c.answer.reset()
	c.unsent = g.prompts.next(c.request)
	g.sent++
	g.inFlight++
	g.write(c)
}

func (g *generator) write(c *clientConn) {
	for len(c.unsent) > 0 {
		n, err := writeParts(c.fd, c.unsent)
		if err != nil {
			g.fail(c, "write_"+errorName(err))
			return
		}
		if n == 0 {
			return
		}
		c.unsent = skip(c.unsent, n)
	}
}

func (g *generator) handle(c *clientConn, events uint32) {
	if c == nil {
		return
	}
	if events&eventWrite != 0 && len(c.unsent) > 0 {
		g.write(c)
	}
	if events&(eventRead|eventHangUp) != 0 {
		g.read(c)
	}
}

func (g *generator) read(c *clientConn) {
	for fd := c.fd; c.fd == fd; {
		n, err := readSome(fd, g.buffer)
		switch {
		case err == syscall.EAGAIN:
			return
		case err != nil:
			g.fail(c, "read_"+errorName(err))
			return
		case n == 0:
			g.fail(c, "closed")
			return
		case !c.busy:
			g.fail(c, "unasked_bytes")
			return
		}
		if !g.take(c, g.buffer[:n]) || n < len(g.buffer) {
			return
		}
	}
}

// take gives bytes to the connection's answer and says whether the connection still expects more.
func (g *generator) take(c *clientConn, data []byte) bool {
	body := c.answer.bodyBytes
	n, done, err := c.answer.feed(data)
	if err != nil {
		g.fail(c, "bad_framing")
		return false
	}
	if c.answer.bodyBytes > body {
		g.eventReads++
		if !c.first {
			c.first = true
			g.ttft.record(g.now() - c.intended)
		}
	}
	if !done {
		return true
	}
	if n != len(data) {
		g.fail(c, "bytes_after_answer")
		return false
	}
	g.finish(c)
	return false
}

func (g *generator) finish(c *clientConn) {
	now := g.now()
	if problem := c.answer.problem(g.loadOptions.events, g.answerBytes); problem != "" {
		g.note(problem, string(c.answer.sample))
	} else {
		g.ok++
		g.latency.record(now - c.intended)
		g.events += int64(max(c.answer.frames-1, 0))
	}
	c.busy = false
	g.inFlight--
	if c.answer.close || len(c.unsent) > 0 {
		g.reopen(c)
	}
	g.release(c)
}

func (g *generator) release(c *clientConn) {
	if g.waiting.len() > 0 {
		g.send(c, g.waiting.pop())
		return
	}
	g.idle.push(c)
}

// fail gives the connection up and opens another in its place.
func (g *generator) fail(c *clientConn, reason string) {
	wasBusy := c.busy
	if wasBusy {
		g.note(reason, string(c.answer.sample))
		g.inFlight--
		c.busy = false
	}
	g.reopen(c)
	if wasBusy {
		g.release(c)
	}
}

func (g *generator) reopen(c *clientConn) {
	g.byFd[c.fd] = nil
	syscall.Close(c.fd)
	c.unsent = nil
	g.reconnects++
	if err := g.open(c); err != nil {
		fmt.Fprintf(os.Stderr, "rigload: %s does not accept connections any more: %v\n", g.target, err)
		os.Exit(1)
	}
}

func (g *generator) note(reason, sample string) {
	g.failed[reason]++
	if g.sample == "" && sample != "" {
		g.sample = reason + ": " + sample
	}
}

func (g *generator) expire() {
	limit := g.now() - g.timeout
	for _, c := range g.byFd {
		if c != nil && c.busy && c.started < limit {
			g.fail(c, "timeout")
		}
	}
}

func (g *generator) report() loadReport {
	seconds := g.elapsed.Seconds()
	return loadReport{
		Sent: g.sent, OK: g.ok, Failed: g.failed, FailureSample: g.sample, Unsent: g.unsent,
		OfferedRate: g.rate, AchievedRate: float64(g.ok) / seconds, Seconds: seconds,
		Events: g.events, EventReads: g.eventReads, Reconnects: g.reconnects,
		Latency: g.latency.summary(), TTFT: g.ttft.summary(),
	}
}

func errorName(err error) string {
	switch err {
	case syscall.ECONNRESET:
		return "reset"
	case syscall.EPIPE:
		return "broken_pipe"
	}
	return fmt.Sprintf("errno_%d", err)
}

// ring is a growing first-in first-out queue.
type ring[T any] struct {
	items []T
	first int
}

func (r *ring[T]) len() int { return len(r.items) - r.first }

func (r *ring[T]) push(item T) {
	if r.first > 0 && len(r.items) == cap(r.items) {
		r.items = r.items[:copy(r.items, r.items[r.first:])]
		r.first = 0
	}
	r.items = append(r.items, item)
}

func (r *ring[T]) pop() T {
	item := r.items[r.first]
	r.first++
	return item
}

func (r *ring[T]) clear() { r.items, r.first = r.items[:0], 0 }
