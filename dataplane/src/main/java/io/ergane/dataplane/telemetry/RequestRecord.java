package io.ergane.dataplane.telemetry;

import io.ergane.api.ObjectName;
import io.ergane.core.schedule.Explanation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request, filled while it runs and handed over when it has ended. Mutable,
 * with one owner at a time: the data plane's shell until {@link Telemetry#ended}, then the
 * telemetry. Times are of the monotonic clock in nanoseconds, 0 where the moment never came.
 */
@SuppressWarnings("PublicField")
public final class RequestRecord {
  /** Wall-clock time of the start, nanoseconds since the epoch. */
  public long startedAtEpochNanos;

  public long startNanos;
  public long parsedNanos;
  public long upstreamStartNanos;
  public long firstByteNanos;
  public long lastByteNanos;
  public long endNanos;

  public String method = "";

  /** Path without query. */
  public String path = "";

  public String protocol = "HTTP/1.1";
  public int status;

  /** One of Kthena's access-log error types, e.g. {@code route_not_found}; null for none. */
  public @Nullable String errorType;

  public @Nullable String errorMessage;

  /** Value of the {@code error_type} metric label where it differs from {@link #errorType}. */
  public @Nullable String metricErrorType;

  /** As the client named it; empty until parsed. */
  public String model = "";

  /** Whether some route registers {@link #model}. */
  public boolean modelRegistered;

  /** Whether metrics count the request: its body named a model. */
  public boolean counted;

  public @Nullable ObjectName route;
  public @Nullable ObjectName server;
  public @Nullable ObjectName pod;
  public @Nullable String requestId;

  /** {@code model_server}, {@code external_provider} or empty. */
  public String backendType = "";

  public String upstreamModel = "";
  public int upstreamStatus;
  public int attempts;
  public boolean stream;

  /** Estimated before the choice; the engine's own figure where it reports one. */
  public int inputTokens;

  public int outputTokens;

  /** {@link #outputTokens} is estimated from the answer's length: the engine reported none. */
  public boolean outputEstimated;

  /** The client left before the answer was complete. */
  public boolean clientLeft;

  /** Endpoints that this request's failures took out of rotation. */
  public int ejections;

  /** Share of the prompt that the chosen endpoint held already, 0 to 1; NaN: not hashed. */
  public float prefixShare = Float.NaN;

  /** Entries that the prefix index gave up to remember this request's prompt. */
  public int prefixEvictions;

  /**
   * The declared feature that this build does not offer and for which the request was refused, e.g.
   * {@code rateLimit}; null for none.
   */
  public @Nullable String unsupportedFeature;

  public @Nullable Explanation explanation;
  public @Nullable String imageHash;

  /**
   * The request begins: what people will read as its time is now.
   *
   * @param now the same moment on the monotonic clock
   */
  public void begin(long now) {
    Instant wall = Instant.now();
    startedAtEpochNanos = wall.getEpochSecond() * 1_000_000_000L + wall.getNano();
    startNanos = now;
  }
}
