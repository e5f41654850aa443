package io.ergane.core.llm;

import org.jspecify.annotations.Nullable;

/** JSON bytes of error answers in the shapes clients expect. */
public final class ErrorBodies {
  private ErrorBodies() {}

  /** {@code {"error":{"message":…,"type":…,"param":null,"code":…}}}. */
  public static byte[] openAi(String message, String type, @Nullable String code) {
    return JsonText.utf8(openAiText(message, type, code));
  }

  /** {@code {"type":"error","error":{"type":…,"message":…}}}. */
  public static byte[] anthropic(String message, String type) {
    return JsonText.utf8(anthropicText(message, type));
  }

  /** A bare JSON string, escaped as Go's encoder does. */
  public static byte[] kthena(String message) {
    return JsonText.utf8(JsonText.appendQuoted(new StringBuilder(), message, true));
  }

  /** An unnamed event with an OpenAI error. */
  public static byte[] openAiEvent(String message, String type, @Nullable String code) {
    return JsonText.utf8(openAiText(message, type, code).insert(0, "data: ").append("\n\n"));
  }

  /** An {@code error} event with an Anthropic error. */
  public static byte[] anthropicEvent(String message, String type) {
    return JsonText.utf8(
        anthropicText(message, type).insert(0, "event: error\ndata: ").append("\n\n"));
  }

  private static StringBuilder openAiText(String message, String type, @Nullable String code) {
    StringBuilder out = new StringBuilder("{\"error\":{\"message\":");
    JsonText.appendQuoted(out, message, false).append(",\"type\":");
    JsonText.appendQuoted(out, type, false).append(",\"param\":null,\"code\":");
    return (code == null ? out.append("null") : JsonText.appendQuoted(out, code, false))
        .append("}}");
  }

  private static StringBuilder anthropicText(String message, String type) {
    StringBuilder out = new StringBuilder("{\"type\":\"error\",\"error\":{\"type\":");
    JsonText.appendQuoted(out, type, false).append(",\"message\":");
    return JsonText.appendQuoted(out, message, false).append("}}");
  }
}
