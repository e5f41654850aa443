package io.ergane.dataplane.telemetry;

import io.ergane.api.ObjectName;

/** Finished requests for tests. */
final class Records {
  private static final long MILLI = 1_000_000;

  private Records() {}

  /** A streamed chat request that was answered: 10 tokens in, 21 out, 300 ms. */
  static RequestRecord answered() {
    RequestRecord record = timed();
    record.counted = true;
    record.modelRegistered = true;
    record.model = "chat";
    record.status = 200;
    record.route = new ObjectName("default", "chat-route");
    record.server = new ObjectName("default", "chat-server");
    record.pod = new ObjectName("default", "pod-0");
    record.requestId = "req-1";
    record.backendType = "model_server";
    record.upstreamModel = "chat-7b";
    record.upstreamStatus = 200;
    record.attempts = 1;
    record.stream = true;
    record.inputTokens = 10;
    record.outputTokens = 21;
    record.upstreamStartNanos = record.startNanos + 3 * MILLI;
    record.firstByteNanos = record.startNanos + 53 * MILLI;
    record.lastByteNanos = record.startNanos + 253 * MILLI;
    return record;
  }

  /** A request for a model that no route registers. */
  static RequestRecord unknownModel(String model) {
    RequestRecord record = timed();
    record.counted = true;
    record.model = model;
    record.status = 404;
    record.errorType = "model_route_matching";
    record.metricErrorType = "route_not_found";
    record.errorMessage = "route not found";
    return record;
  }

  /** A POST of a chat request with its first two moments and its last. */
  static RequestRecord timed() {
    RequestRecord record = new RequestRecord();
    record.startedAtEpochNanos = 1_700_000_000_123_456_789L;
    record.startNanos = 1_000 * MILLI;
    record.parsedNanos = record.startNanos + 2 * MILLI;
    record.endNanos = record.startNanos + 300 * MILLI;
    record.method = "POST";
    record.path = "/v1/chat/completions";
    return record;
  }
}
