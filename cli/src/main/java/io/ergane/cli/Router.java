package io.ergane.cli;

import io.ergane.controllers.source.Source;
import io.ergane.dataplane.Dataplane;
import io.ergane.proxy.ProxyServer;
import io.ergane.proxy.ProxySettings;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A data plane and the built-in proxy, fed with images from files or from a control plane. */
public final class Router implements Gateway {
  private final Parts parts = new Parts();
  private final EngineSide engines;
  private final ProxyServer proxy;
  private final Pages pages;

  /**
   * Starts everything, the control plane included; returns when requests can be served.
   *
   * @param sources what declares manifests, beside the router configuration of the options
   * @throws UserError for what the user can put right
   */
  public static Router start(
      RouterOptions options, List<Source> sources, Map<String, String> environment) {
    return start(options, sources, null, environment);
  }

  /**
   * The same, for a process that writes back to a cluster too.
   *
   * @param writers null for none
   */
  static Router start(
      RouterOptions options,
      List<Source> sources,
      @Nullable ClusterWriters writers,
      Map<String, String> environment) {
    RouterOptions.warnOfUnused(environment);
    return start(
        new FileImages(sources, options.config, writers),
        options.listener,
        options.pages,
        options.scheduling,
        environment);
  }

  /**
   * Starts what serves requests.
   *
   * @throws UserError for what the user can put right
   */
  static Router start(
      Images images,
      ListenerOptions listener,
      PageOptions pages,
      SchedulingOptions scheduling,
      Map<String, String> environment) {
    try {
      return new Router(images, listener, pages, scheduling, environment);
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private Router(
      Images images,
      ListenerOptions listener,
      PageOptions pageOptions,
      SchedulingOptions scheduling,
      Map<String, String> environment)
      throws IOException {
    try {
      Instruments instruments = Instruments.open(scheduling.decisions, environment, parts);
      engines = EngineSide.open(images, scheduling, environment, instruments, parts);
      ProxySettings settings =
          settings(listener, scheduling, environment)
              .withSurface(
                  scheduling.surface(engines.ready(), listener.exposeMetrics, instruments));
      proxy = parts.opened(listen(settings, instruments));
      pages = engines.openPages(pageOptions, instruments, Map.of(), parts);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private ProxyServer listen(ProxySettings settings, Instruments instruments) throws IOException {
    ProxySettings.Listener at = settings.listener();
    try {
      return ProxyServer.start(
          settings, engines.dataplane(), instruments.telemetry(), engines.loops());
    } catch (BindException e) {
      throw Binding.failed(
          "the OpenAI API on %s:%d".formatted(at.host(), at.port()),
          e,
          "Choose another --port, or stop what listens there.");
    }
  }

  private static ProxySettings settings(
      ListenerOptions listener, SchedulingOptions scheduling, Map<String, String> environment) {
    ProxySettings.Limits limits = ProxySettings.Limits.DEFAULT;
    ProxySettings.Timeouts times = ProxySettings.Timeouts.DEFAULT;
    ProxySettings.Engines engines = ProxySettings.Engines.DEFAULT;
    ProxySettings settings =
        ProxySettings.DEFAULT
            .withListener(
                new ProxySettings.Listener(
                    listener.host, listener.port, listener.tlsCert, listener.tlsKey))
            .withLimits(
                new ProxySettings.Limits(
                    limits.maxHeaderBytes(),
                    limits.maxHeaders(),
                    scheduling.maxBodyBytes,
                    limits.maxBufferedBytes(),
                    listener.maxConnections,
                    scheduling.maxInFlight,
                    limits.maxJsonDepth(),
                    limits.maxFrameBytes()))
            .withTimeouts(
                new ProxySettings.Timeouts(
                    times.header(),
                    times.bodyStall(),
                    times.idle(),
                    times.writeStall(),
                    times.answerStall(),
                    Waits.lameDuck(environment),
                    Waits.drain(environment)))
            .withEngines(
                new ProxySettings.Engines(
                    engines.connect(),
                    engines.idle(),
                    engines.maxIdlePerEndpoint(),
                    engines.maxIdle(),
                    scheduling.engineKey(environment),
                    engines.verifyCertificates()));
    return scheduling.seed == null ? settings : settings.withSeed(scheduling.seed);
  }

  @Override
  public Dataplane dataplane() {
    return engines.dataplane();
  }

  public ProxyServer proxy() {
    return proxy;
  }

  @Override
  public int port() {
    return proxy.port();
  }

  @Override
  public int inFlight() {
    return proxy.inFlight();
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
  public void drain() {
    proxy.drain().join();
    close();
  }

  @Override
  public void close() {
    parts.close();
  }
}
