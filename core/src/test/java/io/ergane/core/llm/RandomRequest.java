package io.ergane.core.llm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * Random request bodies: every form of a prompt, useful and useless, beside keys that mean nothing.
 */
final class RandomRequest {
  private final Random random;
  private final RandomJson json;

  RandomRequest(Random random) {
    this.random = random;
    this.json = new RandomJson(random);
  }

  /** Members as {@code "key":value}, in an order of their own. */
  List<String> members() {
    List<String> members = new ArrayList<>();
    members.add("\"model\":\"m" + random.nextInt(9) + "\"");
    maybe(members, 0.25, "prompt", this::prompt);
    maybe(members, 0.6, "messages", () -> json.chance(0.05) ? json.value(1) : list(this::message));
    maybe(members, 0.4, "input", this::input);
    maybe(members, 0.4, "system", this::content);
    maybe(members, 0.4, "instructions", () -> json.chance(0.8) ? json.string() : json.value(1));
    maybe(members, 0.3, "tools", () -> list(() -> json.value(3)));
    maybe(members, 0.2, "query", json::string);
    maybe(members, 0.2, "documents", () -> json.chance(0.9) ? list(this::document) : "7");
    maybe(members, 0.5, "stream", () -> json.oneOf(List.of("true", "true", "false", "null", "1")));
    maybe(members, 0.5, "stream_options", this::streamOptions);
    maybe(members, 0.3, "max_tokens", () -> json.oneOf(List.of("1", "null", "4096")));
    maybe(members, 0.3, "temperature", () -> "0.5");
    maybe(members, 0.3, "metadata", () -> json.value(3));
    Collections.shuffle(members, random);
    return members;
  }

  String body(List<String> members) {
    StringJoiner out =
        new StringJoiner(
            json.space() + "," + json.space(),
            json.space() + "{" + json.space(),
            json.space() + "}" + json.space());
    members.forEach(out::add);
    return out.toString();
  }

  private void maybe(List<String> members, double probability, String key, Supplier<String> value) {
    if (json.chance(probability)) {
      members.add("\"" + key + "\"" + json.space() + ":" + json.space() + value.get());
    }
  }

  private String list(Supplier<String> element) {
    StringJoiner out = new StringJoiner(",", "[" + json.space(), "]");
    for (int i = json.upTo(4); i > 0; i--) {
      out.add(element.get() + json.space());
    }
    return out.toString();
  }

  private String object(String... members) {
    List<String> present = new ArrayList<>();
    for (String member : members) {
      if (!member.isEmpty()) {
        present.add(member);
      }
    }
    Collections.shuffle(present, random);
    return body(present);
  }

  private String prompt() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> json.string();
      case 3 -> list(json::string);
      case 4 -> list(this::id);
      case 5 -> list(() -> list(this::id));
      case 6 -> "null";
      default -> json.value(1);
    };
  }

  private String id() {
    return String.valueOf(random.nextInt(200_000));
  }

  private String input() {
    return switch (random.nextInt(8)) {
      case 0 -> json.string();
      case 1 -> list(json::string);
      case 2 -> list(this::id);
      case 3, 4, 5, 6 -> list(this::item);
      default -> json.oneOf(List.of("null", "7", "{}", "true"));
    };
  }

  private String message() {
    if (json.chance(0.05)) {
      return json.oneOf(List.of("null", "7", "\"x\"", "[]", "{}"));
    }
    String role =
        json.chance(0.9)
            ? "\"role\":"
                + json.oneOf(List.of("\"user\"", "\"assistant\"", "\"\"", "\"\\u0075ser\""))
            : "\"role\":1";
    String content = json.chance(0.9) ? "\"content\":" + content() : "";
    String calls = json.chance(0.2) ? "\"tool_calls\":" + list(() -> json.value(2)) : "";
    return object(role, content, calls);
  }

  private String item() {
    String type =
        json.chance(0.4)
            ? "\"type\":" + json.oneOf(List.of("\"message\"", "\"\"", "\"reasoning\"", "null", "7"))
            : "";
    String role =
        json.chance(0.9)
            ? "\"role\":\"user\""
            : json.oneOf(List.of("", "\"role\":\"\"", "\"role\":{}"));
    String content = json.chance(0.9) ? "\"content\":" + content() : "";
    return object(type, role, content);
  }

  private String content() {
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> json.string();
      case 3, 4 -> list(this::part);
      default -> json.value(1);
    };
  }

  private String part() {
    return switch (random.nextInt(6)) {
      case 0 -> object("\"text\":" + json.string());
      case 1 ->
          object(
              "\"type\":\"image_url\"", "\"image_url\":{\"url\": \"data:image/png;base64,AAAA\"}");
      case 2 -> json.value(1);
      default ->
          object(
              "\"type\":"
                  + json.oneOf(
                      List.of("\"text\"", "\"input_text\"", "\"output_text\"", "\"t\\u0065xt\"")),
              "\"text\":" + (json.chance(0.9) ? json.string() : "7"));
    };
  }

  private String document() {
    return json.chance(0.5) ? json.string() : object("\"text\":" + json.string(), "\"id\":7");
  }

  private String streamOptions() {
    return switch (random.nextInt(4)) {
      case 0 -> json.oneOf(List.of("null", "{}", "{ }", "7", "\"x\""));
      case 1 -> object("\"include_usage\":" + json.oneOf(List.of("true", "false", "null", "1")));
      case 2 ->
          object(
              "\"continuous_usage_stats\":true",
              "\"include_usage\":" + json.oneOf(List.of("true", "false")));
      default -> object("\"continuous_usage_stats\":true");
    };
  }
}
