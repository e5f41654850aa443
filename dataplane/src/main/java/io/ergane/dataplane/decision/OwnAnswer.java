package io.ergane.dataplane.decision;

import io.ergane.core.llm.Api;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the data plane gives itself.
 *
 * @param retryAfterSeconds 0 for no such header
 * @param allow methods of a 405, null for no such header
 */
@SuppressWarnings("ArrayRecordComponent")
public record OwnAnswer(
    int status, String contentType, byte[] body, int retryAfterSeconds, @Nullable String allow) {

  static OwnAnswer json(int status, String body) {
    return new OwnAnswer(
        status, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8), 0, null);
  }

  /** The answer that a refusal stands for, in the shape of the API that was called. */
  public static OwnAnswer to(Refusal refusal, @Nullable Api api, ErrorShape shape) {
    return new OwnAnswer(
        refusal.status(),
        shape.contentType(),
        shape.body(api, refusal),
        refusal.retryAfterSeconds(),
        refusal.status() == 405 ? "POST" : null);
  }
}
