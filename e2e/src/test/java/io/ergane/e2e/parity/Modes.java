package io.ergane.e2e.parity;

import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.HostPort;
import io.ergane.extproc.ExtProcServer;
import io.ergane.extproc.ExtProcSettings;
import io.ergane.proxy.ProxyServer;
import io.ergane.proxy.ProxySettings;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoyBootstrap;
import io.ergane.xds.translate.EnvoyNames;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The transports, started over one compilation with one seed. */
final class Modes {
  private static final String LOOPBACK = "127.0.0.1";

  private Modes() {}

  /** The built-in proxy. */
  static Mode proxy(Compilation compilation, long seed) throws IOException {
    Subject subject = new Subject(compilation);
    ProxySettings base = ProxySettings.DEFAULT;
    ProxySettings.Limits limits = base.limits();
    ProxySettings settings =
        base.withListener(new ProxySettings.Listener(LOOPBACK, 0, null, null))
            .withLimits(
                new ProxySettings.Limits(
                    limits.maxHeaderBytes(),
                    limits.maxHeaders(),
                    Workload.MAX_BODY_BYTES,
                    limits.maxBufferedBytes(),
                    limits.maxConnections(),
                    limits.maxInFlight(),
                    limits.maxJsonDepth(),
                    limits.maxFrameBytes()))
            .withSeed(seed);
    ProxyServer proxy =
        ProxyServer.start(settings, subject.dataplane, subject.recorder, subject.loops);
    return new Mode("proxy", subject, proxy.port(), List.of(proxy));
  }

  /** An Envoy that a scheduler decides for. */
  static Mode envoy(Compilation compilation, long seed, Path folder) throws IOException {
    Subject subject = new Subject(compilation);
    ExtProcServer scheduler =
        ExtProcServer.start(scheduler(seed), subject.dataplane, subject.recorder, subject.loops);
    XdsServer xds =
        XdsServer.start(
            XdsSettings.DEFAULT.at(LOOPBACK, 0), NodeCheck.ANY, new SimpleMeterRegistry());
    xds.publish(
        EnvoyTranslation.translate(
            compilation.image(), compilation.endpoints(), settings(scheduler.port())));
    HostPort controlPlane = new HostPort(LOOPBACK, xds.port());
    EnvoyBootstrap bootstrap =
        new EnvoyBootstrap(
            "parity", EnvoyNames.ERGANE, controlPlane, null, new HostPort(LOOPBACK, 0), 1000);
    EnvoyProcess envoy = EnvoyProcess.start(folder, bootstrap.yaml());
    envoy.awaitReady();
    return new Mode(
        "envoy", subject, envoy.listener(EnvoyNames.ERGANE), List.of(envoy, xds, scheduler));
  }

  private static ExtProcSettings scheduler(long seed) {
    ExtProcSettings base = ExtProcSettings.DEFAULT;
    ExtProcSettings.Limits limits = base.limits();
    return base.withListener(new ExtProcSettings.Listener(LOOPBACK, 0, -1, null))
        .withLimits(
            new ExtProcSettings.Limits(
                Workload.MAX_BODY_BYTES,
                limits.maxBufferedBytes(),
                limits.maxPartBytes(),
                limits.maxInFlight(),
                limits.maxJsonDepth(),
                limits.maxFrameBytes(),
                limits.maxHeaderBytes()))
        .withSeed(seed);
  }

  /** The access log comes at once, so that one request is over before the next begins. */
  private static EnvoySettings settings(int schedulerPort) {
    EnvoySettings base = EnvoySettings.DEFAULT;
    return base.withListener(new EnvoySettings.Listener(LOOPBACK, 0, null))
        .withScheduler(
            new EnvoySettings.Scheduler(
                List.of(new HostPort(LOOPBACK, schedulerPort)),
                null,
                base.scheduler().timeout(),
                Duration.ofMillis(1)))
        .withBody(new EnvoySettings.Body(Workload.MAX_BODY_BYTES, 0));
  }
}
