package io.ergane.extproc;

import io.ergane.core.schedule.Mix;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.net.EventLoops;
import io.ergane.dataplane.telemetry.Telemetry;
import io.ergane.proto.tls.ServerTls;
import io.ergane.proto.tls.UnusableTlsFiles;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Envoy's external processor, access-log sink and gRPC health on one port, health alone on another.
 * Decisions are made on the event loops. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class ExtProcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExtProcServer.class);
  private static final int WINDOW = 4 << 20;
  private static final long SWEEP_MILLIS = 500;
  private static final long DRAIN_CHECK_MILLIS = 20;
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 20;

  private final ServerState server;
  private final EventLoopGroup group;
  private final Health health;
  private final Server main;
  private final @Nullable Server healthOnly;
  private final @Nullable ServerTls tls;
  private final List<ScheduledFuture<?>> sweeps = new ArrayList<>();
  private @Nullable CompletableFuture<Integer> draining;

  private ExtProcServer(
      ServerState server,
      Services services,
      EventLoopGroup group,
      Health health,
      Server main,
      @Nullable Server healthOnly,
      @Nullable ServerTls tls) {
    this.server = server;
    this.group = group;
    this.health = health;
    this.main = main;
    this.healthOnly = healthOnly;
    this.tls = tls;
    sweepOn(group.next(), this::sweep);
    group.forEach(loop -> sweepOn(loop, services::expire));
  }

  /**
   * Binds and serves.
   *
   * @param group event loops; stays the caller's, who shuts it down after {@link #close}
   * @throws UnusableTlsFiles if a certificate or key cannot be read
   * @throws IOException if an address cannot be bound
   */
  public static ExtProcServer start(
      ExtProcSettings settings, Dataplane dataplane, Telemetry telemetry, EventLoopGroup group)
      throws IOException {
    Long given = settings.seed();
    long seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
    ServerState server = new ServerState(settings, dataplane, telemetry, Mix.mix(~seed));
    Services services = new Services(server, seed, group);
    Health health = new Health(server);
    ExtProcSettings.Listener listener = settings.listener();
    ServerCredentials plain = InsecureServerCredentials.create();
    ServerTls tls =
        listener.tls() == null ? null : ServerTls.of(listener.tls(), settings.timeouts().reload());
    Server main =
        builder(server, group, listener.port(), tls == null ? plain : tls.credentials())
            .addTransportFilter(services.connections())
            .addService(services.process())
            .addService(services.accessLog())
            .addService(health)
            .build();
    try {
      main.start();
      Server alone =
          listener.healthPort() < 0
              ? null
              : builder(server, group, listener.healthPort(), plain)
                  .addService(health)
                  .build()
                  .start();
      return new ExtProcServer(server, services, group, health, main, alone, tls);
    } catch (IOException | RuntimeException e) {
      main.shutdownNow();
      if (tls != null) {
        tls.close();
      }
      throw e;
    }
  }

  private static NettyServerBuilder builder(
      ServerState server, EventLoopGroup group, int port, ServerCredentials credentials) {
    ExtProcSettings settings = server.settings;
    ExtProcSettings.Timeouts times = settings.timeouts();
    ExtProcSettings.Limits limits = settings.limits();
    int longest = limits.maxMessageBytes();
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(settings.listener().host(), port), credentials)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .channelType(EventLoops.serverType(group))
        .directExecutor()
        .flowControlWindow(WINDOW)
        .maxInboundMessageSize(longest)
        .addStreamTracerFactory(
            new MessageParts(server.counts, Math.max(limits.maxPartBytes(), longest)))
        .maxInboundMetadataSize(limits.maxHeaderBytes())
        .keepAliveTime(times.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(times.leastPing().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  private void sweepOn(EventExecutor loop, Runnable task) {
    sweeps.add(
        loop.scheduleWithFixedDelay(
            () -> guarded(task), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS));
  }

  /** Runs the task; a failure of it is logged, so that it neither ends a timer nor skips others. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("A task of the scheduler failed because of a defect; it goes on.", e);
    }
  }

  private void sweep() {
    for (OpenRequest request : server.open.takeLost(server.now())) {
      lost(request, request.orphaned ? Counts.Lost.CONNECTION : Counts.Lost.TIMEOUT);
    }
    health.tell();
  }

  private void lost(OpenRequest request, Counts.Lost why) {
    guarded(() -> server.settlement.lost(request, why));
  }

  /** The port of the services. */
  public int port() {
    return main.getPort();
  }

  /** The port of health alone, -1 when there is none. */
  public int healthPort() {
    return healthOnly == null ? -1 : healthOnly.getPort();
  }

  /** Requests between their first message and the news of their end. */
  public int inFlight() {
    return server.counts.inFlight.get();
  }

  /** ext_proc streams that are open. */
  public int openStreams() {
    return server.counts.openStreams.get();
  }

  ServerState state() {
    return server;
  }

  /**
   * Leaves in good order: health turns to not serving, after the lame-duck time no connection and
   * no stream is accepted any more, and what is open gets the drain time to tell of its end.
   *
   * @return the number of requests of whose end nothing was learned
   */
  public synchronized CompletableFuture<Integer> drain() {
    CompletableFuture<Integer> started = draining;
    if (started == null) {
      started = new CompletableFuture<>();
      draining = started;
      server.leaving = true;
      health.tell();
      CompletableFuture<Integer> done = started;
      long lameDuck = server.settings.timeouts().lameDuck().toMillis();
      group.next().schedule(() -> stopAccepting(done), lameDuck, TimeUnit.MILLISECONDS);
    }
    return started;
  }

  private void stopAccepting(CompletableFuture<Integer> done) {
    guarded(main::shutdown);
    awaitIdle(done, server.now() + server.settings.timeouts().drain().toNanos());
  }

  private void awaitIdle(CompletableFuture<Integer> done, long deadline) {
    int left = inFlight();
    boolean late = server.now() - deadline >= 0;
    if ((left > 0 || openStreams() > 0) && !late) {
      group
          .next()
          .schedule(() -> awaitIdle(done, deadline), DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    if (left > 0) {
      LOG.warn("Drain time is over: the end of {} requests was not learned of.", left);
    } else {
      LOG.info("Drained: no request is left.");
    }
    guarded(this::close);
    done.complete(left);
  }

  /** Stops at once. Requests that Envoy has been directed to go on there. */
  @Override
  public void close() {
    server.leaving = true;
    sweeps.forEach(each -> each.cancel(false));
    main.shutdownNow();
    if (healthOnly != null) {
      healthOnly.shutdownNow();
    }
    if (tls != null) {
      tls.close();
    }
    for (OpenRequest request : server.open.takeAll()) {
      lost(request, Counts.Lost.SHUTDOWN);
    }
  }
}
