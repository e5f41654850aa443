package io.ergane.extproc;

import io.ergane.dataplane.decision.Refusal;
import io.ergane.extproc.wire.BodyMode;
import io.ergane.extproc.wire.ProcessingMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a stream goes.
 *
 * @param request how request bodies come
 * @param response how bodies of answers come
 * @param bodyUnasked request bodies come without their headers having been answered
 * @param watched the stream tells of its request's end; else it is closed with the decision
 */
record Protocol(BodyMode request, BodyMode response, boolean bodyUnasked, boolean watched) {

  private static final Duration USUAL_TIME = Duration.ofSeconds(5);
  private static final long LONG = 1 << 20;

  /** For a client that does not say. */
  static Protocol assumed(ExtProcSettings.Accounting accounting) {
    BodyMode mode = accounting.assumedBodyMode();
    boolean watched = accounting.teller() != ExtProcSettings.Teller.ACCESS_LOG;
    return new Protocol(mode, mode, false, watched);
  }

  /** What a stream's first message says. */
  static Protocol of(ProcessingMessage message, ExtProcSettings.Accounting accounting) {
    boolean watched =
        switch (accounting.teller()) {
          case EITHER -> message.responseBody() != BodyMode.NONE;
          case ACCESS_LOG -> false;
          case STREAM -> true;
        };
    return new Protocol(
        message.requestBody(), message.responseBody(), message.bodyUnasked(), watched);
  }

  /** Whether a request's body comes in one message, once its headers were answered. */
  boolean wholeBodies() {
    return request == BodyMode.BUFFERED || request == BodyMode.BUFFERED_PARTIAL;
  }

  /**
   * The time that Envoy is to wait for the answer to a body: long ones, which share a connection,
   * get a second more for each MiB. It can be asked for when the headers are answered, since an
   * Envoy that sends whole bodies with their length has all of it by then and sends it at once.
   *
   * @param length -1 when it is not known
   * @param most never more than this
   * @return null for what Envoy gives every message
   */
  @Nullable Duration timeFor(long length, Duration most) {
    if (request != BodyMode.BUFFERED || length < LONG) {
      return null;
    }
    Duration time = USUAL_TIME.plusSeconds(length / LONG);
    return time.compareTo(most) < 0 ? time : most;
  }

  /** Why no request can be decided about; null when one can. */
  @Nullable Refusal unusable() {
    String found =
        switch (request) {
          case BUFFERED, BUFFERED_PARTIAL, FULL_DUPLEX_STREAMED -> null;
          case STREAMED ->
              bodyUnasked
                  ? null
                  : "Envoy sends request bodies in the mode STREAMED, piece by piece after routing";
          case NONE, OTHER -> "Envoy does not send request bodies, so the model is not known";
        };
    return found == null
        ? null
        : Refusal.misconfigured(found, "set request_body_mode to BUFFERED.");
  }
}
