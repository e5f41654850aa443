package io.ergane.core.llm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The canonical prompt of a request, built slowly from a tree; token ids stand as four code points
 * each.
 */
final class ReferencePrompt {
  private static final Set<String> TEXT_TYPES = Set.of("text", "input_text", "output_text");

  private ReferencePrompt() {}

  /** Null when the request has no usable prompt. */
  static @Nullable String of(Api api, JsonNode root) {
    if (api == Api.RERANK && root.hasNonNull("query")) {
      JsonNode documents = root.path("documents");
      return documents.isArray() ? text(root.path("query")) + documents(documents) : null;
    }
    if (root.hasNonNull("prompt")) {
      return prompts(root.path("prompt"), false);
    }
    if (root.hasNonNull("messages")) {
      return messages(root);
    }
    return root.hasNonNull("input") ? input(root) : null;
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : "";
  }

  private static String documents(JsonNode documents) {
    StringBuilder out = new StringBuilder();
    documents.forEach(document -> out.append(text(document)).append(text(document.path("text"))));
    return out.toString();
  }

  private static @Nullable String prompts(JsonNode prompt, boolean items) {
    if (prompt.isTextual()) {
      return prompt.textValue();
    }
    if (!prompt.isArray()) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    for (JsonNode element : prompt) {
      if (element.isTextual()) {
        out.append(element.textValue());
      } else if (element.isNumber()) {
        out.append(id(element));
      } else if (element.isArray()) {
        element.forEach(id -> out.append(id(id)));
      } else if (items) {
        out.append(item(element));
      } else {
        return null;
      }
    }
    return out.toString();
  }

  private static String id(JsonNode id) {
    return id.isIntegralNumber() ? "####" : "";
  }

  private static @Nullable String messages(JsonNode root) {
    JsonNode messages = root.path("messages");
    if (!messages.isArray()) {
      return null;
    }
    StringBuilder out = new StringBuilder(message("system", content(root.path("system"))));
    for (JsonNode message : messages) {
      if (message.path("role").isTextual()) {
        out.append(message(message.path("role").textValue(), content(message.path("content"))));
      }
    }
    return out.toString();
  }

  private static @Nullable String input(JsonNode root) {
    JsonNode input = root.path("input");
    String instructions = text(root.path("instructions"));
    String start = message("developer", instructions.isEmpty() ? null : instructions);
    if (input.isTextual()) {
      return start + message("user", input.textValue());
    }
    String rest = prompts(input, true);
    return rest == null ? null : start + rest;
  }

  private static String item(JsonNode item) {
    JsonNode type = item.path("type");
    boolean message =
        !item.hasNonNull("type")
            || (type.isTextual() && Set.of("", "message").contains(text(type)));
    String role = text(item.path("role"));
    return message && !role.isEmpty() ? message(role, content(item.path("content"))) : "";
  }

  private static String message(String role, @Nullable String content) {
    return content == null ? "" : "<|im_start|>" + role + "\n" + content + "<|im_end|>\n";
  }

  private static @Nullable String content(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    List<String> texts = new ArrayList<>();
    if (content.isArray()) {
      for (JsonNode part : content) {
        boolean typed = !part.has("type") || TEXT_TYPES.contains(text(part.path("type")));
        if (typed && part.path("text").isTextual()) {
          texts.add(part.path("text").textValue());
        }
      }
    }
    return texts.isEmpty() ? null : String.join("\n", texts);
  }
}
