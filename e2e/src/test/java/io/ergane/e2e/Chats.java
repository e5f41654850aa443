package io.ergane.e2e;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Bodies of chat requests. */
public final class Chats {
  private Chats() {}

  /** One user message, not streamed, at most 16 tokens of output. */
  public static String body(String model, String prompt) {
    return request(model, prompt).put("stream", false).put("max_tokens", 16).toString();
  }

  /** One user message, streamed. */
  public static String streamed(String model, String prompt, int tokens) {
    return request(model, prompt).put("stream", true).put("max_tokens", tokens).toString();
  }

  private static ObjectNode request(String model, String prompt) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("model", model);
    node.putArray("messages").addObject().put("role", "user").put("content", prompt);
    return node;
  }
}
