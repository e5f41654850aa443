package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy whose machine has no more sockets, threads or memory to give. */
class MachineLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Machine real = Machine.open();
  private final ScriptedEngine engine = ScriptedEngine.answering();

  @AfterEach
  void stop() {
    engine.close();
    real.close();
  }

  private Machine withSlowWork(Executor slowWork) {
    return new Machine(real.addresses(), slowWork, real.sockets(), () -> {});
  }

  @Test
  void enginesAreNotBlamedWhenSocketsRunOut() throws IOException {
    AtomicBoolean exhausted = new AtomicBoolean(true);
    Machine machine =
        new Machine(
            real.addresses(),
            real.slowWork(),
            loop ->
                exhausted.get()
                    ? () -> {
                      throw new ChannelException("Too many open files");
                    }
                    : real.sockets().apply(loop),
            () -> {});
    try (ScriptedEngine other = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine, other).machine(machine).start()) {
      for (int i = 0; i < 20; i++) {
        RawClient.Answer refused = proxy.chat();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("at its limit of open sockets");
        assertThat(refused.header("Retry-After")).isNotEmpty();
      }
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended).hasSize(20).allMatch(record -> record.ejections == 0);

      exhausted.set(false);
      for (int i = 0; i < 20; i++) {
        assertThat(proxy.chat().status()).isEqualTo(200);
      }
      assertThat(engine.requests).isNotEmpty();
      assertThat(other.requests).isNotEmpty();
    }
  }

  @Test
  void aLargeCompressedBodyDoesNotHoldOtherRequestsUp() throws Exception {
    BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    try (Fixture proxy = Fixture.with(engine).machine(withSlowWork(waiting::add)).start();
        RawClient large = proxy.client()) {
      large.send(compressed(largeChat()));
      Runnable decompression = waiting.poll(LONG.toSeconds(), TimeUnit.SECONDS);
      assertThat(decompression).isNotNull();

      assertThat(proxy.chat().status()).isEqualTo(200);

      decompression.run();
      assertThat(large.read().status()).isEqualTo(200);
      assertThat(engine.requests.getLast().text()).contains("\"served\"").hasSizeGreaterThan(9_000);
    }
  }

  @Test
  void aClientMayLeaveWhileItsBodyIsDecompressed() throws Exception {
    BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    try (Fixture proxy = Fixture.with(engine).machine(withSlowWork(waiting::add)).start()) {
      RawClient large = proxy.client();
      large.send(compressed(largeChat()));
      Runnable decompression = waiting.poll(LONG.toSeconds(), TimeUnit.SECONDS);
      assertThat(decompression).isNotNull();
      large.close();
      proxy.assertQuiet();

      decompression.run();
      assertThat(proxy.chat().status()).isEqualTo(200);
    }
    assertThat(engine.requests).hasSize(1);
  }

  @Test
  void compressedBodiesBeyondWhatCanWaitAreRefused() throws IOException {
    Executor full =
        _ -> {
          throw new RejectedExecutionException();
        };
    try (Fixture proxy = Fixture.with(engine).machine(withSlowWork(full)).start();
        RawClient client = proxy.client()) {
      RawClient.Answer refused = client.send(compressed(largeChat())).read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("compressed bodies that wait");
      assertThat(client.send(post("/v1/chat/completions", chat("m"))).read().status())
          .isEqualTo(200);
    }
  }

  @Test
  void aLargeBodyThatIsNotWhatItSaysIsRefused() throws IOException {
    try (Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      RawClient.Answer refused = client.send(request(new byte[100_000])).read();
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body()).contains("is not the gzip");
      assertThat(client.send(compressed(largeChat())).read().status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsSentBeforeItsTurnCountsAmongTheBytesHeld() throws Exception {
    CountDownLatch answering = new CountDownLatch(1);
    ProxySettings.Limits limits = ProxySettings.Limits.DEFAULT;
    ProxySettings small =
        ProxySettings.DEFAULT.withLimits(
            new ProxySettings.Limits(
                limits.maxHeaderBytes(),
                limits.maxHeaders(),
                limits.maxBodyBytes(),
                10_000,
                limits.maxConnections(),
                limits.maxInFlight(),
                limits.maxJsonDepth(),
                limits.maxFrameBytes()));
    try (ScriptedEngine held =
            new ScriptedEngine(call -> {
              answering.await();
              call.json(200, ScriptedEngine.ANSWER);
            });
        Fixture proxy = Fixture.with(held).settings(small).start();
        RawClient eager = proxy.client()) {
      int requests = 100;
      eager.send(post("/v1/chat/completions", chat("m")).repeat(requests));
      await().atMost(LONG).until(() -> proxy.proxy.bufferedBytes() > 10_000);

      RawClient.Answer refused = proxy.chat();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("at its limit of 10000 bytes of request bodies");

      answering.countDown();
      for (int i = 0; i < requests; i++) {
        assertThat(eager.read().status()).isEqualTo(200);
      }
      proxy.assertQuiet();
      assertThat(proxy.chat().status()).isEqualTo(200);
    }
  }

  /** A request whose prompt hardly compresses. */
  private static String largeChat() {
    StringBuilder words = new StringBuilder();
    new Random(7).ints(10_000, 'a', 'z' + 1).forEach(letter -> words.append((char) letter));
    return chat("m").replace("hello", words);
  }

  private static byte[] compressed(String body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body.getBytes(UTF_8));
    }
    return request(packed.toByteArray());
  }

  private static byte[] request(byte[] body) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(UTF_8));
    request.write(body);
    return request.toByteArray();
  }
}
