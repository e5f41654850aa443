package io.ergane.cli;

import io.ergane.controllers.source.Source;
import io.ergane.core.routing.HostPort;
import io.ergane.dataplane.Dataplane;
import io.ergane.extproc.ExtProcServer;
import io.ergane.extproc.ExtProcSettings;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Control plane and scheduler in this process, and an Envoy as its child that clients talk to. */
public final class EnvoyGateway implements Gateway {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Parts parts = new Parts();
  private final EngineSide engines;
  private final XdsServer xds;
  private final Pages pages;
  private final EnvoyFront envoy;
  private final Path program;
  private volatile boolean draining;

  /**
   * Starts everything; returns when Envoy serves.
   *
   * @param sources what declares manifests, beside the router configuration of the options
   * @throws UserError for what the user can put right
   */
  public static EnvoyGateway start(
      RouterOptions options,
      EnvoyOptions envoy,
      List<Source> sources,
      Map<String, String> environment)
      throws InterruptedException {
    return start(options, envoy, sources, null, environment);
  }

  /**
   * The same, for a process that writes back to a cluster too.
   *
   * @param writers null for none
   */
  static EnvoyGateway start(
      RouterOptions options,
      EnvoyOptions envoy,
      List<Source> sources,
      @Nullable ClusterWriters writers,
      Map<String, String> environment)
      throws InterruptedException {
    RouterOptions.warnOfUnused(environment);
    Path program = EnvoyBinary.find(envoy.program == null ? "" : envoy.program, environment);
    try {
      FileImages files = new FileImages(sources, options.config, writers);
      return new EnvoyGateway(options, envoy, program, files, environment);
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private EnvoyGateway(
      RouterOptions options,
      EnvoyOptions ports,
      Path program,
      FileImages files,
      Map<String, String> environment)
      throws IOException, InterruptedException {
    this.program = program;
    try {
      requireFree(options.listener);
      Instruments instruments = Instruments.open(options.scheduling.decisions, environment, parts);
      PublishedImages images = new PublishedImages(files, environment);
      engines = EngineSide.open(images, options.scheduling, environment, instruments, parts);
      ExtProcServer scheduler =
          parts.opened(
              SchedulerListener.start(
                  new ExtProcSettings.Listener(LOOPBACK, ports.extProc(), -1, null),
                  options.scheduling,
                  () -> !draining && engines.ready().getAsBoolean(),
                  options.listener.exposeMetrics,
                  AT_ONCE,
                  environment,
                  engines,
                  instruments));
      xds =
          parts.opened(
              XdsListener.start(
                  XdsSettings.DEFAULT.at(LOOPBACK, ports.xds()),
                  instruments.registry(),
                  "--xds-port"));
      parts.opened(images.rollout()).serve(xds, settings(options, scheduler.port()));
      pages = engines.openPages(options.pages, instruments, XdsListener.pages(xds), parts);
      envoy =
          parts.opened(EnvoyFront.start(program, xds.port(), options, scheduler, xds, environment));
      envoy.awaitServing();
    } catch (IOException | RuntimeException | InterruptedException e) {
      close();
      throw e;
    }
  }

  /** Envoy would only say so in its log, again and again. */
  private static void requireFree(ListenerOptions listener) {
    if (listener.port == 0) {
      return;
    }
    try {
      PortCheck.bind(new InetSocketAddress(listener.host, listener.port));
    } catch (IOException e) {
      throw Binding.failed(
          "the OpenAI API on %s:%d".formatted(listener.host, listener.port),
          e,
          "Choose another --port, or stop what listens there.");
    }
  }

  private static EnvoySettings settings(RouterOptions options, int schedulerPort) {
    EnvoyListenerOptions listener = new EnvoyListenerOptions();
    listener.host = options.listener.host;
    listener.port = options.listener.port;
    listener.tlsCert = absolute(options.listener.tlsCert);
    listener.tlsKey = absolute(options.listener.tlsKey);
    listener.maxBodyBytes = options.scheduling.maxBodyBytes;
    listener.kthenaErrors = options.scheduling.kthenaErrors;
    return listener.settings(List.of(new HostPort(LOOPBACK, schedulerPort)), null);
  }

  private static @Nullable String absolute(@Nullable Path file) {
    return file == null ? null : file.toAbsolutePath().toString();
  }

  @Override
  public Dataplane dataplane() {
    return engines.dataplane();
  }

  @Override
  public int port() {
    return envoy.port();
  }

  @Override
  public int adminPort() {
    return pages.admin().port();
  }

  @Override
  public int metricsPort() {
    return pages.metrics().port();
  }

  @Override
  public Path envoy() {
    return program;
  }

  /** URL of Envoy's own admin page, on loopback. */
  public String envoyAdmin() {
    return envoy.adminUrl();
  }

  /** Process id of the Envoy that runs. */
  public long envoyPid() {
    return envoy.pid();
  }

  /** Port of the control plane, on loopback. */
  public int xdsPort() {
    return xds.port();
  }

  @Override
  public int inFlight() {
    return envoy.inFlight();
  }

  @Override
  public void drain() {
    draining = true;
    envoy.drain();
    close();
  }

  @Override
  public void close() {
    parts.close();
  }
}
