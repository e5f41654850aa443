package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func stream(events int) string {
	var text strings.Builder
	text.WriteString("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	for i := range events {
		frame := fmt.Sprintf("data: {\"n\":%d}\n\n", i)
		fmt.Fprintf(&text, "%x;x=1\r\n%s\r\n", len(frame), frame)
	}
	fmt.Fprintf(&text, "%X\r\n%s\r\n0\r\nx-t: 1\r\n\r\n", len(doneFrame), doneFrame)
	return text.String()
}

func TestAnswerIsTheSameWhereverItIsCut(t *testing.T) {
	bodies := map[string]string{
		"stream": stream(3),
		"length": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"empty":  "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
		"after continue": "HTTP/1.1 100 Continue\r\n\r\n" +
			"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
	}
	for name, text := range bodies {
		whole := feedAll(t, name, text, len(text))
		for size := 1; size < len(text); size++ {
			if cut := feedAll(t, name, text, size); cut != whole {
				t.Fatalf("%s in pieces of %d: %s, whole: %s", name, size, cut, whole)
			}
		}
	}
}

func feedAll(t *testing.T, name, text string, size int) string {
	t.Helper()
	var a answer
	next := "NEXT RESPONSE"
	for data := []byte(text + next); len(data) > len(next); {
		piece := data[:min(size, len(data))]
		n, done, err := a.feed(piece)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		data = data[n:]
		if done {
			if string(data) != next {
				t.Fatalf("%s: ended early or late, left %q", name, data)
			}
			return fmt.Sprintf("%d %d bytes %d frames close=%v tail=%q", a.status, a.bodyBytes, a.frames, a.close, a.tail)
		}
		if n != len(piece) {
			t.Fatalf("%s: consumed %d of %d without an end", name, n, len(piece))
		}
	}
	t.Fatalf("%s: no end", name)
	return ""
}

func TestProblemNamesWhatIsWrong(t *testing.T) {
	for _, example := range []struct {
		text          string
		events, bytes int
		want          string
	}{
		{stream(3), 3, 0, ""},
		{stream(4), 3, 0, "wrong_event_count"},
		{strings.Replace(stream(3), "[DONE]", "[DOME]", 1), 3, 0, "stream_without_done"},
		{"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 0, 2, ""},
		{"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 0, 3, "wrong_body_length"},
		{"HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n", 0, 2, "status_429"},
	} {
		var a answer
		if _, done, err := a.feed([]byte(example.text)); !done || err != nil {
			t.Fatal(done, err)
		}
		if got := a.problem(example.events, example.bytes); got != example.want {
			t.Errorf("got %q, want %q", got, example.want)
		}
	}
}

func TestHistogramQuantilesAreWithinOnePercent(t *testing.T) {
	var h histogram
	for i := 1; i <= 100_000; i++ {
		h.record(time.Duration(i) * time.Microsecond)
	}
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
		want := q * 100_000
		got := float64(h.quantile(q)) / float64(time.Microsecond)
		if got < want || got > want*1.01 {
			t.Errorf("quantile %g: %g us, want %g us", q, got, want)
		}
	}
}

func TestBucketsHoldWhatFallsIntoThem(t *testing.T) {
	for n := uint64(0); n < 1<<40; n = n*5/4 + 1 {
		bucket := bucketOf(n)
		if n > bucketTop(bucket) || bucket > 0 && n <= bucketTop(bucket-1) {
			t.Fatalf("%d fell into bucket %d (%d, %d]", n, bucket, bucketTop(bucket-1), bucketTop(bucket))
		}
	}
}
