package io.ergane.e2e.parity;

import io.ergane.core.llm.Api;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transport in front of a data plane of its own, and a client of it. */
final class Mode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long TOLD_WITHIN = Duration.ofSeconds(20).toNanos();

  final String name;
  final Subject subject;
  private final String url;
  private final List<AutoCloseable> parts;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /**
   * @param parts closed in this order
   */
  Mode(String name, Subject subject, int port, List<AutoCloseable> parts) {
    this.name = name;
    this.subject = subject;
    this.url = "http://127.0.0.1:" + port;
    this.parts = parts;
  }

  /** Sends a request, and waits until it is over for the data plane too. */
  Seen ask(Ask ask) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(ask);
    RequestRecord record = told(ask, answer.statusCode());
    String engine = answer.headers().firstValue("x-engine").orElse(null);
    return new Seen()
        .with("status", answer.statusCode())
        .with("engine", engine)
        .with("returned-id", answer.headers().firstValue("x-request-id").orElse(null))
        .with("body", engine == null ? answer.body() : null)
        .with("retry-after", answer.headers().firstValue("retry-after").orElse(null))
        .with("noted", record != null)
        .with(record);
  }

  HttpResponse<String> send(Ask ask) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + ask.path()))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .header("x-request-id", ask.id())
            .method(
                ask.method(),
                ask.method().equals("GET")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(ask.body()));
    ask.headers().forEach(request::header);
    return client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private @Nullable RequestRecord told(Ask ask, int status) throws InterruptedException {
    boolean untold = status == 413 && name.equals("envoy");
    if (untold || Api.ofPath(CoreSide.plain(ask.path())) == null) {
      return subject.recorder.ended(ask.id());
    }
    long end = System.nanoTime() + TOLD_WITHIN;
    RequestRecord record = subject.recorder.ended(ask.id());
    while (record == null && System.nanoTime() < end) {
      Thread.sleep(Duration.ofNanos(100_000));
      record = subject.recorder.ended(ask.id());
    }
    return record;
  }

  @Override
  public void close() throws Exception {
    client.shutdownNow();
    client.close();
    for (AutoCloseable part : parts) {
      part.close();
    }
    subject.close();
  }
}
