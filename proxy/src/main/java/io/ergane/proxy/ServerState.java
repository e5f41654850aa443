package io.ergane.proxy;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.decision.ErrorShape;
import io.ergane.dataplane.decision.OwnPaths;
import io.ergane.dataplane.telemetry.Telemetry;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the event loops of one server share. Thread-safe. */
final class ServerState {
  final ProxySettings settings;
  final Dataplane dataplane;
  final Telemetry telemetry;
  final ErrorShape errors;
  final OwnPaths ownPaths;
  final Machine machine;
  private @Nullable SslContext engineTls;
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger inFlight = new AtomicInteger();
  final AtomicLong bufferedBytes = new AtomicLong();

  /** Readiness is denied. */
  volatile boolean leaving;

  /** Connections close after their present request. */
  volatile boolean draining;

  ServerState(ProxySettings settings, Dataplane dataplane, Telemetry telemetry, Machine machine) {
    this.settings = settings;
    this.dataplane = dataplane;
    this.telemetry = telemetry;
    this.errors = new ErrorShape(settings.surface().kthenaErrors());
    this.ownPaths =
        new OwnPaths(
            dataplane,
            errors,
            () -> !leaving && settings.surface().ready().getAsBoolean(),
            settings.surface().metrics());
    this.machine = machine;
  }

  /** TLS towards engines; reads the system's trusted certificates on the first call. */
  synchronized SslContext engineTls() throws SSLException {
    SslContext context = engineTls;
    if (context == null) {
      context = TlsContexts.client(settings.engines());
      engineTls = context;
    }
    return context;
  }

  long now() {
    return dataplane.now();
  }
}
