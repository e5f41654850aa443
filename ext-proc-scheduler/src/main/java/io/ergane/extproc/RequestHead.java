package io.ergane.extproc;

import io.ergane.core.llm.Api;
import io.ergane.dataplane.decision.OwnPaths;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.decision.RequestIds;
import io.ergane.dataplane.decision.RequestView;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.extproc.wire.Headers;
import io.ergane.extproc.wire.ProcessingAnswers;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The head of a stream's request, and the endpoints that it may have. */
final class RequestHead implements RequestView {
  private static final String ID = "x-request-id";
  private static final int MAX_LOGGED_PATH = 1000;

  /** Before the headers came. */
  static final RequestHead NONE = new RequestHead(Headers.NONE);

  private final Headers headers;
  private final String method;
  private final String path;
  private final @Nullable Api api;
  private final long contentLength;
  private @Nullable Set<String> only;

  /**
   * @param headers good as long as the request
   */
  RequestHead(Headers headers) {
    this.headers = headers;
    this.method = text(headers, ":method");
    this.path = pathOf(text(headers, ":path"));
    this.api = Api.ofPath(path);
    this.contentLength = headers.number("content-length");
  }

  private static String text(Headers headers, String name) {
    String value = headers.first(name);
    return value == null ? "" : value;
  }

  private static String pathOf(String target) {
    for (int i = 0; i < target.length(); i++) {
      if (target.charAt(i) == '?' || target.charAt(i) == '#') {
        return target.substring(0, i);
      }
    }
    return target;
  }

  String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return headers.first(lowerCaseName);
  }

  @Override
  public @Nullable Set<String> only() {
    return only;
  }

  /**
   * @param endpoints null for no restriction more
   */
  void restrict(@Nullable Set<String> endpoints) {
    if (endpoints != null) {
      only = endpoints;
    }
  }

  void describe(RequestRecord record, RequestIds ids) {
    record.method = Refusal.shortened(method);
    record.path = Refusal.shortened(path, MAX_LOGGED_PATH);
    record.requestId = id(ids);
  }

  /** What the path stands for, null when it is under no API. */
  @Nullable Api api() {
    return api;
  }

  /** -1 when it is not told. */
  long contentLength() {
    return contentLength;
  }

  /**
   * Why no engine may get the request, whatever its body; null when one may.
   *
   * @param maxBodyBytes bound of its body
   */
  @Nullable Refusal unserved(int maxBodyBytes) {
    Refusal unserved = OwnPaths.unserved(api, method, path);
    if (unserved != null) {
      return unserved;
    }
    if (contentLength > maxBodyBytes) {
      return Refusal.bodyTooLarge(maxBodyBytes);
    }
    return encoded()
        ? Refusal.badMessage(415, "The content-encoding is not understood; send the body plain.")
        : null;
  }

  /** Whether Envoy will ask again with the whole body when it is told to. */
  boolean mayComeAgain() {
    return headers.find(ProcessingAnswers.LENGTH) >= 0 && headers.find(ProcessingAnswers.BODY) < 0;
  }

  private boolean encoded() {
    String encoding = headers.first("content-encoding");
    return encoding != null && !encoding.isEmpty() && !encoding.equalsIgnoreCase("identity");
  }

  /** The client's request id where it is sound, else a fresh one. */
  private String id(RequestIds ids) {
    int id = headers.find(ID);
    return id < 0
        ? ids.fresh()
        : ids.of(headers.bytes(), headers.valueStart(id), headers.valueEnd(id));
  }

  /** Whether the request came with this id. */
  boolean hasId(String id) {
    int header = headers.find(ID);
    return header >= 0 && headers.is(header, id);
  }
}
