package io.ergane.extproc.wire;

import io.ergane.core.llm.Edit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code ProcessingResponse}s. Belongs to one thread; an answer is good until the next one
 * is written, those that are constants always.
 */
public final class ProcessingAnswers {
  public static final Encoded RESPONSE_HEADERS = empty(2);
  public static final Encoded REQUEST_BODY = empty(3);
  public static final Encoded RESPONSE_BODY = empty(4);
  public static final Encoded REQUEST_TRAILERS = empty(5);
  public static final Encoded RESPONSE_TRAILERS = empty(6);

  /** Name of the header and of the metadata key with the endpoints to use, in order. */
  public static final String DESTINATION = "x-gateway-destination-endpoint";

  /** Name of the header by which routes find a pool. */
  public static final String POOL = "x-ergane-pool";

  /** Name of the header that asks for the whole of a body whose beginning does not do. */
  public static final String BODY = "x-ergane-body";

  /** Name of the header that keeps the length of a body that Envoy passes on in pieces. */
  public static final String LENGTH = "x-ergane-length";

  /** Metadata namespace that load balancing and access log read. */
  public static final String NAMESPACE = "envoy.lb";

  /** Metadata key that ties an access-log entry to its decision. */
  public static final String TOKEN = "x-ergane-decision";

  private static final int HEADERS_FIELD = 1;
  private static final int BODY_FIELD = 3;
  private static final int RESPONSE_BODY_FIELD = 4;
  private static final int IMMEDIATE = 7;
  private static final int DYNAMIC_METADATA = 8;
  private static final int MESSAGE_TIMEOUT = 10;
  private static final int COMMON = 1;
  private static final int HEADER_MUTATION = 2;
  private static final int BODY_MUTATION = 3;
  private static final int CLEAR_ROUTE_CACHE = 5;
  private static final int SET_HEADERS = 1;
  private static final int APPEND_ACTION = 3;
  private static final int OVERWRITE_OR_ADD = 2;
  private static final int RAW_VALUE = 3;
  private static final int STREAMED_RESPONSE = 3;

  private final WireWriter out = new WireWriter();

  private static Encoded empty(int field) {
    WireWriter out = new WireWriter();
    out.begin();
    int mark = out.mark();
    out.close(field, mark);
    return out.copy();
  }

  /**
   * Where a request goes.
   *
   * @param destinations {@code host:port} of the endpoints in order, separated by commas
   * @param pool {@code namespace/name}
   * @param token ties the access-log entry to the decision; null when {@link #named} told it
   * @param requestId for the request's {@code x-request-id}; null to leave the client's
   * @param contentLength for the request's header, -1 to leave it
   * @param lengthKept the length is kept in {@link #LENGTH} too
   * @param maxRetries attempts that Envoy may make after the first, -1 to leave it to its route
   */
  public record Direction(
      String destinations,
      String pool,
      @Nullable String token,
      @Nullable String requestId,
      long contentLength,
      boolean lengthKept,
      int maxRetries) {}

  /**
   * Answers the body with a direction.
   *
   * @param edits ascending; empty to leave the body as it is
   */
  public Encoded body(Direction to, byte[] body, int offset, int length, List<Edit> edits) {
    return directed(BODY_FIELD, to, body, offset, length, edits);
  }

  /**
   * Answers the headers by naming the decision that will follow on the body: should the client
   * leave while it is made, Envoy's access log tells of it all the same.
   */
  public Encoded named(String token) {
    out.begin();
    int response = out.mark();
    int struct = out.mark();
    member(TOKEN, token);
    close(response, struct);
    int mark = out.mark();
    out.close(HEADERS_FIELD, mark);
    return out.end();
  }

  /** Is no answer: the one to the message before this may take so long, from now on. */
  public Encoded moreTime(Duration time) {
    out.begin();
    int mark = out.mark();
    out.number(1, time.toSeconds());
    out.close(MESSAGE_TIMEOUT, mark);
    return out.end();
  }

  /** Answers the headers with a direction. */
  public Encoded headers(Direction to) {
    return directed(HEADERS_FIELD, to, new byte[0], 0, 0, List.of());
  }

