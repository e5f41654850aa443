package io.ergane.benchmarks.xds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real Envoy among the nodes, which asks for clusters and their endpoints and takes them over.
 */
final class EnvoyNode implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private static final String BOOTSTRAP =
      """
      node: {id: envoy, cluster: bench}
      dynamic_resources:
        ads_config:
          api_type: FORM
          transport_api_version: V3
          grpc_services: [{envoy_grpc: {cluster_name: xds}}]
        cds_config: {ads: {}, resource_api_version: V3}
      static_resources:
        clusters:
        - name: xds
          type: STATIC
          connect_timeout: 60s
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config: {http2_protocol_options: {}}
          load_assignment:
            cluster_name: xds
            endpoints:
            - lb_endpoints:
              - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: PORT}}}
      """;

  private final AnswerRelay relay;
  private final Process process;
  private final Path folder;

  private EnvoyNode(AnswerRelay relay, Process process, Path folder) {
    this.relay = relay;
    this.process = process;
    this.folder = folder;
  }

  /**
   * Starts Envoy, which gets nothing before {@link #open}.
   *
   * @param server port of the discovery service
   */
  static EnvoyNode start(Path envoy, int server, boolean delta) throws IOException {
    AnswerRelay relay = new AnswerRelay(server);
    Path folder = Files.createTempDirectory("xds-fanout");
    Path file = folder.resolve("envoy.yaml");
    Files.writeString(
        file,
        BOOTSTRAP
            .replace("FORM", delta ? "DELTA_GRPC" : "GRPC")
            .replace("PORT", Integer.toString(relay.port())));
    List<String> command =
        List.of(
            envoy.toString(),
            "-c",
            file.toString(),
            "--concurrency",
            "1",
            "--use-dynamic-base-id",
            "--log-level",
            "error");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new EnvoyNode(relay, process, folder);
  }

  void open() {
    relay.open();
  }

  /** Requests and answers so far. */
  long answers() {
    return relay.answers();
  }

  /** Waits for another answer than the first {@code before}; says when it came. */
  long awaitAnswer(long before) throws InterruptedException {
    for (long since = System.nanoTime(); relay.answers() <= before; Thread.sleep(0, 200_000)) {
      patient(since, "answered a change");
    }
    return relay.answeredNanos();
  }

  /** Waits until Envoy and the server have nothing to say to each other for a while. */
  void awaitQuiet() throws InterruptedException {
    for (long since = System.nanoTime(); ; Thread.sleep(20)) {
      patient(since, "come to rest");
      if (relay.answers() > 0 && System.nanoTime() - relay.passedNanos() > QUIET_NANOS) {
        return;
      }
    }
  }

  private void patient(long since, String what) {
    if (!process.isAlive() || System.nanoTime() - since > PATIENCE_NANOS) {
      throw new IllegalStateException("Envoy has not " + what + "; see " + folder.resolve("log"));
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    relay.close();
    Files.deleteIfExists(folder.resolve("envoy.yaml"));
    Files.deleteIfExists(folder.resolve("log"));
    Files.deleteIfExists(folder);
  }
}
