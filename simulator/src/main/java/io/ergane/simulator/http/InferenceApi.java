package io.ergane.simulator.http;

import org.jspecify.annotations.Nullable;

/** Inference endpoints by path. */
enum InferenceApi {
  CHAT_COMPLETIONS("/v1/chat/completions"),
  COMPLETIONS("/v1/completions"),
  RESPONSES("/v1/responses"),
  MESSAGES("/v1/messages"),
  EMBEDDINGS("/v1/embeddings"),
  RERANK("/v1/rerank");

  private final String path;

  InferenceApi(String path) {
    this.path = path;
  }

  static @Nullable InferenceApi ofPath(String path) {
    for (InferenceApi api : values()) {
      if (api.path.equals(path)) {
        return api;
      }
    }
    return null;
  }

  boolean generates() {
    return this != EMBEDDINGS && this != RERANK;
  }
}
