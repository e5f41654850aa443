package io.ergane.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Plain HTTP/1.1 calls. */
public final class Web implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  public HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
    return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /**
   * @param headers names and values in turn
   */
  public HttpResponse<String> post(String url, String body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(url, body, headers), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** The answer as soon as its head is there; the caller closes the body. */
  public HttpResponse<InputStream> open(String url, String body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(url, body, headers), BodyHandlers.ofInputStream());
  }

  /** Sends a request that nobody waits for; cancelling it closes its connection. */
  public CompletableFuture<?> begin(String url, String body, String... headers) {
    return client.sendAsync(builder(url, body, headers).build(), BodyHandlers.discarding());
  }

  private static HttpRequest request(String url, String body, String... headers) {
    return builder(url, body, headers).timeout(PATIENCE).build();
  }

  private static HttpRequest.Builder builder(String url, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
    return request;
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
