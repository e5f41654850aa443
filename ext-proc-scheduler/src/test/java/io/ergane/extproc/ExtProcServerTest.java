package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.ergane.dataplane.decision.Surface;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server over a socket, with a raw stub for Envoy. */
class ExtProcServerTest {
  private static final ExtProcSettings SETTINGS =
      ExtProcSettings.DEFAULT
          .withListener(new ExtProcSettings.Listener("127.0.0.1", 0, 0, null))
          .withSeed(1);

  private static final String PROCESS = "envoy.service.ext_proc.v3.ExternalProcessor/Process";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final World world = new World();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private @Nullable ExtProcServer started;
  private @Nullable ManagedChannel opened;

  private ExtProcServer server(ExtProcSettings settings) throws IOException {
    ExtProcServer server = ExtProcServer.start(settings, world.dataplane, world.telemetry, group);
    started = server;
    return server;
  }

  private ManagedChannel channel(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    opened = channel;
    return channel;
  }

  @AfterEach
  void stop() {
    if (opened != null) {
      opened.shutdownNow();
    }
    if (started != null) {
      started.close();
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void streamsThatSayNothingAreBoundedAndMakeRoomWhenTheyEnd() throws IOException {
    ExtProcSettings.Limits limits =
        new ExtProcSettings.Limits(1 << 20, 1 << 20, 1 << 20, 1, 50, 1024, 8192);
    ExtProcServer server = server(SETTINGS.withLimits(limits));
    ManagedChannel channel = channel(server.port());
    List<Call> silent = new ArrayList<>();
    for (int i = 0; i < limits.maxStreams(); i++) {
      silent.add(new Call(channel));
    }
    await().atMost(PATIENCE).until(() -> server.openStreams() == limits.maxStreams());

    assertThat(new Call(channel).ended())
        .contains("RESOURCE_EXHAUSTED", limits.maxStreams() + " streams are open");

    silent.forEach(each -> each.out.onCompleted());
    silent.forEach(each -> assertThat(each.ended()).isEqualTo("OK"));
    await().atMost(PATIENCE).until(() -> server.openStreams() == 0);
    Call next = new Call(channel);
    await().atMost(PATIENCE).until(() -> server.openStreams() == 1);
    next.out.onCompleted();
    assertThat(next.ended()).isEqualTo("OK");
  }

  @Test
  void messagesThatDoNotBecomeWholeAreBoundedAndHinderNoOthers() throws IOException {
    int part = 300_000;
    int counted = part - MessageParts.FREE;
    ExtProcSettings.Limits limits =
        new ExtProcSettings.Limits(1, 1 << 20, 5L * counted, 100, 50, 1024, 8192);
    ExtProcServer server = server(SETTINGS.withLimits(limits));
    Counts counts = server.state().counts;
    try (PartialClient flood = new PartialClient(server.port())) {
      for (int i = 0; i < 9; i++) {
        flood.begin(PROCESS, limits.maxMessageBytes(), part);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(counts.failures[Counts.Failure.MEMORY.ordinal()].sum()).isEqualTo(4);
            assertThat(counts.partBytes).hasValue(5L * counted);
            assertThat(server.openStreams()).isEqualTo(5);
          });

      ManagedChannel channel = channel(server.port());
      Call served = new Call(channel).send(List.of(Script.headers("GET", "/v1/models")));
      assertThat(served.ended()).isEqualTo("OK");
      world.clock.pass(SETTINGS.timeouts().upload());

      await().atMost(PATIENCE).until(() -> counts.partBytes.get() == 0);
      assertThat(counts.failures[Counts.Failure.LATE.ordinal()].sum()).isEqualTo(5);
      flood.begin(PROCESS, limits.maxMessageBytes(), part);
      await().atMost(PATIENCE).until(() -> counts.partBytes.get() == counted);
    }
    await().atMost(PATIENCE).until(() -> counts.partBytes.get() == 0);
    await().atMost(PATIENCE).until(() -> server.openStreams() == 0);
  }

  @Test
  void theSamePartsWithTheirEndsAreNoExcess() throws IOException {
    ExtProcSettings.Limits limits =
        new ExtProcSettings.Limits(1 << 20, 1 << 20, 1, 100, 50, 1024, 8192);
    ExtProcServer server = server(SETTINGS.withLimits(limits));
    ManagedChannel channel = channel(server.port());
    byte[] longest = Script.utf8(Script.chat("plain") + " ".repeat(500_000));
    for (int i = 0; i < 9; i++) {
      Call call = new Call(channel);
      call.send(List.of(Script.post(BodySendMode.BUFFERED, BodySendMode.NONE)));
      call.send(List.of(Script.body(longest, true)));
      assertThat(call.ended()).isEqualTo("OK");
      assertThat(call.answers).hasSize(2);
    }
    assertThat(server.state().counts.partBytes).hasValue(0);
  }

  /** A stream to the server. */
  private static final class Call implements StreamObserver<ProcessingResponse> {
    final List<ProcessingResponse> answers = new CopyOnWriteArrayList<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    final StreamObserver<ProcessingRequest> out;

    Call(ManagedChannel channel) {
      out = ExternalProcessorGrpc.newStub(channel).process(this);
    }

    Call send(List<ProcessingRequest> messages) {
      messages.forEach(out::onNext);
      return this;
    }

    @Override
    public void onNext(ProcessingResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onCompleted() {
      end.complete("OK");
    }

    String ended() {
      return end.orTimeout(20, TimeUnit.SECONDS).join();
    }

    String token() {
      return answers
          .getFirst()
          .getDynamicMetadata()
          .getFieldsOrThrow("envoy.lb")
          .getStructValue()
          .getFieldsOrThrow("x-ergane-decision")
          .getStringValue();
    }
  }

  private static List<ProcessingRequest> buffered(String model) {
    return List.of(
        Script.post(BodySendMode.BUFFERED, BodySendMode.NONE),
        Script.body(Script.utf8(Script.chat(model)), true));
  }

  private void quiet(ExtProcServer server) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertThat(server.inFlight()).isZero();
          assertThat(server.openStreams()).isZero();
          assertThat(server.state().counts.bufferedBytes).hasValue(0);
          assertThat(world.dataplane.board().totalInFlight()).isZero();
          world.telemetry.assertBalanced();
        });
  }

  @Test
  void directsAndSettles() throws IOException {
    ExtProcServer server = server(SETTINGS);
    ManagedChannel channel = channel(server.port());
    Call call = new Call(channel).send(buffered("m"));
    assertThat(call.ended()).isEqualTo("OK");
    assertThat(call.answers).hasSize(2);
    assertThat(server.inFlight()).isEqualTo(1);

    CompletableFuture<String> over = new CompletableFuture<>();
    StreamObserver<StreamAccessLogsMessage> logs = logs(channel, over);
    logs.onNext(Entries.message(Entries.served(call.token(), "127.0.0.1", 8000)));
    quiet(server);
    logs.onCompleted();
    assertThat(over.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("OK");
    assertThat(world.telemetry.last().status).isEqualTo(200);
  }

  private static StreamObserver<StreamAccessLogsMessage> logs(
      ManagedChannel channel, CompletableFuture<String> over) {
    return AccessLogServiceGrpc.newStub(channel)
        .streamAccessLogs(
            new StreamObserver<StreamAccessLogsResponse>() {
              @Override
              public void onNext(StreamAccessLogsResponse value) {}

              @Override
              public void onError(Throwable failure) {
                over.complete(String.valueOf(failure.getMessage()));
              }

              @Override
              public void onCompleted() {
                over.complete("OK");
              }
            });
  }

  /** A long body whole, in pieces of 64 KiB and in many small ones. */
  @Test
  void longBodiesComeThrough() throws IOException {
    ExtProcServer server = server(SETTINGS);
    ManagedChannel channel = channel(server.port());
    byte[] sent = Script.utf8(Script.chat("m") + " ".repeat(5_000_000));
    for (int size : new int[] {sent.length, 65_536, 4096}) {
      Call call =
          new Call(channel)
              .send(List.of(Script.post(BodySendMode.FULL_DUPLEX_STREAMED, BodySendMode.NONE)))
              .send(Script.pieces(sent, size, false));
      assertThat(call.ended()).isEqualTo("OK");
      int length =
          call.answers.stream()
              .mapToInt(a ->
                  a.getRequestBody()
                      .getResponse()
                      .getBodyMutation()
                      .getStreamedResponse()
                      .getBody()
                      .size())
              .sum();
      assertThat(length).isEqualTo(sent.length + "served".length() - "m".length());
    }
  }

  @Test
  void streamsThatAreCancelledAnywhereLeaveNothingBehind() throws IOException {
    ExtProcServer server =
        server(
            SETTINGS.withAccounting(
                new ExtProcSettings.Accounting(
                    ExtProcSettings.Teller.STREAM,
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    io.ergane.extproc.wire.BodyMode.FULL_DUPLEX_STREAMED)));
    ManagedChannel channel = channel(server.port());
    Random random = new Random(7);
    byte[] sent = Script.utf8(Script.chat("plain"));
    for (int round = 0; round < 200; round++) {
      BodySendMode mode =
          random.nextBoolean() ? BodySendMode.BUFFERED : BodySendMode.FULL_DUPLEX_STREAMED;
      Call call = new Call(channel);
      call.out.onNext(Script.post(mode, mode));
      if (random.nextBoolean()) {
        call.send(Script.pieces(sent, 100 + random.nextInt(400), false));
      }
      if (random.nextBoolean()) {
        call.out.onNext(Script.responseHeaders(200, "application/json", false));
      }
      call.out.onError(new RuntimeException("gave up"));
    }
    quiet(server);
  }

  @Test
  void aConnectionThatBreaksEndsItsStreams() throws IOException {
    ExtProcServer server = server(SETTINGS);
    ManagedChannel channel = channel(server.port());
    for (int i = 0; i < 20; i++) {
      new Call(channel).send(List.of(buffered("m").getFirst()));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> server.inFlight() == 20);
    channel.shutdownNow();
    await().atMost(Duration.ofSeconds(60)).until(() -> server.openStreams() == 0);
    world.clock.pass(SETTINGS.accounting().orphanAfter());
    quiet(server);
    assertThat(world.telemetry.last().status).isEqualTo(499);
  }

  @Test
  void healthIsToldUnderEveryNameOnBothPorts() throws IOException {
    AtomicBoolean ready = new AtomicBoolean();
    ExtProcServer server = server(SETTINGS.withSurface(new Surface(false, ready::get, null)));
    for (int port : new int[] {server.port(), server.healthPort()}) {
      ManagedChannel channel = channel(port);
      HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
      for (boolean now : new boolean[] {false, true}) {
        ready.set(now);
        for (String name :
            List.of("", "readiness", "envoy.service.ext_proc.v3.ExternalProcessor", "any")) {
          assertThat(check(health, name))
              .isEqualTo(now ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
        }
        assertThat(check(health, "liveness")).isEqualTo(ServingStatus.SERVING);
      }
      channel.shutdownNow();
    }
  }

  private static ServingStatus check(HealthGrpc.HealthBlockingStub health, String name) {
    return health.check(HealthCheckRequest.newBuilder().setService(name).build()).getStatus();
  }

  @Test
  void aDrainDeniesHealthAndWaitsForWhatIsOpen() throws IOException {
    ExtProcServer server =
        server(
            SETTINGS.withTimeouts(
                new ExtProcSettings.Timeouts(
                    Duration.ofMillis(300),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(30))));
    ManagedChannel channel = channel(server.port());
    StreamObserver<StreamAccessLogsMessage> logs = logs(channel, new CompletableFuture<>());
    Call call = new Call(channel).send(buffered("plain"));
    assertThat(call.ended()).isEqualTo("OK");
    List<ServingStatus> told = new CopyOnWriteArrayList<>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<HealthCheckResponse>() {
              @Override
              public void onNext(HealthCheckResponse value) {
                told.add(value.getStatus());
              }

              @Override
              public void onError(Throwable t) {}

              @Override
              public void onCompleted() {}
            });
    await().until(() -> told.equals(List.of(ServingStatus.SERVING)));

    CompletableFuture<Integer> drained = server.drain();
    await().until(() -> told.equals(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)));
    assertThat(drained).isNotDone();
    HTTPAccessLogEntry.Builder entry = Entries.served(call.token(), "127.0.0.1", 8010);
    logs.onNext(Entries.message(entry));
    assertThat(drained.orTimeout(20, TimeUnit.SECONDS).join()).isZero();
    quiet(server);
  }

  @Test
  void whatIsOpenAtTheEndIsToldAsLost() throws IOException {
    ExtProcServer server = server(SETTINGS);
    ManagedChannel channel = channel(server.port());
    assertThat(new Call(channel).send(buffered("plain")).ended()).isEqualTo("OK");
    server.close();
    quiet(server);
    assertThat(world.telemetry.last().errorType).isEqualTo("accounting_lost");
  }

  @Test
  void lostRequestsAreReleasedThoughTheEndOfOneFails() throws IOException {
    ExtProcServer server = server(SETTINGS);
    ManagedChannel channel = channel(server.port());
    for (int round = 0; round < 2; round++) {
      assertThat(new Call(channel).send(buffered("plain")).ended()).isEqualTo("OK");
      assertThat(new Call(channel).send(buffered("plain")).ended()).isEqualTo("OK");
      assertThat(server.inFlight()).isEqualTo(2);
      world.telemetry.failures.set(1);
      world.clock.pass(SETTINGS.accounting().lostAfter());

      await().atMost(PATIENCE).until(() -> server.inFlight() == 0);
      assertThat(world.telemetry.failures).hasValue(0);
    }
    quiet(server);
  }

  @Test
  void metricsFollowTheStreams() throws IOException {
    ExtProcServer server = server(SETTINGS);
    var registry =
        new io.micrometer.prometheusmetrics.PrometheusMeterRegistry(
            io.micrometer.prometheusmetrics.PrometheusConfig.DEFAULT);
    ExtProcMetrics.register(server, registry);
    Call call = new Call(channel(server.port())).send(buffered("plain"));
    call.ended();
    assertThat(registry.scrape())
        .contains("ergane_ext_proc_streams_total 1.0")
        .contains("ergane_ext_proc_open_requests 1.0")
        .contains("ergane_ext_proc_messages_total{kind=\"request_body\"} 1.0")
        .contains("ergane_ext_proc_in_flight_limit 16384.0");
  }
}
