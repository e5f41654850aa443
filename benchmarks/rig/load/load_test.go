package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// startMock returns the address of the last of three engines.
func startMock(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.3.0:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	m, err := newMock(mockOptions{first: "127.0.2.254", count: 3, port: port, model: "bench", events: 7})
	if err != nil {
		t.Fatal(err)
	}
	last := m.engines[2].Address
	if want := fmt.Sprintf("127.0.3.0:%d", port); last != want {
		t.Fatalf("third engine at %s, want %s", last, want)
	}
	go func() {
		if err := m.serve(); err != nil {
			panic(err)
		}
	}()
	return last
}

func runWindow(t *testing.T, o loadOptions) loadReport {
	t.Helper()
	o.path, o.model = "/v1/chat/completions", "bench"
	o.timeout = 10 * time.Second
	if o.prefix == "" {
		o.prefix = "distinct"
	}
	g, err := newGenerator(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.run(o.duration); err != nil {
		t.Fatal(err)
	}
	return g.report()
}

func TestTheMockAnswersWhatTheGeneratorExpects(t *testing.T) {
	plain := loadOptions{target: startMock(t), rate: 500, connections: 8, duration: 300 * time.Millisecond, body: 1024, answerBytes: len(chatAnswer)}
	closed, large, streamed, byBody, wrong := plain, plain, plain, plain, plain
	closed.rate = 0
	large.body, large.prefix, large.rate = 400_000, "groups:4", 50
	streamed.events, streamed.gap, streamed.ttft, streamed.rate, streamed.connections = 5, 10, 20, 100, 50
	byBody.events = 7
	wrong.answerBytes++
	for name, o := range map[string]loadOptions{"plain": plain, "closed": closed, "large": large, "streamed": streamed, "by body": byBody} {
		report := runWindow(t, o)
		if report.Sent == 0 || report.OK != report.Sent || len(report.Failed) > 0 {
			t.Errorf("%s: %+v", name, report)
		}
		if report.Events != report.OK*int64(o.events) {
			t.Errorf("%s: %d events in %d answers", name, report.Events, report.OK)
		}
		if slowest := 20*1000 + 4*10*1000.0; name == "streamed" && report.Latency.P50 < slowest {
			t.Errorf("an answer of %g us came %g us after its intended time", slowest, report.Latency.P50)
		}
	}
	if report := runWindow(t, wrong); report.OK > 0 || report.Failed["wrong_body_length"] != report.Sent {
		t.Errorf("a wrong length passed: %+v", report)
	}
}

func TestEveryRequestIsValidJSONOfTheAskedSize(t *testing.T) {
	for _, prefix := range []string{"distinct", "shared", "groups:3"} {
		for _, size := range []int{300, 1024, maxCopied, 400_000} {
			p, err := newPrompts("h", "/p", "m", prefix, size, true, "")
			if err != nil {
				t.Fatal(err)
			}
			r := p.newRequest()
			contents := map[string]bool{}
			leads := map[string]bool{}
			for range 50 {
				whole := bytes.Join(p.next(r), nil)
				_, body, _ := bytes.Cut(whole, headEnd)
				var chat struct {
					Messages []struct{ Content string }
				}
				if err := json.Unmarshal(body, &chat); err != nil || len(body) != size {
					t.Fatalf("%s %d: %d bytes, %v", prefix, size, len(body), err)
				}
				content := chat.Messages[1].Content
				contents[content] = true
				leads[content[:slotDigits]] = true
			}
			want := map[string]int{"distinct": 50, "shared": 1, "groups:3": 3}[prefix]
			if len(contents) != 50 || len(leads) != want {
				t.Errorf("%s %d: %d prompts with %d leads", prefix, size, len(contents), len(leads))
			}
		}
	}
}

func TestTooSmallABodyIsRefusedWithTheSmallest(t *testing.T) {
	_, err := newPrompts("h", "/p", "m", "shared", 10, false, "")
	if err == nil || !strings.Contains(err.Error(), "smallest body is") {
		t.Fatal(err)
	}
}

func TestTimersComeOutInOrder(t *testing.T) {
	var h timerHeap
	for i := range uint64(500) {
		h.push(timer{at: time.Duration(scramble(i) % 1000)})
	}
	last := time.Duration(-1)
	for h.peek() != nil {
		next := h.pop().at
		if next < last {
			t.Fatalf("%d after %d", next, last)
		}
		last = next
	}
}
