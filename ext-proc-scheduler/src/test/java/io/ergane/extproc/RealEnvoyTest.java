package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server behind a real Envoy with engines that send back what they get. */
@NeedsPart(Part.ENVOY)
class RealEnvoyTest {
  private static final String BUFFERED =
      "{request_header_mode: SEND, request_body_mode: BUFFERED, response_header_mode: SKIP,"
          + " response_body_mode: NONE}";
  private static final String DUPLEX =
      "{request_header_mode: SEND, request_body_mode: FULL_DUPLEX_STREAMED,"
          + " request_trailer_mode: SEND, response_header_mode: SEND,"
          + " response_body_mode: FULL_DUPLEX_STREAMED, response_trailer_mode: SEND}";

  private static final String WHOLE_BODIES =
      "- {name: body, typed_config: {'@type': "
          + "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer,"
          + " max_request_bytes: 33554432}}";

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder = Path.of("");
  private final World world = new World();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<HttpServer> engines = new ArrayList<>();
  private final List<AutoCloseable> parts = new ArrayList<>();

  @BeforeEach
  void startEngines() throws IOException {
    for (int attempt = 0; engines.size() < 3; attempt++) {
      engines.forEach(engine -> engine.stop(0));
      engines.clear();
      try {
        int first = engine(0);
        engine(first + 1);
        engine(first + 2);
        world.dataplane.apply(World.compilation("127.0.0.1", first));
      } catch (BindException e) {
        assertThat(attempt).as("looking for three free ports in a row").isLessThan(50);
      }
    }
  }

  private int engine(int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer engine = HttpServer.create(new InetSocketAddress(loopback, port), 0);
    engine.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    engine.createContext("/", RealEnvoyTest::echo);
    engine.start();
    engines.add(engine);
    return engine.getAddress().getPort();
  }

  private static void echo(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int at = 0; at < body.length; at += 10_000) {
        out.write(body, at, Math.min(10_000, body.length - at));
        out.flush();
      }
    }
  }

  private int start(String mode) throws IOException {
    return start(mode, World.SETTINGS, "");
  }

  private int start(String mode, ExtProcSettings settings, String firstFilter) throws IOException {
    ExtProcSettings.Listener listener = new ExtProcSettings.Listener("127.0.0.1", 0, -1, null);
    ExtProcServer server =
        ExtProcServer.start(
            settings.withListener(listener), world.dataplane, world.telemetry, group);
    parts.add(server);
    String addresses =
        engines.stream()
            .map(engine ->
                "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: "
                    + engine.getAddress().getPort()
                    + "}}}}")
            .collect(Collectors.joining(", ", "[", "]"));
    String configuration;
    try (InputStream in = RealEnvoyTest.class.getResourceAsStream("envoy.yaml")) {
      assertThat(in).isNotNull();
      configuration = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    EnvoyProcess envoy =
        EnvoyProcess.start(
            folder,
            configuration
                .replace("${first}", firstFilter)
                .replace("${mode}", mode)
                .replace("${engines}", addresses)
                .replace("${scheduler}", Integer.toString(server.port())));
    parts.add(envoy);
    envoy.awaitReady();
    return envoy.listener("front");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable part : parts.reversed()) {
      part.close();
    }
    engines.forEach(engine -> engine.stop(0));
    client.close();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private HttpResponse<String> chat(int port, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + Script.CHAT_PATH))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void quiet() {
    ExtProcServer server = (ExtProcServer) parts.getFirst();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          world.clock.pass(Duration.ofSeconds(1)); // for streams whose end the log told before
          assertThat(server.inFlight()).isZero();
          assertThat(server.openStreams()).isZero();
          assertThat(world.dataplane.board().totalInFlight()).isZero();
          world.telemetry.assertBalanced();
        });
  }

  private void servesAndSettles(String mode) throws Exception {
    int port = start(mode);
    String space = " ".repeat(300_000);
    for (String more : List.of("", space)) {
      HttpResponse<String> answer = chat(port, Script.chat("m") + more);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(Script.chat("served") + more);
    }
    assertThat(chat(port, Script.chat("none")).statusCode()).isEqualTo(404);
    abort(port);
    quiet();
    // Not the first in the list: a refusal is told by its stream, an answer by the later log entry.
    RequestRecord first =
        world.telemetry.ended.stream()
            .filter(ended -> ended.status == 200)
            .findFirst()
            .orElseThrow();
    assertThat(first.upstreamStatus).isEqualTo(200);
    assertThat(first.attempts).isEqualTo(1);
    assertThat(first.firstByteNanos).isGreaterThanOrEqualTo(first.startNanos);
  }

  private static void abort(int port) throws Exception {
    byte[] body = Script.utf8(Script.chat("m"));
    String head =
        "POST %s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
            .formatted(Script.CHAT_PATH, body.length);
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(Script.utf8(head));
        socket.getOutputStream().write(body, 0, i % 3 == 0 ? body.length / 2 : body.length);
        Thread.sleep(i % 4);
        socket.setSoLinger(true, 0);
      }
    }
  }

  @Test
  void bodiesAreBufferedAndTheLogTellsOfTheEnd() throws Exception {
    servesAndSettles(BUFFERED);
    EnvoyProcess envoy = (EnvoyProcess) parts.getLast();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          long sent = envoy.stat("http.front.ext_proc.stream_msgs_sent");
          assertThat(sent).isLessThanOrEqualTo(2L * world.telemetry.ended.size());
        });
  }

  @Test
  void bodiesAreFullDuplexAndTheStreamTellsOfTheEnd() throws Exception {
    servesAndSettles(DUPLEX);
  }

  @Test
  void longBodiesThatComeAtOnceTakeTurnsAndAreAllServed() throws Exception {
    ExtProcSettings.Limits base = World.SETTINGS.limits();
    ExtProcSettings.Limits tight =
        new ExtProcSettings.Limits(
            base.maxBodyBytes(),
            base.maxBufferedBytes(),
            20 << 20,
            base.maxInFlight(),
            base.maxJsonDepth(),
            base.maxFrameBytes(),
            base.maxHeaderBytes());
    int port = start(BUFFERED, World.SETTINGS.withLimits(tight), WHOLE_BODIES);
    String body = Script.chat("m") + " ".repeat(8 << 20);
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + Script.CHAT_PATH))
              .timeout(SOON)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
    }
    for (CompletableFuture<HttpResponse<Void>> answer : answers) {
      assertThat(answer.join().statusCode()).isEqualTo(200);
    }
    quiet();
    ExtProcServer server = (ExtProcServer) parts.getFirst();
    assertThat(server.state().counts.failures[Counts.Failure.MEMORY.ordinal()].sum()).isZero();
    assertThat(server.state().counts.partBytes).hasValue(0);
  }

  @Test
  void enginesThatAreGoneArePassedOver() throws Exception {
    int port = start(BUFFERED);
    engines.getFirst().stop(0);
    for (int i = 0; i < 9; i++) {
      HttpResponse<String> answer = chat(port, Script.chat("m"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
    quiet();
    assertThat(world.telemetry.ended).anyMatch(record -> record.attempts == 2);
    assertThat(world.telemetry.ended)
        .allMatch(record -> record.pod != null && !record.pod.name().endsWith("-0"));
  }
}
