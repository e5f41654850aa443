package main

import (
	"fmt"
	"strconv"
	"strings"
)

const jsonAnswer = "HTTP/1.1 200 OK\r\nserver: mock\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"

// chatAnswer is the body of every answer that is not streamed.
const chatAnswer = `{"id":"chatcmpl-4f9b1c","object":"chat.completion","created":1760000000,"model":"bench",` +
	`"choices":[{"index":0,"message":{"role":"assistant","content":"The cache was warm, so the answer came at once.",` +
	`"tool_calls":[]},"logprobs":null,"finish_reason":"stop","stop_reason":null}],` +
	`"usage":{"prompt_tokens":256,"total_tokens":268,"completion_tokens":12,"prompt_tokens_details":null}}`

const streamHead = "HTTP/1.1 200 OK\r\nserver: mock\r\ncontent-type: text/event-stream; charset=utf-8\r\n" +
	"transfer-encoding: chunked\r\n\r\n"

const eventStart = `data: {"id":"chatcmpl-4f9b1c","object":"chat.completion.chunk","created":1760000000,"model":"bench","choices":[`

func chunk(data string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(data), data) }

var (
	chatResponse = []byte(fmt.Sprintf(jsonAnswer, len(chatAnswer), chatAnswer))
	streamStart  = []byte(streamHead)
	tokenEvent   = []byte(chunk(eventStart + `{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}` + "\n\n"))
	lastEvent    = []byte(chunk(eventStart + `{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null}]}` + "\n\n"))
	usageEvent   = []byte(chunk(eventStart + `],"usage":{"prompt_tokens":256,"total_tokens":356,"completion_tokens":100}}` + "\n\n"))
	doneEvent    = []byte(chunk(doneFrame) + "0\r\n\r\n")
	notFound     = []byte("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
	continueLine = []byte("HTTP/1.1 100 Continue\r\n\r\n")
)

// smallPages are the answers to the questions that routers ask an engine besides /metrics.
func smallPages(model string) map[string][]byte {
	pages := map[string]string{
		"/health":          "",
		"/health_generate": "",
		"/v1/models": `{"object":"list","data":[{"id":"` + model + `","object":"model","created":1760000000,` +
			`"owned_by":"vllm","root":"` + model + `","parent":null,"max_model_len":131072}]}`,
		"/get_model_info":  `{"model_path":"` + model + `","is_generation":true}`,
		"/model_info":      `{"model_path":"` + model + `","is_generation":true}`,
		"/get_server_info": `{"model_path":"` + model + `","served_model_name":"` + model + `","version":"0.5.6"}`,
		"/server_info":     `{"model_path":"` + model + `","served_model_name":"` + model + `","version":"0.5.6"}`,
		"/version":         `{"version":"0.11.0"}`,
	}
	answers := make(map[string][]byte, len(pages))
	for path, body := range pages {
		answers[path] = []byte(fmt.Sprintf(jsonAnswer, len(body), body))
	}
	return answers
}

// metricsPage renders what a vLLM 0.11 engine exposes, with its own names, bucket bounds and about
// its size; running is the one number that changes.
type metricsPage struct {
	before, after string
}

var latencyBounds = strings.Fields("0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0 160.0 640.0 2560.0")

var tokenBounds = strings.Fields("1.0 2.0 5.0 10.0 20.0 50.0 100.0 200.0 500.0 1000.0 2000.0 5000.0 10000.0 20000.0 50000.0 100000.0")

func newMetricsPage(model string) metricsPage {
	labels := `engine="0",model_name="` + model + `"`
	var page strings.Builder
	for generation := range 3 {
		for _, name := range []string{"objects_collected_total", "objects_uncollectable_total", "collections_total"} {
			writeSample(&page, "python_gc_"+name, "counter", fmt.Sprintf(`generation="%d"`, generation), "1234.0")
		}
	}
	for _, name := range []string{"virtual_memory_bytes", "resident_memory_bytes", "start_time_seconds", "cpu_seconds_total", "open_fds", "max_fds"} {
		writeSample(&page, "process_"+name, "gauge", "", "1.760000000e+09")
	}
	page.WriteString("# HELP vllm:num_requests_running Number of requests in model execution batches.\n" +
		"# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{" + labels + "} ")
	before := page.String()
	page.Reset()
	page.WriteString("\n")
	writeSample(&page, "vllm:num_requests_waiting", "gauge", labels, "0.0")
	writeSample(&page, "vllm:kv_cache_usage_perc", "gauge", labels, "0.25")
	for _, name := range []string{"prefix_cache_queries", "prefix_cache_hits", "num_preemptions", "prompt_tokens", "generation_tokens"} {
		writeSample(&page, "vllm:"+name+"_total", "counter", labels, "123456.0")
		writeSample(&page, "vllm:"+name+"_created", "gauge", labels, "1.760000000e+09")
	}
	for _, reason := range []string{"stop", "length", "abort"} {
		writeSample(&page, "vllm:request_success_total", "counter", labels+`,finished_reason="`+reason+`"`, "321.0")
	}
	for _, name := range []string{"request_prompt_tokens", "request_generation_tokens", "iteration_tokens_total",
		"request_max_num_generation_tokens", "request_params_n", "request_params_max_tokens"} {
		writeHistogram(&page, "vllm:"+name, labels, tokenBounds)
	}
	for _, name := range []string{"time_to_first_token_seconds", "inter_token_latency_seconds", "time_per_output_token_seconds",
		"e2e_request_latency_seconds", "request_queue_time_seconds", "request_inference_time_seconds",
		"request_prefill_time_seconds", "request_decode_time_seconds"} {
		writeHistogram(&page, "vllm:"+name, labels, latencyBounds)
	}
	writeSample(&page, "vllm:cache_config_info", "gauge",
		`block_size="16",cache_dtype="auto",enable_prefix_caching="True",engine="0",gpu_memory_utilization="0.9",num_gpu_blocks="35000"`, "1.0")
	writeSample(&page, "vllm:lora_requests_info", "gauge", `max_lora="0",running_lora_adapters="",waiting_lora_adapters=""`, "1.76e+09")
	return metricsPage{before, page.String()}
}

func writeSample(page *strings.Builder, name, kind, labels, value string) {
	fmt.Fprintf(page, "# HELP %s What %s counts.\n# TYPE %s %s\n%s{%s} %s\n", name, name, name, kind, name, labels, value)
}

func writeHistogram(page *strings.Builder, name, labels string, bounds []string) {
	fmt.Fprintf(page, "# HELP %s Histogram of %s.\n# TYPE %s histogram\n", name, name, name)
	for i, bound := range append(append([]string(nil), bounds...), "+Inf") {
		fmt.Fprintf(page, "%s_bucket{%s,le=\"%s\"} %d.0\n", name, labels, bound, 10*i)
	}
	fmt.Fprintf(page, "%s_count{%s} %d.0\n%s_sum{%s} 42.123456789\n", name, labels, 10*len(bounds), name, labels)
}

// append adds the whole HTTP response to out.
func (p metricsPage) append(out []byte, running int) []byte {
	number := strconv.Itoa(running) + ".0"
	out = append(out, "HTTP/1.1 200 OK\r\nserver: mock\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\ncontent-length: "...)
	out = strconv.AppendInt(out, int64(p.size(number)), 10)
	out = append(out, "\r\n\r\n"...)
	out = append(out, p.before...)
	out = append(out, number...)
	return append(out, p.after...)
}

func (p metricsPage) size(number string) int { return len(p.before) + len(number) + len(p.after) }
