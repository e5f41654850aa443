package io.ergane.dataplane.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One line a request, without its line end. */
public enum AccessLogFormat {
  /**
   * Kthena's text layout. Characters that would forge fields or lines are escaped: control and
   * format characters, quotes, backslashes and spaces inside a value.
   */
  TEXT {
    @Override
    void append(RequestRecord r, StringBuilder out) {
      out.append('[').append(timestamp(r)).append("] \"").append(escaped(r.method)).append(' ');
      out.append(escaped(r.path))
          .append(' ')
          .append(escaped(r.protocol))
          .append("\" ")
          .append(r.status);
      if (r.errorType != null) {
        out.append(" error=").append(r.errorType).append(':').append(quoted(text(r.errorMessage)));
      }
      field(out, "model_name", r.model);
      field(out, "model_route", text(r.route));
      field(out, "model_server", text(r.server));
      field(out, "selected_pod", r.pod == null ? "" : r.pod.name());
      field(out, "request_id", text(r.requestId));
      field(out, "backend_type", r.backendType);
      field(out, "backend_name", text(r.server));
      field(out, "upstream_model", r.upstreamModel);
      number(out, "upstream_status_code", r.upstreamStatus);
      number(out, "upstream_attempts", r.attempts);
      if (r.inputTokens > 0 || r.outputTokens > 0) {
        out.append(" tokens=").append(r.inputTokens).append('/').append(r.outputTokens);
        out.append(r.outputEstimated ? " tokens_estimated=true" : "");
      }
      Phases phases = Phases.of(r);
      out.append(" timings=").append(phases.total).append("ms(").append(phases.request);
      out.append('+').append(phases.upstream).append('+').append(phases.response).append(')');
    }
  },

  /** Kthena's JSON fields. */
  JSON {
    @Override
    void append(RequestRecord r, StringBuilder out) {
      try (JsonGenerator json = JSON_FACTORY.createGenerator(new Appended(out))) {
        json.writeStartObject();
        json.writeStringField("timestamp", timestamp(r));
        json.writeStringField("method", r.method);
        json.writeStringField("path", r.path);
        json.writeStringField("protocol", r.protocol);
        json.writeNumberField("status_code", r.status);
        if (r.errorType != null) {
          json.writeObjectFieldStart("error");
          json.writeStringField("type", r.errorType);
          json.writeStringField("message", text(r.errorMessage));
          json.writeEndObject();
        }
        json.writeStringField("model_name", r.model);
        optional(json, "model_route", text(r.route));
        optional(json, "model_server", text(r.server));
        optional(json, "selected_pod", r.pod == null ? "" : r.pod.name());
        optional(json, "request_id", text(r.requestId));
        optional(json, "backend_type", r.backendType);
        optional(json, "backend_name", text(r.server));
        optional(json, "upstream_model", r.upstreamModel);
        optional(json, "upstream_status_code", r.upstreamStatus);
        optional(json, "upstream_attempts", r.attempts);
        optional(json, "input_tokens", r.inputTokens);
        optional(json, "output_tokens", r.outputTokens);
        if (r.outputEstimated) {
          json.writeBooleanField("output_tokens_estimated", true);
        }
        Phases phases = Phases.of(r);
        json.writeNumberField("duration_total", phases.total);
        json.writeNumberField("duration_request_processing", phases.request);
        json.writeNumberField("duration_upstream_processing", phases.upstream);
        json.writeNumberField("duration_response_processing", phases.response);
        json.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  };

  private static final JsonFactory JSON_FACTORY = new JsonFactory();

  /** Adds a request's line to others. */
  abstract void append(RequestRecord record, StringBuilder out);

  /**
   * The format that a setting names.
   *
   * @return {@link #JSON} for {@code json}, {@link #TEXT} for anything else, as Kthena reads it
   */
  public static AccessLogFormat of(String text) {
    return "json".equals(text.toLowerCase(Locale.ROOT)) ? JSON : TEXT;
  }

  /** What is written to it is appended. */
  private static final class Appended extends Writer {
    private final StringBuilder out;

    Appended(StringBuilder out) {
      this.out = out;
    }

    @Override
    public void write(char[] chars, int offset, int length) {
      out.append(chars, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Milliseconds of a request's phases. */
  private record Phases(long total, long request, long upstream, long response) {
    static Phases of(RequestRecord r) {
      return new Phases(
          between(r.startNanos, r.endNanos),
          between(r.startNanos, r.parsedNanos == 0 ? r.endNanos : r.parsedNanos),
          between(r.upstreamStartNanos, r.lastByteNanos == 0 ? r.endNanos : r.lastByteNanos),
          r.lastByteNanos == 0 ? 0 : between(r.lastByteNanos, r.endNanos));
    }

    private static long between(long from, long to) {
      return from == 0 ? 0 : Math.max(0, TimeUnit.NANOSECONDS.toMillis(to - from));
    }
  }

  private static String timestamp(RequestRecord r) {
    long second = TimeUnit.SECONDS.toNanos(1);
    return Instant.ofEpochSecond(
            Math.floorDiv(r.startedAtEpochNanos, second),
            Math.floorMod(r.startedAtEpochNanos, second))
        .toString();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static void field(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(' ').append(name).append('=').append(escaped(value));
    }
  }

  private static void number(StringBuilder out, String name, int value) {
    if (value > 0) {
      out.append(' ').append(name).append('=').append(value);
    }
  }

  private static void optional(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void optional(JsonGenerator json, String name, int value) throws IOException {
    if (value > 0) {
      json.writeNumberField(name, value);
    }
  }

  /** A value that may hold spaces: in quotes when it does, so that words stay readable. */
  private static String quoted(String value) {
    if (value.indexOf(' ') < 0) {
      return escaped(value);
    }
    StringBuilder out = new StringBuilder(value.length() + 16).append('"');
    int start = 0;
    for (int space = value.indexOf(' '); space >= 0; space = value.indexOf(' ', start)) {
      out.append(escaped(value.substring(start, space))).append(' ');
      start = space + 1;
    }
    return out.append(escaped(value.substring(start))).append('"').toString();
  }

  private static String escaped(String value) {
    int plain = 0;
    while (plain < value.length() && isPlain(value.charAt(plain))) {
      plain++;
    }
    if (plain == value.length()) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length() + 16).append(value, 0, plain);
    for (int i = plain; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isPlain(c)) {
        out.append(c);
      } else if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else {
        out.append("\\u").append(String.format("%04x", (int) c));
      }
    }
    return out.toString();
  }

  private static boolean isPlain(char c) {
    if (c < 0x7f) {
      return c > ' ' && c != '"' && c != '\\';
    }
    return !deceives(c);
  }

  /** Controls, separators and marks that terminals and viewers act on instead of showing them. */
  private static boolean deceives(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
