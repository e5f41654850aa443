package io.ergane.core.routing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The image's canonical text: one line a fact, indented two spaces a level, strings quoted. It is
 * what the hash is taken over, what people read at the debug endpoint and what goldens compare.
 */
final class ImageText {
  private final StringBuilder out = new StringBuilder(512);

  private ImageText() {}

  static String of(RoutingImage image) {
    ImageText text = new ImageText();
    image.routes().forEach(text::route);
    image.pools().values().forEach(text::pool);
    image.providers().forEach(name -> text.line(0, "provider " + name));
    text.profile(image.profile());
    return text.out.toString();
  }

  static String hash(RoutingImage image) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(of(image).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void route(Route route) {
    line(0, "route " + route.name());
    optional(1, "model", route.modelName());
    route.adapters().forEach(adapter -> line(1, "adapter " + quoted(adapter)));
    if (route.gatewayBound()) {
      line(1, "gateway-bound");
    }
    optional(1, "unsupported", route.unsupported());
    route.rules().forEach(this::rule);
  }

  private void rule(Rule rule) {
    line(1, "rule " + quoted(rule.name()));
    optional(2, "body-model", rule.bodyModel());
    if (rule.uri() != null) {
      line(2, "uri " + match(rule.uri()));
    }
    for (Map.Entry<String, StringMatch> header : rule.headers().entrySet()) {
      line(2, "header " + quoted(header.getKey()) + " " + match(header.getValue()));
    }
    for (WeightedTarget target : rule.targets()) {
      String kind = target.target() instanceof Target.Server ? "server " : "provider ";
      line(2, "target " + kind + target.target().name() + " weight " + target.weight());
    }
  }

  private static String match(StringMatch match) {
    return switch (match) {
      case StringMatch.Exact(String text) -> "exact " + quoted(text);
      case StringMatch.Prefix(String text) -> "prefix " + quoted(text);
      case StringMatch.Regex(var pattern) -> "regex " + quoted(pattern.pattern());
      case StringMatch.Anything() -> "anything";
    };
  }

  private void pool(Pool pool) {
    line(0, "pool " + pool.name());
    optional(1, "model", pool.model());
    line(1, "engine " + pool.engine());
    pool.selector().forEach((k, v) -> line(1, "label " + quoted(k) + " " + quoted(v)));
    line(1, "port " + pool.port() + (pool.tls() ? " https" : " http"));
    TrafficPolicy traffic = pool.traffic();
    line(
        1,
        "attempts "
            + traffic.attempts()
            + " interval "
            + traffic.retryIntervalMillis()
            + "ms timeout "
            + traffic.timeoutMillis()
            + "ms");
    optional(1, "unsupported", pool.unsupported());
  }

  private void profile(SchedulingProfile profile) {
    line(0, "scheduling");
    profile.filters().forEach(filter -> line(1, "filter " + filter));
    profile.scorers().forEach(s -> line(1, "scorer " + s.name() + " weight " + s.weight()));
    line(1, "picker " + profile.picker());
    profile
        .arguments()
        .forEach((plugin, args) ->
            args.forEach((k, v) -> line(1, "argument " + plugin + " " + k + " " + quoted(v))));
  }

  private void optional(int depth, String name, @Nullable String value) {
    if (value != null) {
      line(depth, name + " " + quoted(value));
    }
  }

  private void line(int depth, String text) {
    out.repeat("  ", depth).append(text).append('\n');
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
