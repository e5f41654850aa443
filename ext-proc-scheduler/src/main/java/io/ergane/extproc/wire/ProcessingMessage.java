package io.ergane.extproc.wire;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code ProcessingRequest} as far as it is looked at. One object a thread, filled anew for each
 * message: what it gives out is good until then.
 */
public final class ProcessingMessage {
  private static final int REQUEST_HEADERS = 2;
  private static final int TRAILERS_SENT = 7;
  private static final int METADATA = 8;
  private static final int OBSERVABILITY = 10;
  private static final int PROTOCOL_CONFIG = 11;

  /** What a message is about, in the order of its fields. */
  public enum Kind {
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    REQUEST_BODY,
    RESPONSE_BODY,
    REQUEST_TRAILERS,
    RESPONSE_TRAILERS,
    /** Nothing that is known. */
    NOTHING
  }

  private static final Kind[] KINDS = Kind.values();

  private final WireReader in = new WireReader();
  private final Headers headers = new Headers();
  private final EndpointHints hints = new EndpointHints();
  private Kind kind = Kind.NOTHING;
  private @Nullable String problem;
  private byte[] bytes = new byte[0];
  private int bodyStart;
  private int bodyEnd;
  private boolean endOfStream;
  private boolean observed;
  private boolean configured;
  private BodyMode requestBody = BodyMode.NONE;
  private BodyMode responseBody = BodyMode.NONE;
  private boolean bodyUnasked;

  /** Reads a message, which must not change while it is used. */
  public void read(byte[] message, int from, int to) {
    clear();
    bytes = message;
    in.open(message, from, to);
    try {
      while (in.next()) {
        member();
      }
    } catch (MalformedMessage e) {
      problem = e.getMessage();
    } finally {
      in.close();
    }
  }

  private void clear() {
    kind = Kind.NOTHING;
    problem = null;
    headers.clear();
    hints.clear();
    bodyStart = 0;
    bodyEnd = 0;
    endOfStream = false;
    observed = false;
    configured = false;
    requestBody = BodyMode.NONE;
    responseBody = BodyMode.NONE;
    bodyUnasked = false;
  }

  private void member() throws MalformedMessage {
    int field = in.field();
    if (field >= REQUEST_HEADERS && field <= TRAILERS_SENT) {
      kind = KINDS[field - REQUEST_HEADERS];
      content();
      return;
    }
    switch (field) {
      case METADATA -> hints.read(in);
      case OBSERVABILITY -> observed = in.flag();
      case PROTOCOL_CONFIG -> protocol();
      default -> {}
    }
  }

  private void content() throws MalformedMessage {
    int outer = in.enter();
    while (in.next()) {
      boolean first = in.field() == 1;
      switch (kind) {
        case REQUEST_HEADERS, RESPONSE_HEADERS -> {
          if (first) {
            headers.read(bytes, in);
          } else if (in.field() == 3) {
            endOfStream = in.flag();
          }
        }
        case REQUEST_BODY, RESPONSE_BODY -> {
          if (first) {
            bodyStart = in.start();
            bodyEnd = in.stop();
          } else if (in.field() == 2) {
            endOfStream = in.flag();
          }
        }
        case REQUEST_TRAILERS, RESPONSE_TRAILERS, NOTHING -> {}
      }
    }
    in.leave(outer);
  }

  private void protocol() throws MalformedMessage {
    configured = true;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> requestBody = BodyMode.of(in.number());
        case 2 -> responseBody = BodyMode.of(in.number());
        case 3 -> bodyUnasked = in.flag();
        default -> {}
      }
    }
    in.leave(outer);
  }

  public Kind kind() {
    return kind;
  }

  /** Why the bytes are no message, null when they are one. */
  public @Nullable String problem() {
    return problem;
  }

  public Headers headers() {
    return headers;
  }

  /** Whether nothing of what the message is about follows. */
  public boolean endOfStream() {
    return endOfStream;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int bodyStart() {
    return bodyStart;
  }

  public int bodyLength() {
    return bodyEnd - bodyStart;
  }

  /** Whether answers are ignored. */
  public boolean observed() {
    return observed;
  }

  /** Whether the message says how bodies are sent; the first of a stream does. */
  public boolean configured() {
    return configured;
  }

  public BodyMode requestBody() {
    return requestBody;
  }

  public BodyMode responseBody() {
    return responseBody;
  }

  /** Whether the body comes without the headers having been answered. */
  public boolean bodyUnasked() {
    return bodyUnasked;
  }

  /** The endpoints that may be chosen, null when any may. */
  public @Nullable Set<String> subset() {
    return hints.subset == null ? null : new HashSet<>(hints.subset);
  }

  /** The endpoint that served the request, null when it is not told. */
  public @Nullable String served() {
    return hints.served;
  }
}
