package main

import (
	"bytes"
	"strconv"
)

const doneFrame = "data: [DONE]\n\n"

// answer reads one HTTP/1.1 response in pieces of any size and counts what a client checks.
type answer struct {
	head      []byte
	inBody    bool
	framer    bodyFramer
	status    int
	close     bool
	bodyBytes int
	frames    int // server-sent events, [DONE] included
	newline   bool
	tail      []byte // last bytes of the body, to recognise [DONE]
	sample    []byte // first bytes of the body, for error reports
}

func (a *answer) reset() {
	*a = answer{head: a.head[:0], tail: a.tail[:0], sample: a.sample[:0]}
}

// feed consumes data up to the end of the response.
func (a *answer) feed(data []byte) (consumed int, done bool, err error) {
	if !a.inBody {
		before := len(a.head)
		end := -1
		if before == 0 {
			end = bytes.Index(data, headEnd)
		} else {
			from := max(before-3, 0)
			a.head = append(a.head, data[:min(len(data), maxHead)]...)
			if end = bytes.Index(a.head[from:], headEnd); end >= 0 {
				end += from
			}
		}
		if end < 0 {
			if before == 0 {
				a.head = append(a.head, data...)
			}
			if len(a.head) > maxHead {
				return 0, false, errBadFraming
			}
			return len(data), false, nil
		}
		head := data
		if before > 0 {
			head = a.head
		}
		if err := a.parseHead(head[:end+2]); err != nil {
			return 0, false, err
		}
		consumed = end + len(headEnd) - before
		data = data[consumed:]
		if a.status == 100 {
			a.reset()
			more, done, err := a.feed(data)
			return consumed + more, done, err
		}
		a.inBody = true
		if !a.framer.chunked && a.framer.remaining == 0 {
			return consumed, true, nil
		}
	}
	n, done, err := a.framer.feed(data, a.body)
	return consumed + n, done, err
}

func (a *answer) parseHead(head []byte) error {
	if len(head) < 12 || !bytes.HasPrefix(head, []byte("HTTP/1.1 ")) {
		return errBadFraming
	}
	status, err := strconv.Atoi(string(head[9:12]))
	if err != nil {
		return errBadFraming
	}
	a.status = status
	framed := status == 204 || status == 304 || status == 100
	eachHeader(head, func(name, value []byte) {
		switch {
		case is(name, "content-length"):
			a.framer.remaining = int(number(value))
			framed = true
		case is(name, "transfer-encoding"):
			a.framer.chunked = is(value, "chunked")
			framed = framed || a.framer.chunked
		case is(name, "connection"):
			a.close = is(value, "close")
		}
	})
	if !framed {
		return errBadFraming
	}
	return nil
}

func (a *answer) body(data []byte) {
	a.bodyBytes += len(data)
	if len(a.sample) < 200 {
		a.sample = append(a.sample, data[:min(len(data), 200-len(a.sample))]...)
	}
	rest := data
	if a.newline && rest[0] == '\n' {
		a.frames++
		rest = rest[1:]
	}
	for {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 || i+1 == len(rest) {
			break
		}
		if rest[i+1] == '\n' {
			a.frames++
			i++
		}
		rest = rest[i+1:]
	}
	a.newline = len(rest) > 0 && rest[len(rest)-1] == '\n'
	if len(data) >= len(doneFrame) {
		a.tail = append(a.tail[:0], data[len(data)-len(doneFrame):]...)
		return
	}
	a.tail = append(a.tail, data...)
	if extra := len(a.tail) - len(doneFrame); extra > 0 {
		a.tail = append(a.tail[:0], a.tail[extra:]...)
	}
}

// problem says what is wrong with a complete answer, "" when nothing is.
func (a *answer) problem(events, bodyBytes int) string {
	switch {
	case a.status != 200:
		return "status_" + strconv.Itoa(a.status)
	case events > 0 && string(a.tail) != doneFrame:
		return "stream_without_done"
	case events > 0 && a.frames-1 != events:
		return "wrong_event_count"
	case events == 0 && a.bodyBytes != bodyBytes:
		return "wrong_body_length"
	}
	return ""
}
