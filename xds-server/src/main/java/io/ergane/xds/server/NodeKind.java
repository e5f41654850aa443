package io.ergane.xds.server;

import java.util.Collection;

/** What sort of process a node is. */
public enum NodeKind {
  ENVOY("envoy"),
  PROXY("proxy"),
  EXT_PROC("ext-proc"),
  OTHER("other");

  private final String text;

  NodeKind(String text) {
    this.text = text;
  }

  /**
   * By the name the node calls itself, else by what it asks for.
   *
   * @param userAgent {@code envoy}, or for Ergane's own {@code ergane-proxy}, {@code
   *     ergane-ext-proc}
   */
  static NodeKind of(String userAgent, Collection<String> typeUrls) {
    return switch (userAgent) {
      case "envoy" -> ENVOY;
      case "ergane-proxy" -> PROXY;
      case "ergane-ext-proc" -> EXT_PROC;
      default ->
          typeUrls.stream().anyMatch(url -> url.contains("/envoy.config.listener."))
              ? ENVOY
              : OTHER;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
