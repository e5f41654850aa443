package io.ergane.dataplane.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AccessLogTest {

  /** A sink whose first write blocks until it is released. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException("lines are written whole");
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      entered.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      written.write(bytes, offset, length);
    }
  }

  private static RequestRecord request(int number) {
    RequestRecord record = Records.answered();
    record.requestId = "r" + number;
    return record;
  }

  private static List<String> ids(ByteArrayOutputStream out) {
    return out.toString(UTF_8)
        .lines()
        .map(line -> line.replaceAll(".* request_id=(\\S+) .*", "$1"))
        .toList();
  }

  @Test
  void linesAreWrittenInOrderAndAllOfThemBeforeClosingReturns() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = new AccessLog(AccessLogFormat.TEXT, out, 10_000)) {
      IntStream.range(0, 2_000).forEach(i -> log.add(request(i)));
    }
    assertThat(ids(out)).isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "r" + i).toList());
  }

  @Test
  @Timeout(30)
  void aStuckWriterHoldsNobodyUpAndWhatFindsNoRoomIsCounted() throws InterruptedException {
    Stuck out = new Stuck();
    try (AccessLog log = new AccessLog(AccessLogFormat.TEXT, out, 10)) {
      log.add(request(0));
      out.entered.await();
      IntStream.rangeClosed(1, 100).forEach(i -> log.add(request(i)));
      assertThat(log.waiting()).isEqualTo(10);
      assertThat(log.dropped()).isEqualTo(90);
      out.released.countDown();
    }
    assertThat(ids(out.written))
        .isEqualTo(IntStream.rangeClosed(0, 10).mapToObj(i -> "r" + i).toList());
  }

  @Test
  void aSinkThatFailsLosesItsLinesAndNotTheWriter() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStream failing =
        new OutputStream() {
          private boolean failed;

          @Override
          public void write(int b) {
            throw new UnsupportedOperationException("lines are written whole");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!failed) {
              failed = true;
              throw new IOException("disk full");
            }
            out.write(bytes, offset, length);
          }
        };
    try (AccessLog log = new AccessLog(AccessLogFormat.TEXT, failing, 10)) {
      log.add(request(1));
      await().atMost(Duration.ofSeconds(20)).until(() -> log.dropped() == 1);
      log.add(request(2));
    }
    assertThat(ids(out)).containsExactly("r2");
  }

  @Test
  void aRecordThatCannotBeWrittenDoesNotStopTheLog() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = new AccessLog(AccessLogFormat.TEXT, out, 10)) {
      log.add(broken());
      await().atMost(Duration.ofSeconds(20)).until(() -> log.dropped() == 1);
      log.add(request(2));
    }
    assertThat(ids(out)).containsExactly("r2");
  }

  @SuppressWarnings("NullAway")
  private static RequestRecord broken() {
    RequestRecord record = Records.answered();
    record.model = null;
    return record;
  }

  @Test
  void onlyRequestsUnderV1AreLogged() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = new AccessLog(AccessLogFormat.TEXT, out, 10)) {
      RouterTelemetry telemetry =
          new RouterTelemetry(
              new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
              log,
              new DecisionLog(0, 0),
              () -> 0);
      for (String path : List.of("/v1/models", "/healthz", "/v1", "/v1/x")) {
        RequestRecord record = request(path.length());
        record.path = path;
        telemetry.ended(record);
      }
    }
    assertThat(ids(out)).containsExactly("r10", "r5");
  }
}