  private Encoded directed(
      int field, Direction to, byte[] body, int offset, int length, List<Edit> edits) {
    out.begin();
    metadata(to);
    int mark = out.mark();
    out.number(CLEAR_ROUTE_CACHE, 1);
    if (!edits.isEmpty()) {
      edited(body, offset, length, edits);
    }
    int headers = out.mark();
    if (to.contentLength() >= 0) {
      header("content-length", Long.toString(to.contentLength()));
      if (to.lengthKept()) {
        header(LENGTH, Long.toString(to.contentLength()));
      }
    }
    if (to.maxRetries() >= 0) {
      header("x-envoy-max-retries", Integer.toString(to.maxRetries()));
    }
    if (to.requestId() != null) {
      header("x-request-id", to.requestId());
    }
    header(DESTINATION, to.destinations());
    header(POOL, to.pool());
    out.close(HEADER_MUTATION, headers);
    out.close(COMMON, mark);
    out.close(field, mark);
    return out.end();
  }

  private void metadata(Direction to) {
    int response = out.mark();
    int struct = out.mark();
    if (to.token() != null) {
      member(TOKEN, to.token());
    }
    member(DESTINATION, to.destinations());
    close(response, struct);
  }

  private void close(int response, int struct) {
    out.close(5, struct);
    out.close(2, struct);
    out.text(1, NAMESPACE);
    out.close(1, response);
    out.close(DYNAMIC_METADATA, response);
  }

  /** A member of a {@code Struct} with a text. */
  private void member(String key, String text) {
    int mark = out.mark();
    out.text(3, text);
    out.close(2, mark);
    out.text(1, key);
    out.close(1, mark);
  }

  private void header(String name, String value) {
    int mark = out.mark();
    out.number(APPEND_ACTION, OVERWRITE_OR_ADD);
    int header = out.mark();
    out.text(RAW_VALUE, value);
    out.text(1, name);
    out.close(1, header);
    out.close(SET_HEADERS, mark);
  }

  private void edited(byte[] body, int offset, int length, List<Edit> edits) {
    int mark = out.mark();
    int end = length;
    for (int i = edits.size() - 1; i >= 0; i--) {
      Edit edit = edits.get(i);
      out.raw(body, offset + edit.end(), end - edit.end());
      out.raw(edit.replacement(), 0, edit.replacement().length);
      end = edit.start();
    }
    out.raw(body, offset, end);
    out.close(1, mark);
    out.close(BODY_MUTATION, mark);
  }

  /** Answers the beginning of a body by asking for the whole. */
  public Encoded wholeBody() {
    out.begin();
    int mark = out.mark();
    out.number(CLEAR_ROUTE_CACHE, 1);
    int headers = out.mark();
    header(BODY, "whole");
    out.close(HEADER_MUTATION, headers);
    out.close(COMMON, mark);
    out.close(BODY_FIELD, mark);
    return out.end();
  }

  /** Answers a piece of the request's body by leaving it out. */
  public Encoded dropped() {
    out.begin();
    int mark = out.mark();
    out.number(2, 1);
    out.close(BODY_MUTATION, mark);
    out.close(COMMON, mark);
    out.close(BODY_FIELD, mark);
    return out.end();
  }

  /** Answers a piece of the request's body by another one in its place. */
  public Encoded replaced(byte[] body) {
    out.begin();
    int mark = out.mark();
    out.bytes(1, body, 0, body.length);
    out.close(BODY_MUTATION, mark);
    out.close(COMMON, mark);
    out.close(BODY_FIELD, mark);
    return out.end();
  }

  /** A piece of the request's body, sent back in full-duplex mode. */
  public Encoded requestPiece(byte[] bytes, int from, int length, boolean last) {
    return piece(BODY_FIELD, bytes, from, length, last);
  }

  /** A piece of the response's body, sent back in full-duplex mode. */
  public Encoded responsePiece(byte[] bytes, int from, int length, boolean last) {
    return piece(RESPONSE_BODY_FIELD, bytes, from, length, last);
  }

  private Encoded piece(int field, byte[] bytes, int from, int length, boolean last) {
    out.begin();
    int mark = out.mark();
    if (last) {
      out.number(2, 1);
    }
    out.bytes(1, bytes, from, length);
    out.close(STREAMED_RESPONSE, mark);
    out.close(BODY_MUTATION, mark);
    out.close(COMMON, mark);
    out.close(field, mark);
    return out.end();
  }

  /**
   * Answers in the engine's place.
   *
   * @param headers names and values by turns
   * @param details for Envoy's access log, without spaces
   */
  public Encoded immediate(int status, byte[] body, String details, String... headers) {
    out.begin();
    int response = out.mark();
    out.text(5, details);
    out.bytes(3, body, 0, body.length);
    int mutation = out.mark();
    for (int i = headers.length - 2; i >= 0; i -= 2) {
      header(headers[i], headers[i + 1]);
    }
    out.close(2, mutation);
    int code = out.mark();
    out.number(1, status);
    out.close(1, code);
    out.close(IMMEDIATE, response);
    return out.end();
  }
}
