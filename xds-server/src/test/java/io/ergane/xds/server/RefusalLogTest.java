package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private final RefusalLog log = new RefusalLog(PAUSE);
  private long now = -5;

  private @org.jspecify.annotations.Nullable String refuse(String reason) {
    return log.line(reason, "10.0.0.1:2", "too much of " + reason, now);
  }

  @Test
  void ofManyRefusalsForOneReasonTheFirstAndTheirNumberAreTold() {
    assertThat(refuse("nodes")).isEqualTo("stream from 10.0.0.1:2 refused: too much of nodes");
    for (int i = 0; i < 1000; i++) {
      now += PAUSE.toNanos() / 1001;
      assertThat(refuse("nodes")).isNull();
    }
    now += PAUSE.toNanos();
    assertThat(refuse("nodes")).endsWith("too much of nodes (1000 more since this was last told)");
    now += PAUSE.toNanos();
    assertThat(refuse("nodes")).endsWith("too much of nodes");
  }

  @Test
  void oneReasonDoesNotSilenceAnother() {
    assertThat(refuse("nodes")).isNotNull();
    assertThat(refuse("node_id")).isNotNull();
    assertThat(refuse("node_id")).isNull();
  }
}
