package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"
)

type mockOptions struct {
	first     string
	count     int
	port      int
	model     string
	ttft, gap float64
	events    int
}

func runMock(args []string) error {
	var o mockOptions
	flags := flag.NewFlagSet("mock", flag.ExitOnError)
	flags.StringVar(&o.first, "first", "127.0.2.1", "first loopback address")
	flags.IntVar(&o.count, "count", 8, "number of consecutive addresses, one engine each")
	flags.IntVar(&o.port, "port", 8000, "port on every address")
	flags.StringVar(&o.model, "model", "bench", "served model name")
	flags.Float64Var(&o.ttft, "ttft-ms", 0, "time to first token of requests without x-mock-ttft-ms")
	flags.Float64Var(&o.gap, "gap-ms", 0, "gap between events of requests without x-mock-gap-ms")
	flags.IntVar(&o.events, "events", 100, `events of requests with "stream":true and without x-mock-events`)
	_ = flags.Parse(args)
	m, err := newMock(o)
	if err != nil {
		return err
	}
	fmt.Printf("ready: %d engines from %s:%d, metrics page %d bytes\n", o.count, o.first, o.port, m.metrics.size("0.0"))
	return m.serve()
}

// mock is the whole engine: every connection of every address in one loop.
type mock struct {
	mockOptions
	poller    *poller
	listeners map[int32]*engine
	byFd      []*serverConn
	timers    timerHeap
	origin    time.Time
	buffer    []byte
	pages     map[string][]byte
	metrics   metricsPage
	engines   []*engine
}

// engine is what one loopback address has served.
type engine struct {
	Address  string `json:"address"`
	Requests int64  `json:"requests"`
	Aborted  int64  `json:"aborted"`
	Scrapes  int64  `json:"scrapes"`
	Running  int    `json:"running"`
}

