package io.ergane.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Engines on free ports and a client to talk to them. */
class EngineTest {
  static final ObjectMapper JSON = new ObjectMapper();

  final EventLoopGroup group = EngineThreads.start(1);
  final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final List<SimulatedEngine> engines = new ArrayList<>();

  final SimulatedEngine start(EngineSettings settings) {
    SimulatedEngine engine = SimulatedEngine.start(settings, group);
    engines.add(engine);
    return engine;
  }

  @AfterEach
  final void stop() {
    engines.forEach(SimulatedEngine::close);
    client.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  final HttpResponse<String> post(
      SimulatedEngine engine, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(engine, path, body, headers), BodyHandlers.ofString());
  }

  final HttpResponse<String> get(SimulatedEngine engine, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(engine.url() + path)).build(), BodyHandlers.ofString());
  }

  static HttpRequest request(SimulatedEngine engine, String path, String body, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(engine.url() + path))
            .timeout(Duration.ofSeconds(20))
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return builder.build();
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  /** Data of each event of a stream, which must be well formed. */
  static List<String> data(String stream) {
    List<String> data = new ArrayList<>();
    for (String event : stream.split("\n\n")) {
      int at = event.indexOf("data: ");
      if (at < 0 || (at > 0 && !event.startsWith("event: "))) {
        throw new AssertionError("no event: " + event);
      }
      data.add(event.substring(at + "data: ".length()));
    }
    return data;
  }
}
