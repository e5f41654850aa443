package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// prompts builds chat requests of one exact body size. Two slots of eight hex digits vary from
// request to request: one before the text (requests with the same lead share the whole text as
// prefix), one behind it (no two requests are equal).
type prompts struct {
	parts    [3][]byte // head and start of body, text, end of body
	groups   int       // number of leads; 0: every request has its own
	counter  uint64
	bodySize int
}

const (
	slotDigits = 8
	words      = "the cache of a long prompt is worth more than any other signal because prefill costs " +
		"grow with every token that has not been seen before and a warm replica answers at once "
)

// newPrompts takes prefix "distinct" (no shared prefix), "shared" (one lead) or "groups:N".
func newPrompts(host, path, model, prefix string, bodySize int, stream bool, headers string) (*prompts, error) {
	groups := 0
	switch count, grouped := strings.CutPrefix(prefix, "groups:"); {
	case grouped:
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("--prefix %s: want groups:N with N of 1 or more", prefix)
		}
		groups = n
	case prefix == "shared":
		groups = 1
	case prefix != "distinct":
		return nil, fmt.Errorf("--prefix %s: want distinct, shared or groups:N", prefix)
	}
	start := `{"model":"` + model + `","messages":[{"role":"system","content":"You are a careful assistant."},` +
		`{"role":"user","content":"`
	end := `"}],"max_tokens":128,"temperature":0.7,"stream":` + strconv.FormatBool(stream) + `}`
	textSize := bodySize - len(start) - len(end) - 2*slotDigits
	if textSize < 0 {
		return nil, fmt.Errorf("--body %d: the smallest body is %d bytes", bodySize, bodySize-textSize)
	}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nhost: %s\r\nuser-agent: rigload\r\naccept: */*\r\n"+
		"content-type: application/json\r\ncontent-length: %d\r\n%s\r\n", path, host, bodySize, headers)
	return &prompts{
		parts:    [3][]byte{[]byte(head + start), promptText(textSize), []byte(end)},
		groups:   groups,
		bodySize: bodySize,
	}, nil
}

// promptText is English of exactly n bytes of JSON string content, with an escaped line break in
// every kilobyte as prompts have.
func promptText(n int) []byte {
	text := bytes.Repeat([]byte(words), n/len(words)+1)[:n]
	for i := 1000; i+1 < n; i += 1000 {
		copy(text[i:], `\n`)
	}
	return text
}

// request is one connection's own copy of what varies.
type request struct {
	whole      []byte // all of a small request; empty for a large one
	lead, tail []byte
	parts      [5][]byte
}

// maxCopied is the largest request that every connection holds a copy of.
const maxCopied = 16 << 10

func (p *prompts) newRequest() *request {
	r := &request{}
	size := len(p.parts[0]) + len(p.parts[1]) + len(p.parts[2]) + 2*slotDigits
	if size > maxCopied {
		r.lead, r.tail = make([]byte, slotDigits), make([]byte, slotDigits)
		return r
	}
	empty := make([]byte, slotDigits)
	r.whole = bytes.Join([][]byte{p.parts[0], empty, p.parts[1], empty, p.parts[2]}, nil)
	at := len(p.parts[0])
	r.lead = r.whole[at : at+slotDigits]
	at += slotDigits + len(p.parts[1])
	r.tail = r.whole[at : at+slotDigits]
	return r
}

// next fills the slots for the next request and returns the parts to write.
func (p *prompts) next(r *request) [][]byte {
	p.counter++
	lead := p.counter
	if p.groups > 0 {
		lead = scramble(p.counter) % uint64(p.groups)
	}
	hex(r.lead, scramble(lead))
	hex(r.tail, p.counter)
	if len(r.whole) > 0 {
		r.parts[0] = r.whole
		return r.parts[:1]
	}
	r.parts = [5][]byte{p.parts[0], r.lead, p.parts[1], r.tail, p.parts[2]}
	return r.parts[:]
}

func hex(into []byte, n uint64) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
}

// scramble is the finaliser of SplitMix64: a bijection whose low bits look random.
func scramble(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