func newMock(o mockOptions) (*mock, error) {
	first, err := socketAddress(fmt.Sprintf("%s:%d", o.first, o.port))
	if err != nil {
		return nil, err
	}
	poller, err := newPoller()
	if err != nil {
		return nil, err
	}
	m := &mock{mockOptions: o, poller: poller, listeners: map[int32]*engine{}, origin: time.Now(),
		buffer: make([]byte, 512<<10), pages: smallPages(o.model), metrics: newMetricsPage(o.model)}
	for i := range o.count {
		address := *first
		for carry, at := i, 3; carry > 0 && at > 0; at-- {
			carry += int(address.Addr[at])
			address.Addr[at] = byte(carry)
			carry >>= 8
		}
		fd, err := listen(&address)
		if err != nil {
			return nil, err
		}
		a := address.Addr
		e := &engine{Address: fmt.Sprintf("%d.%d.%d.%d:%d", a[0], a[1], a[2], a[3], o.port)}
		m.engines = append(m.engines, e)
		m.listeners[int32(fd)] = e
		if err := poller.add(fd, eventRead); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// serverConn is one connection: it reads a whole request, answers it, and then looks at the next.
type serverConn struct {
	fd      int
	engine  *engine
	pending []byte // bytes that are not understood yet
	out     []byte // bytes that the socket did not take
	body    []byte // start of the body, up to maxScanned
	framer  bodyFramer
	reading bool // between head and end of the body
	busy    bool // an answer is on its way
	closed  bool
	closing bool // after this answer
	path    string
	order   order
	sent    int
}

// order is what a request asks the mock to do.
type order struct {
	ttft, gap float64 // milliseconds
	events    int     // -1: look into the body
	usage     bool
}

// maxScanned is how much of a body is searched for "stream" and "include_usage".
const maxScanned = 64 << 10

// maxPipelined bounds the bytes that wait behind a request which is being answered.
const maxPipelined = 1 << 20

func (m *mock) now() time.Duration { return time.Since(m.origin) }

func (m *mock) serve() error {
	for {
		timeout := time.Duration(-1)
		if next := m.timers.peek(); next != nil {
			timeout = max(next.at-m.now(), 0)
		}
		events, err := m.poller.wait(timeout)
		if err != nil {
			return err
		}
		for i := range events {
			fd := events[i].Fd
			if e := m.listeners[fd]; e != nil {
				m.accept(int(fd), e)
			} else if c := m.byFd[fd]; c != nil {
				m.handle(c, events[i].Events)
			}
		}
		for next := m.timers.peek(); next != nil && next.at <= m.now(); next = m.timers.peek() {
			m.advance(m.timers.pop())
		}
	}
}

func (m *mock) accept(listener int, e *engine) {
	fd, err := accept(listener)
	if err != nil {
		return
	}
	for len(m.byFd) <= fd {
		m.byFd = append(m.byFd, nil)
	}
	m.byFd[fd] = &serverConn{fd: fd, engine: e}
	if err := m.poller.add(fd, connectionEvents); err != nil {
		fmt.Fprintln(os.Stderr, "rigload:", err)
		m.byFd[fd] = nil
		syscall.Close(fd)
	}
}

func (m *mock) close(c *serverConn) {
	if c.closed {
		return
	}
	c.closed = true
	m.byFd[c.fd] = nil
	syscall.Close(c.fd)
	if c.busy {
		c.engine.Aborted++
		c.engine.Running--
	}
}

func (m *mock) handle(c *serverConn, events uint32) {
	if events&eventWrite != 0 && len(c.out) > 0 {
		m.write(c)
	}
	for !c.closed && events&(eventRead|eventHangUp) != 0 {
		n, err := readSome(c.fd, m.buffer)
		if err == syscall.EAGAIN {
			return
		}
		if err != nil || n == 0 {
			m.close(c)
			return
		}
		m.take(c, m.buffer[:n])
		if n < len(m.buffer) && events&eventHangUp == 0 {
			return
		}
	}
}

func (m *mock) take(c *serverConn, data []byte) {
	if len(c.pending) > 0 || c.busy {
		c.pending = append(c.pending, data...)
		if len(c.pending) > maxPipelined {
			m.close(c)
			return
		}
		data = c.pending
	}
	rest := m.parse(c, data)
	c.pending = append(c.pending[:0], rest...)
}

// parse goes through data until it needs more bytes or has a request to answer; it returns what it
// did not consume.
func (m *mock) parse(c *serverConn, data []byte) []byte {
	for !c.busy && !c.closed && len(data) > 0 {
		if !c.reading {
			end := bytes.Index(data, headEnd)
			if end < 0 {
				if len(data) > maxHead {
					m.close(c)
				}
				return data
			}
			m.parseHead(c, data[:end+2])
			data = data[end+len(headEnd):]
		}
		n, done, err := c.framer.feed(data, c.keepBody)
		if err != nil {
			m.close(c)
			return nil
		}
		data = data[n:]
		if done {
			c.reading = false
			m.answer(c)
		}
	}
	return data
}

func (c *serverConn) keepBody(data []byte) {
	if room := maxScanned - len(c.body); room > 0 {
		c.body = append(c.body, data[:min(room, len(data))]...)
	}
}

func (m *mock) parseHead(c *serverConn, head []byte) {
	c.framer, c.body = bodyFramer{}, c.body[:0]
	c.reading, c.closing = true, false
	c.order = order{ttft: m.ttft, gap: m.gap, events: -1}
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	_, target, _ := bytes.Cut(line, []byte(" "))
	target, _, _ = bytes.Cut(target, []byte(" "))
	target, _, _ = bytes.Cut(target, []byte("?"))
	if c.path != string(target) {
		c.path = string(target)
	}
	eachHeader(head, func(name, value []byte) {
		switch {
		case is(name, "content-length"):
			c.framer.remaining = int(number(value))
		case is(name, "transfer-encoding"):
			c.framer.chunked = is(value, "chunked")
		case is(name, "connection"):
			c.closing = is(value, "close")
		case is(name, "expect"):
			m.send(c, continueLine)
		case is(name, "x-mock-ttft-ms"):
			c.order.ttft = number(value)
		case is(name, "x-mock-gap-ms"):
			c.order.gap = number(value)
		case is(name, "x-mock-events"):
			c.order.events = int(number(value))
		}
	})
}

func (m *mock) answer(c *serverConn) {
	if page := m.pages[c.path]; page != nil {
		m.finish(c, page)
		return
	}
	switch c.path {
	case "/metrics":
		c.engine.Scrapes++
		m.finish(c, m.metrics.append(nil, c.engine.Running))
	case "/mock/engines":
		body, _ := json.Marshal(m.engines)
		m.finish(c, fmt.Appendf(nil, jsonAnswer, len(body), body))
	case "/v1/chat/completions", "/v1/completions":
		m.generate(c)
	default:
		m.finish(c, notFound)
	}
}

func (m *mock) finish(c *serverConn, response []byte) {
	m.send(c, response)
	if c.closing {
		m.close(c)
	}
}

func (m *mock) generate(c *serverConn) {
	c.engine.Requests++
	if c.order.events < 0 {
		c.order.events = 0
		if containsAny(c.body, `"stream":true`, `"stream": true`) {
			c.order.events = m.events
		}
	}
	c.order.usage = containsAny(c.body, `"include_usage":true`, `"include_usage": true`)
	if c.order.events == 0 && c.order.ttft == 0 {
		m.finish(c, chatResponse)
		return
	}
	c.busy, c.sent = true, 0
	c.engine.Running++
	if c.order.events > 0 {
		m.send(c, streamStart)
	}
	m.timers.push(timer{m.now() + millis(c.order.ttft), c})
}

func containsAny(body []byte, a, b string) bool {
	return bytes.Contains(body, []byte(a)) || bytes.Contains(body, []byte(b))
}

func millis(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }

// advance does the next step of an answer whose time has come.
func (m *mock) advance(t timer) {
	c := t.conn
	if c.closed {
		return
	}
	c.sent++
	switch {
	case c.order.events == 0:
		m.send(c, chatResponse)
	case c.sent < c.order.events:
		m.send(c, tokenEvent)
		m.timers.push(timer{t.at + millis(c.order.gap), c})
		return
	case c.order.usage:
		m.send(c, lastEvent, usageEvent, doneEvent)
	default:
		m.send(c, lastEvent, doneEvent)
	}
	if c.closed {
		return
	}
	c.busy = false
	c.engine.Running--
	if c.closing {
		m.close(c)
		return
	}
	if len(c.pending) > 0 {
		rest := m.parse(c, c.pending)
		c.pending = append(c.pending[:0], rest...)
	}
}

func (m *mock) send(c *serverConn, parts ...[]byte) {
	if len(c.out) == 0 {
		n, err := writeParts(c.fd, parts)
		if err != nil {
			m.close(c)
			return
		}
		parts = skip(parts, n)
	}
	for _, part := range parts {
		c.out = append(c.out, part...)
	}
}

func (m *mock) write(c *serverConn) {
	n, err := writeParts(c.fd, [][]byte{c.out})
	if err != nil {
		m.close(c)
		return
	}
	c.out = append(c.out[:0], c.out[n:]...)
}

// timer says when the next step of a connection's answer is due.
type timer struct {
	at   time.Duration
	conn *serverConn
}

// timerHeap is a binary min-heap by time.
type timerHeap []timer

func (h timerHeap) peek() *timer {
	if len(h) == 0 {
		return nil
	}
	return &h[0]
}

func (h *timerHeap) push(t timer) {
	*h = append(*h, t)
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if s[parent].at <= s[i].at {
			return
		}
		s[parent], s[i] = s[i], s[parent]
		i = parent
	}
}

func (h *timerHeap) pop() timer {
	s := *h
	top, last := s[0], len(s)-1
	s[0], s[last] = s[last], timer{}
	s = s[:last]
	*h = s
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if s[child].at < s[least].at {
				least = child
			}
		}
		if least == i {
			return top
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
}
