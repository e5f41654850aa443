package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
  private static final int REQUESTS = 200;
  private static final Duration BOUND = Duration.ofMillis(250);

  @Test
  void aSchedulerThatNeverAnswersIsNotWaitedForOnceARequest() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
      long begun = System.nanoTime();
      Rehearsal.run(silent.getLocalPort(), "m", REQUESTS, BOUND);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(BOUND, BOUND.multipliedBy(REQUESTS));
    }
  }
}
