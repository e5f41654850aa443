package io.ergane.xds.server;

import static io.ergane.xds.server.EnvoyConfigurations.brokenListener;
import static io.ergane.xds.server.EnvoyConfigurations.cluster;
import static io.ergane.xds.server.EnvoyConfigurations.endpoints;
import static io.ergane.xds.server.EnvoyConfigurations.listener;
import static io.ergane.xds.server.EnvoyConfigurations.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.testkit.Ports;
import io.ergane.xds.SupportedEnvoys;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service as a real Envoy sees it. */
@NeedsPart(Part.ENVOY)
class RealEnvoyTest {
  private static final String A = "pool/default/a";
  private static final String B = "pool/default/b";
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    client.close();
  }

  private int backend(String answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private void startEnvoy(String apiType, int xdsPort) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("envoy.yaml"), EnvoyConfigurations.bootstrap(apiType, xdsPort));
    Process envoy =
        new ProcessBuilder(
                Part.ENVOY.locate().orElseThrow().toString(),
                "-c",
                config.toString(),
                "--service-node",
                "envoy-1",
                "--service-cluster",
                "edge",
                "--use-dynamic-base-id",
                "--concurrency",
                "1",
                "--admin-address-path",
                folder.resolve("admin").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("envoy.log").toFile())
            .start();
    open.add(() -> {
      envoy.destroy();
      if (!envoy.waitFor(5, TimeUnit.SECONDS)) {
        envoy.destroyForcibly();
      }
    });
  }

  private String get(int port) throws Exception {
    var response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
            BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private String stat(String name) throws Exception {
    String admin = Files.readString(folder.resolve("admin")).strip();
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://" + admin + "/stats?filter=" + name)).build(),
            BodyHandlers.ofString())
        .body()
        .strip();
  }

  private static ResourceSet set(Resource... resources) {
    return ResourceSet.of(List.of(resources));
  }

  private static boolean allLive(XdsServer server) {
    List<NodeStatus> nodes = server.nodes();
    return nodes.size() == 1
        && nodes.getFirst().types().size() == 4
        && nodes.getFirst().types().stream().allMatch(NodeStatus.OfType::live);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void aPoolIsExchangedWithoutAFailedRequestAndARejectionIsSeen(String apiType) throws Exception {
    int a = backend("a");
    int b = backend("b");
    int port = Ports.free();
    XdsServer server =
        XdsServer.start(
            XdsSettings.DEFAULT.at("127.0.0.1", 0),
            new SupportedEnvoys(),
            new SimpleMeterRegistry());
    open.add(server);
    server.publish(set(cluster(A, 1), endpoints(A, a), route(A), listener(port)));
    startEnvoy(apiType, server.port());
    await().atMost(SOON).until(() -> allLive(server));
    await().atMost(SOON).ignoreExceptions().until(() -> get(port).equals("200 a"));

    try (Traffic traffic = new Traffic(port)) {
      for (int i = 0; i < 5; i++) {
        server.publish(set(cluster(B, 1 + i), endpoints(B, b), route(B), listener(port)));
        await().atMost(SOON).until(() -> allLive(server));
        await().atMost(SOON).until(() -> traffic.answers.containsKey("200 b"));
        server.publish(set(cluster(A, 1 + i), endpoints(A, a), route(A), listener(port)));
        server.publishEndpoints(List.of(endpoints(A, a)), List.of());
        await().atMost(SOON).until(() -> allLive(server));
      }
      assertThat(traffic.answers.keySet()).isSubsetOf("200 a", "200 b");
      assertThat(traffic.answers).containsKeys("200 a", "200 b");

      server.publish(set(cluster(A, 9), endpoints(A, a), route(A), listener(port)));
      await().atMost(SOON).until(() -> allLive(server));
      await().atMost(SOON).until(() -> stat("cluster_manager.warming_clusters").endsWith(": 0"));

      server.publish(set(cluster(A, 9), endpoints(A, a), route(A), brokenListener(port)));
      await().atMost(SOON).until(() -> rejection(server) != null);
      server.publish(
          set(
              cluster(A, 9),
              endpoints(A, a),
              cluster(B, 9),
              endpoints(B, b),
              route(B),
              brokenListener(port)));
      await().atMost(SOON).until(() -> get(port).equals("200 b"));
      assertThat(traffic.answers.keySet()).isSubsetOf("200 a", "200 b");
    }
    NodeStatus node = server.nodes().getFirst();
    assertThat(node.kind()).isEqualTo(NodeKind.ENVOY);
    assertThat(node.version()).startsWith("1.");
    Nack nack = rejection(server);
    assertThat(nack).isNotNull();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(StatusTable.render(server.status(), Instant.now()))
                .contains("envoy-1: rejected listeners ergane, it keeps version")
                .contains("routes     live on 1 of 1 nodes"));
  }

  private static @Nullable Nack rejection(XdsServer server) {
    return server.nodes().stream()
        .flatMap(node -> node.types().stream())
        .filter(type -> type.type().equals(TypeUrl.LISTENER))
        .map(NodeStatus.OfType::lastNack)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Sends requests one after another and counts the answers. */
  private final class Traffic implements AutoCloseable {
    final ConcurrentHashMap<String, Integer> answers = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean done;

    Traffic(int port) {
      thread =
          Thread.ofPlatform()
              .start(() -> {
                while (!done) {
                  String answer;
                  try {
                    answer = get(port);
                  } catch (Exception e) {
                    answer = e.toString();
                  }
                  answers.merge(answer, 1, Integer::sum);
                }
              });
    }

    @Override
    public void close() throws InterruptedException {
      done = true;
      thread.join();
    }
  }
}
