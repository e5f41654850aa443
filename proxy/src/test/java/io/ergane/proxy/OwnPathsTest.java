package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.decision.Surface;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Paths that the proxy answers itself. */
class OwnPathsTest {
  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  @Test
  void healthAndReadiness() throws IOException {
    AtomicBoolean ready = new AtomicBoolean();
    ProxySettings settings =
        ProxySettings.DEFAULT.withSurface(new Surface(false, ready::get, null));
    try (Fixture proxy = Fixture.with().settings(settings).start()) {
      assertThat(proxy.ask(get("/healthz")).body()).isEqualTo("{\"message\":\"ok\"}");
      RawClient.Answer answer = proxy.ask(get("/readyz"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("{\"message\":\"router is not ready\"}");
      ready.set(true);
      assertThat(proxy.ask(get("/readyz")).body()).isEqualTo("{\"message\":\"router is ready\"}");
      assertThat(proxy.telemetry.ended).isEmpty();
    }
  }

  @Test
  void theModelListNamesEachModelOnceInOrder() throws IOException {
    try (Fixture proxy = Fixture.with().start()) {
      String entry = "{\"id\":\"%s\",\"object\":\"model\",\"created\":0,\"owned_by\":\"kthena\"}";
      RawClient.Answer answer = proxy.ask(get("/v1/models?x=1"));
      assertThat(answer.body())
          .isEqualTo(
              "{\"object\":\"list\",\"data\":["
                  + entry.formatted("lora")
                  + ","
                  + entry.formatted("lost")
                  + ","
                  + entry.formatted("m")
                  + "]}");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended).hasSize(1);
      assertThat(proxy.telemetry.last().counted).isFalse();
    }
  }

  @Test
  void metricsAreThereOnlyWhenExposed() throws IOException {
    try (Fixture proxy = Fixture.with().start()) {
      assertThat(proxy.ask(get("/metrics")).status()).isEqualTo(404);
    }
    byte[] page = "up 1\n".getBytes(StandardCharsets.UTF_8);
    ProxySettings settings =
        ProxySettings.DEFAULT.withSurface(new Surface(false, () -> true, () -> page));
    try (Fixture proxy = Fixture.with().settings(settings).start()) {
      assertThat(proxy.ask(get("/metrics")).body()).isEqualTo("up 1\n");
    }
  }

  @Test
  void headGetsTheHeadOnly() throws IOException {
    try (Fixture proxy = Fixture.with().start();
        RawClient client = proxy.client()) {
      client.send("HEAD /healthz HTTP/1.1\r\n\r\n" + get("/healthz"));
      assertThat(client.readHead()).contains("content-length: 16\r\n");
      assertThat(client.read().body()).isEqualTo("{\"message\":\"ok\"}");
    }
  }
}
