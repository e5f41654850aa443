package main

import (
	"bytes"
	"errors"
	"strconv"
)

var (
	headEnd       = []byte("\r\n\r\n")
	errBadFraming = errors.New("bad framing")
)

const maxHead = 64 << 10

// bodyFramer finds the end of an HTTP/1.1 message body in pieces of any size.
type bodyFramer struct {
	chunked   bool
	remaining int // bytes of the body (fixed length) or of the current chunk that are still to come
	phase     chunkPhase
	size      int
	trailer   int // bytes in the current trailer line
}

type chunkPhase uint8

const (
	chunkSize chunkPhase = iota
	chunkExtension
	chunkData
	chunkDataEnd
	chunkTrailer
)

// feed gives the payload in data to sink and returns how many bytes it consumed and whether the
// body is complete.
func (f *bodyFramer) feed(data []byte, sink func([]byte)) (consumed int, done bool, err error) {
	if !f.chunked {
		n := min(len(data), f.remaining)
		if n > 0 {
			sink(data[:n])
		}
		f.remaining -= n
		return n, f.remaining == 0, nil
	}
	for i := 0; i < len(data); {
		if f.phase == chunkData {
			n := min(len(data)-i, f.remaining)
			sink(data[i : i+n])
			i += n
			f.remaining -= n
			if f.remaining == 0 {
				f.phase = chunkDataEnd
			}
			continue
		}
		done, err := f.control(data[i])
		i++
		if done || err != nil {
			return i, done, err
		}
	}
	return len(data), false, nil
}

func (f *bodyFramer) control(b byte) (done bool, err error) {
	switch f.phase {
	case chunkSize, chunkExtension:
		switch {
		case b == '\n':
			f.remaining, f.size, f.phase = f.size, 0, chunkData
			if f.remaining == 0 {
				f.phase, f.trailer = chunkTrailer, 0
			}
		case b == '\r' || f.phase == chunkExtension:
		case b == ';':
			f.phase = chunkExtension
		default:
			digit, ok := hexDigit(b)
			if !ok || f.size > 1<<26 {
				return false, errBadFraming
			}
			f.size = f.size<<4 | digit
		}
	case chunkDataEnd:
		if b == '\n' {
			f.phase = chunkSize
		} else if b != '\r' {
			return false, errBadFraming
		}
	case chunkTrailer:
		if b == '\n' {
			if f.trailer == 0 {
				return true, nil
			}
			f.trailer = 0
		} else if b != '\r' {
			f.trailer++
		}
	}
	return false, nil
}

func hexDigit(b byte) (int, bool) {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0'), true
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10, true
	}
	return 0, false
}

// eachHeader calls f with the name and value of every header line after the first line of head.
func eachHeader(head []byte, f func(name, value []byte)) {
	i := bytes.IndexByte(head, '\n') + 1
	for i > 0 && i < len(head) {
		end := bytes.IndexByte(head[i:], '\n')
		if end < 0 {
			end = len(head) - i
		}
		line := bytes.TrimSuffix(head[i:i+end], []byte("\r"))
		if colon := bytes.IndexByte(line, ':'); colon > 0 {
			f(line[:colon], bytes.TrimLeft(line[colon+1:], " \t"))
		}
		i += end + 1
	}
}

// is compares a header name with a lower-case literal, without regard to case.
func is(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, b := range name {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		if b != lower[i] {
			return false
		}
	}
	return true
}

func number(value []byte) float64 {
	n, err := strconv.ParseFloat(string(bytes.TrimSpace(value)), 64)
	if err != nil {
		return 0
	}
	return n
}
