package io.ergane.extproc.wire;

import org.jspecify.annotations.Nullable;

/**
 * A {@code HTTPAccessLogEntry} as far as it is looked at; filled anew for each entry. Times are
 * nanoseconds after the request's first byte, -1 where the moment never came or is not told.
 */
@SuppressWarnings("PublicField")
public final class LogEntry {
  private static final long NANOS = 1_000_000_000L;

  // Values of envoy.data.accesslog.v3.AccessLogType.
  private static final int NOT_SET = 0;
  private static final int DOWNSTREAM_END = 6;

  /** Ties the entry to a decision; null when it has none. */
  public @Nullable String token;

  /** Not the last entry of its request. */
  public boolean intermediate;

  /** As {@code HTTP/1.1}; empty when unknown. */
  public String protocol = "";

  /** 0 when no answer began. */
  public int status;

  /** How the status came about, in Envoy's words. */
  public String details = "";

  public long responseBytes;

  /** {@code host:port} of the engine, null when none was called. */
  public @Nullable String upstream;

  public int attempts;
  public long upstreamStart;
  public long firstByte;
  public long lastByte;
  public long duration;

  /** Bit n stands for the field n of {@code ResponseFlags}. */
  public long flags;

  /** Tokens as engines report them, -1 where they did not. */
  public int inputTokens;

  public int outputTokens;

  /** Whether Envoy set one of the flags. */
  public boolean any(long wanted) {
    return (flags & wanted) != 0;
  }

  void read(WireReader in) throws MalformedMessage {
    clear();
    int entry = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> common(in);
        case 2 -> protocol = protocol((int) in.number());
        case 4 -> response(in);
        default -> {}
      }
    }
    in.leave(entry);
  }

  private void clear() {
    token = null;
    intermediate = false;
    protocol = "";
    status = 0;
    details = "";
    responseBytes = 0;
    upstream = null;
    attempts = 0;
    upstreamStart = -1;
    firstByte = -1;
    lastByte = -1;
    duration = -1;
    flags = 0;
    inputTokens = -1;
    outputTokens = -1;
  }

  private static String protocol(int version) {
    return switch (version) {
      case 1 -> "HTTP/1.0";
      case 2 -> "HTTP/1.1";
      case 3 -> "HTTP/2";
      case 4 -> "HTTP/3";
      default -> "";
    };
  }

  private void common(WireReader in) throws MalformedMessage {
    int common = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 7 -> upstreamStart = nanos(in);
        case 9 -> firstByte = nanos(in);
        case 12 -> lastByte = nanos(in);
        case 13 -> upstream = address(in);
        case 16 -> flags = flags(in);
        case 17 -> LogMetadata.read(in, this);
        case 23 -> duration = nanos(in);
        case 24 -> attempts = (int) in.number();
        case 27 -> intermediate |= in.flag();
        case 33 -> intermediate |= in.number() != NOT_SET && in.number() != DOWNSTREAM_END;
        default -> {}
      }
    }
    in.leave(common);
  }

  private static long nanos(WireReader in) throws MalformedMessage {
    long nanos = 0;
    int message = in.enter();
    while (in.next()) {
      nanos += in.field() == 1 ? in.number() * NANOS : in.field() == 2 ? in.number() : 0;
    }
    in.leave(message);
    return nanos;
  }

  private static long flags(WireReader in) throws MalformedMessage {
    long flags = 0;
    int message = in.enter();
    while (in.next()) {
      flags |= in.field() < Long.SIZE ? 1L << in.field() : 0;
    }
    in.leave(message);
    return flags;
  }

  private static @Nullable String address(WireReader in) throws MalformedMessage {
    String host = "";
    long port = 0;
    int address = in.enter();
    while (in.next()) {
      if (in.field() != 1) {
        continue;
      }
      int socket = in.enter();
      while (in.next()) {
        if (in.field() == 2) {
          host = in.text();
        } else if (in.field() == 3) {
          port = in.number();
        }
      }
      in.leave(socket);
    }
    in.leave(address);
    if (host.isEmpty()) {
      return null;
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private void response(WireReader in) throws MalformedMessage {
    int response = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> status = wrapped(in);
        case 3 -> responseBytes = in.number();
        case 6 -> details = in.text();
        default -> {}
      }
    }
    in.leave(response);
  }

  private static int wrapped(WireReader in) throws MalformedMessage {
    int number = 0;
    int message = in.enter();
    while (in.next()) {
      number = in.field() == 1 ? (int) in.number() : number;
    }
    in.leave(message);
    return number;
  }
}
