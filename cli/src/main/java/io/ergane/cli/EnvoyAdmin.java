package io.ergane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a running Envoy at its admin port. */
final class EnvoyAdmin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String url;

  /**
   * @param authority {@code host:port}
   */
  EnvoyAdmin(String authority) {
    url = "http://" + authority;
  }

  String url() {
    return url;
  }

  /** The port that a listener got, or 0 while it is not there. */
  int listenerPort(String listener) throws IOException, InterruptedException {
    for (JsonNode status : get("/listeners?format=json").path("listener_statuses")) {
      if (status.path("name").asText().equals(listener)) {
        return status.path("local_address").path("socket_address").path("port_value").asInt();
      }
    }
    return 0;
  }

  /**
   * The sum of counters and gauges.
   *
   * @param filter regular expression that their names match
   */
  long sum(String filter) throws IOException, InterruptedException {
    long sum = 0;
    for (JsonNode stat : get("/stats?format=json&filter=" + encoded(filter)).path("stats")) {
      sum += stat.path("value").asLong();
    }
    return sum;
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Whether connections are accepted. */
  boolean workersRun() throws IOException, InterruptedException {
    return sum("^listener_manager\\.workers_started$") > 0;
  }

  /** Takes no new connections; requests under way go on. */
  void drainListeners() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/drain_listeners"))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    var _ = client.send(request, HttpResponse.BodyHandlers.discarding());
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build();
    return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    client.close();
  }
}
