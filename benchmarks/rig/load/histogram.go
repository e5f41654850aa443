package main

import (
	"math/bits"
	"time"
)

const (
	subBucketBits = 7
	subBuckets    = 1 << subBucketBits
)

// histogram counts durations in log-linear buckets of at most 1/128 relative width, the layout of
// HdrHistogram with two significant digits.
type histogram struct {
	counts [(64 - subBucketBits) * subBuckets]int64
	total  int64
	sum    float64
	max    time.Duration
}

func bucketOf(nanos uint64) int {
	if nanos < subBuckets {
		return int(nanos)
	}
	shift := bits.Len64(nanos) - subBucketBits
	return shift*subBuckets/2 + int(nanos>>shift)
}

// bucketTop is the largest duration that falls into the bucket.
func bucketTop(bucket int) uint64 {
	if bucket < subBuckets {
		return uint64(bucket)
	}
	shift := bucket/(subBuckets/2) - 1
	mantissa := uint64(bucket - shift*subBuckets/2)
	return (mantissa+1)<<shift - 1
}

func (h *histogram) record(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(uint64(d))]++
	h.total++
	h.sum += float64(d)
	h.max = max(h.max, d)
}

// quantile returns the upper edge of the bucket that holds the q-th share, 0 when empty.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := max(int64(q*float64(h.total)+0.5), 1)
	var seen int64
	for bucket, count := range h.counts {
		seen += count
		if seen >= rank {
			return min(time.Duration(bucketTop(bucket)), h.max)
		}
	}
	return h.max
}

// summary is the JSON form of a histogram, in microseconds.
type summary struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean_us"`
	P50   float64 `json:"p50_us"`
	P90   float64 `json:"p90_us"`
	P99   float64 `json:"p99_us"`
	P999  float64 `json:"p999_us"`
	Max   float64 `json:"max_us"`
}

func (h *histogram) summary() summary {
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	mean := 0.0
	if h.total > 0 {
		mean = h.sum / float64(h.total) / 1000
	}
	return summary{h.total, mean, micros(h.quantile(0.5)), micros(h.quantile(0.9)),
		micros(h.quantile(0.99)), micros(h.quantile(0.999)), micros(h.max)}
}
