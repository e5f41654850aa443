package io.ergane.core.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

/** Short ways to scan text bodies. */
final class Bodies {
  private Bodies() {}

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Scanned scan(Api api, String body) {
    byte[] bytes = utf8(body);
    return RequestScan.scan(api, bytes, 0, bytes.length, ScanLimits.DEFAULT);
  }

  static RequestFacts facts(Api api, String body) {
    Scanned scanned = scan(api, body);
    assertThat(scanned).as(body).isInstanceOf(RequestFacts.class);
    return (RequestFacts) scanned;
  }

  static RequestFacts chat(String body) {
    return facts(Api.CHAT_COMPLETIONS, body);
  }

  static Malformed malformed(Api api, String body) {
    Scanned scanned = scan(api, body);
    assertThat(scanned).as(body).isInstanceOf(Malformed.class);
    return (Malformed) scanned;
  }
}
