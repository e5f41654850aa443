package io.ergane.core.llm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An inference endpoint, told by the request path. */
public enum Api {
  /** {@code /v1/chat/completions}. */
  CHAT_COMPLETIONS("/v1/chat/completions"),
  /** {@code /v1/completions}. */
  COMPLETIONS("/v1/completions"),
  /** {@code /v1/responses}. */
  RESPONSES("/v1/responses"),
  /** {@code /v1/messages}, Anthropic's protocol. */
  MESSAGES("/v1/messages"),
  /** {@code /v1/embeddings}. */
  EMBEDDINGS("/v1/embeddings"),
  /** {@code /v1/rerank}. */
  RERANK("/v1/rerank"),
  /** Any other path below {@code /v1/}: it needs a model but no prompt. */
  OTHER("/v1/");

  private static final Api[] EXACT = {
    CHAT_COMPLETIONS, COMPLETIONS, RESPONSES, MESSAGES, EMBEDDINGS, RERANK
  };

  /** What an engine offers its operators and no gateway passes on. */
  private static final String[] ENGINE_ADMINISTRATION = {
    "/v1/load_lora_adapter", "/v1/unload_lora_adapter"
  };

  private final String path;

  Api(String path) {
    this.path = path;
  }

  /** The path of this endpoint; for {@link #OTHER} the common prefix. */
  public String path() {
    return path;
  }

  /** Paths below {@code /v1/} that engines offer their operators and no gateway passes on. */
  public static List<String> engineAdministration() {
    return List.of(ENGINE_ADMINISTRATION);
  }

  /**
   * Whether the stream of this endpoint reports usage only when {@code
   * stream_options.include_usage} asks for it.
   */
  public boolean usageOnRequest() {
    return this == CHAT_COMPLETIONS || this == COMPLETIONS;
  }

  /**
   * The endpoint of a request path.
   *
   * @param path an absolute path, with or without a query string
   * @return null when the path is not below {@code /v1/} or administers an engine
   */
  public static @Nullable Api ofPath(CharSequence path) {
    int length = pathLength(path);
    if (!startsWith(path, length, OTHER.path)) {
      return null;
    }
    for (Api api : EXACT) {
      if (length == api.path.length() && startsWith(path, length, api.path)) {
        return api;
      }
    }
    for (String administration : ENGINE_ADMINISTRATION) {
      if (startsWith(path, length, administration)) {
        return null;
      }
    }
    return OTHER;
  }

  private static int pathLength(CharSequence path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '?' || path.charAt(i) == '#') {
        return i;
      }
    }
    return path.length();
  }

  private static boolean startsWith(CharSequence text, int length, String prefix) {
    if (length < prefix.length()) {
      return false;
    }
    for (int i = prefix.length() - 1; i >= 0; i--) {
      if (text.charAt(i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
