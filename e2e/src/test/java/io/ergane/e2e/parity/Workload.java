package io.ergane.e2e.parity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Requests made of a seed: those that are served, by every kind of rule, and those that must be
 * refused, each for its own reason.
 */
final class Workload {
  /** Longest request body that is to be accepted. */
  static final int MAX_BODY_BYTES = 96 << 10;

  private static final String CHAT = "/v1/chat/completions";
  private static final String[] WORDS = {
    "routing", "cache", "tokens", "größe", "naïve", "\"quoted\"", "line\nbreak", "模型", "🙂", "pool"
  };

  private record Kind(String name, int share, Supplier<Ask> make) {}

  private final SplittableRandom random;
  private final List<String> prefixes = new ArrayList<>();
  private final List<Kind> kinds = new ArrayList<>();
  private int made;
  private String current = "";

  private Workload(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < 16; i++) {
      prefixes.add(text("Prefix " + i + ".", 20 << random.nextInt(8)));
    }
    served();
    refused();
    malformed();
  }

  /** So many requests; equal arguments give equal requests. */
  static List<Ask> of(long seed, int requests) {
    Workload workload = new Workload(seed);
    List<Ask> all = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      all.add(workload.next());
    }
    return all;
  }

  private Ask next() {
    int total = kinds.stream().mapToInt(Kind::share).sum();
    int point = random.nextInt(total);
    for (Kind kind : kinds) {
      point -= kind.share();
      if (point < 0) {
        current = kind.name();
        return kind.make().get();
      }
    }
    throw new AssertionError("shares do not add up");
  }

  private void kind(String name, int share, Supplier<Ask> make) {
    kinds.add(new Kind(name, share, make));
  }

  private void served() {
    kind("chat", 300, () -> post(CHAT, chat("chat")));
    kind("stream-with-usage", 80, () -> post(CHAT, streamed("chat", true)));
    kind("stream", 50, () -> post(CHAT, streamed("chat", false)));
    kind("tiers", 120, () -> post(CHAT, chat("tiers"), tier()));
    kind("paths-chat", 40, () -> post(CHAT, chat("paths")));
    kind("paths-completions", 40, () -> post("/v1/completions", completion("paths")));
    kind("adapter", 120, () -> post(CHAT, chat(random.nextBoolean() ? "adapter-a" : "adapter-b")));
    kind("messages", 30, () -> post("/v1/messages", chat("chat").put("max_tokens", 9)));
    kind("responses", 30, () -> post("/v1/responses", input("chat")));
    kind("embeddings", 20, () -> post("/v1/embeddings", input("chat")));
    kind("other-path", 10, () -> post("/v1/audio/speech", input("chat")));
    kind("busy", 30, () -> post(CHAT, chat("busy")));
    kind("failing", 30, () -> post(CHAT, chat("failing")));
    kind("query-string", 10, () -> post(CHAT + "?a=b", chat("chat")));
    kind("steering", 20, () -> post(CHAT, chat("chat"), steering()));
  }

  private void refused() {
    kind("unknown-model", 15, () -> post(CHAT, chat("nobody-" + random.nextInt(50))));
    kind("no-rule", 15, () -> post("/v1/embeddings", input("paths")));
    kind("unlisted-adapter", 10, () -> post(CHAT, chat("adapter-x")));
    kind("no-pods", 15, () -> post(CHAT, chat("empty")));
    kind("all-gone", 15, () -> post(CHAT, chat("gone")));
    kind("all-fail", 10, () -> post(CHAT, chat("broken")));
    kind("full", 15, () -> post(CHAT, chat("full")));
    kind("crowded", 15, () -> post(CHAT, chat("crowded")));
    kind("unsupported-rate-limit", 10, () -> post(CHAT, chat("limited")));
    kind("unsupported-pd", 10, () -> post(CHAT, chat("split")));
    kind("unsupported-provider", 10, () -> post(CHAT, chat("outside")));
    kind("missing-server", 10, () -> post(CHAT, chat("absent")));
    kind("wrong-method", 10, () -> ask("GET", CHAT, Map.of(), ""));
    kind("unknown-path", 10, () -> post("/v2/chat", chat("chat")));
    kind("model-list", 10, () -> ask("GET", "/v1/models", Map.of(), ""));
  }

  private void malformed() {
    kind("truncated", 10, () -> post(CHAT, cut(chat("chat").toString())));
    kind("not-json", 10, () -> post(CHAT, "model=chat&prompt=hi"));
    kind("not-an-object", 5, () -> post(CHAT, "[" + chat("chat") + "]"));
    kind("trailing-data", 5, () -> post(CHAT, chat("chat") + "{}"));
    kind(
        "two-models",
        5,
        () -> post(CHAT, "{\"model\":\"a\"," + chat("chat").toString().substring(1)));
    kind("no-model", 10, () -> post(CHAT, chat("chat").without("model")));
    kind("empty-model", 5, () -> post(CHAT, chat("")));
    kind("no-prompt", 10, () -> post(CHAT, chat("chat").without("messages")));
    kind("empty-body", 5, () -> post(CHAT, ""));
    kind("too-large", 10, () -> post(CHAT, large()));
  }

  private Ask post(String path, Object body) {
    return post(path, body, Map.of());
  }

  private Ask post(String path, Object body, Map<String, String> headers) {
    return ask("POST", path, headers, body.toString());
  }

  private Ask ask(String method, String path, Map<String, String> headers, String body) {
    SortedMap<String, String> all = new TreeMap<>(headers);
    String id = "ask-%06d-%08x".formatted(made++, random.nextInt());
    return new Ask(current, id, method, path, all, body.getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode chat(String model) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    boolean last = random.nextInt(6) == 0;
    if (!last) {
      node.put("model", model);
    }
    var messages = node.putArray("messages");
    messages.addObject().put("role", "system").put("content", prefix());
    messages.addObject().put("role", "user").put("content", text("Then", random.nextInt(200)));
    if (random.nextInt(3) == 0) {
      node.put("max_tokens", 16).put("temperature", 0.5);
    }
    return last ? node.put("model", model) : node;
  }

  private ObjectNode streamed(String model, boolean usage) {
    ObjectNode node = chat(model).put("stream", true);
    if (usage) {
      node.putObject("stream_options").put("include_usage", true);
    }
    return node;
  }

  private ObjectNode completion(String model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model", model)
        .put("prompt", prefix() + text("", random.nextInt(100)));
  }

  private ObjectNode input(String model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model", model)
        .put("input", prefix() + text("", random.nextInt(100)));
  }

  private Object large() {
    return chat("chat").put("pad", "x".repeat(MAX_BODY_BYTES + random.nextInt(20_000)));
  }

  private String cut(String text) {
    return text.substring(0, random.nextInt(1, text.length()));
  }

  private Map<String, String> tier() {
    return switch (random.nextInt(5)) {
      case 0 -> Map.of("user-type", "premium");
      case 1 -> Map.of("user-type", "premium", "x-region", "eu-west");
      case 2 -> Map.of("user-type", "std-1", "x-region", "eu-west");
      case 3 -> Map.of("x-region", "eu-1");
      default -> Map.of();
    };
  }

  /** What a client could try to choose for itself. */
  private static Map<String, String> steering() {
    return Map.of(
        "x-gateway-destination-endpoint", "127.0.6.1:1",
        "x-ergane-pool", "default/busy",
        "x-envoy-max-retries", "0");
  }

  private String prefix() {
    return prefixes.get(Math.min(random.nextInt(16), random.nextInt(16)));
  }

  private String text(String opening, int words) {
    StringBuilder text = new StringBuilder(opening);
    for (int i = 0; i < words; i++) {
      text.append(' ').append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(100));
    }
    return text.toString();
  }
}
