package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What of the headers reaches the other side. */
class HeadersTest {
  @Test
  void credentialsAndHopByHopHeadersStayHere() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      proxy.ask(
          post(
              "/v1/chat/completions?a=b",
              chat("m"),
              "Authorization: Bearer secret",
              "Cookie: c=1",
              "X-Api-Key: k",
              "api-key: k",
              "Proxy-Authorization: Basic x",
              "Proxy-Special: y",
              "TE: trailers",
              "Upgrade: h2c",
              "HTTP2-Settings: AAMAAABk",
              "Keep-Alive: timeout=5",
              "Accept-Encoding: gzip",
              "X-Hop: only",
              "Connection: keep-alive, x-hop",
              "X-Stays: here",
              "traceparent: 00-1-2-01"));

      ScriptedEngine.Received request = engine.requests.getFirst();
      assertThat(request.head())
          .startsWith("POST /v1/chat/completions?a=b HTTP/1.1\r\nhost: router\r\n");
      for (String name :
          new String[] {
            "authorization",
            "cookie",
            "x-api-key",
            "api-key",
            "proxy-authorization",
            "proxy-special",
            "te",
            "upgrade",
            "http2-settings",
            "keep-alive",
            "accept-encoding",
            "x-hop",
            "connection"
          }) {
        assertThat(request.has(name)).as(name).isFalse();
      }
      assertThat(request.header("x-stays")).isEqualTo("here");
      assertThat(request.header("traceparent")).isEqualTo("00-1-2-01");
      assertThat(request.header("x-request-id")).hasSize(36);
    }
  }

  @Test
  void theEnginesOwnKeyIsSent() throws IOException {
    ProxySettings.Engines usual = ProxySettings.Engines.DEFAULT;
    ProxySettings settings =
        ProxySettings.DEFAULT.withEngines(
            new ProxySettings.Engines(usual.connect(), usual.idle(), 8, 8, "engine-key", true));
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).settings(settings).start()) {
      proxy.ask(post("/v1/chat/completions", chat("m"), "Authorization: Bearer client"));

      assertThat(engine.requests.getFirst().header("authorization")).isEqualTo("Bearer engine-key");
      assertThat(settings.toString()).doesNotContain("engine-key");
    }
  }

  @Test
  void answersLoseTheirHopByHopHeaders() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call ->
                call.send("HTTP/1.1 200 OK\r\nServer: uvicorn\r\nConnection: X-Hop\r\n")
                    .send("X-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Request-Id: other\r\n")
                    .send("Set-Cookie: a=b\r\nContent-Length: 2\r\nX-Last: l\r\n\r\nok"));
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.header("server")).isEqualTo("uvicorn");
      assertThat(answer.header("set-cookie")).isEqualTo("a=b");
      assertThat(answer.header("x-last")).isEqualTo("l");
      assertThat(answer.header("x-hop")).isEmpty();
      assertThat(answer.header("keep-alive")).isEmpty();
      assertThat(answer.header("connection")).isEmpty();
      assertThat(answer.header("x-request-id")).hasSize(36);
    }
  }

  @Test
  void aSoundRequestIdIsKeptAndAnUnsoundOneReplaced() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      assertThat(id(proxy, "X-Request-ID: my-id")).isEqualTo("my-id");
      assertThat(engine.requests.getFirst().header("x-request-id")).isEqualTo("my-id");
      assertThat(id(proxy, "X-Request-ID: " + "x".repeat(129))).hasSize(36);
      assertThat(id(proxy, "X-Request-ID: a b"))
          .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }
  }

  private static String id(Fixture proxy, String header) throws IOException {
    return proxy.ask(post("/v1/chat/completions", chat("m"), header)).header("x-request-id");
  }

  @Test
  void anEndpointWithANameGetsItsOwnHost() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).host("localhost").start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      assertThat(engine.requests.getFirst().header("host")).isEqualTo("localhost:" + engine.port());
    }
  }
}
