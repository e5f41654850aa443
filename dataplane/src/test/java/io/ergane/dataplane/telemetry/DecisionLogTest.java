package io.ergane.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
  private static final long SECOND = 1_000_000_000L;

  private static RequestRecord request(String id) {
    RequestRecord record = new RequestRecord();
    record.requestId = id;
    return record;
  }

  @Test
  void theLastRequestsAreKeptNewestFirst() {
    DecisionLog log = new DecisionLog(3, 100);
    assertThat(log.newestFirst()).isEmpty();
    for (int i = 0; i < 8; i++) {
      log.add(request("r" + i));
      int kept = Math.min(3, i + 1);
      int newest = i;
      assertThat(log.newestFirst().stream().map(record -> record.requestId))
          .isEqualTo(IntStream.range(0, kept).mapToObj(back -> "r" + (newest - back)).toList());
    }
  }

  @Test
  void aRequestIsFoundByItsIdTheNewestOfSeveral() {
    DecisionLog log = new DecisionLog(3, 100);
    RequestRecord newer = request("a");
    log.add(request("a"));
    log.add(newer);
    log.add(request("b"));
    assertThat(log.find("a")).isSameAs(newer);
    assertThat(log.find("c")).isNull();
    log.add(request("c"));
    log.add(request("d"));
    assertThat(log.find("a")).isNull();
  }

  @Test
  void noMoreAreExplainedInASecondThanTheBound() {
    DecisionLog log = new DecisionLog(3, 5);
    for (long second = 1; second < 4; second++) {
      long start = second * SECOND;
      long admitted =
          IntStream.range(0, 100).filter(i -> log.admits(start + i * SECOND / 100)).count();
      assertThat(admitted).isEqualTo(5);
    }
  }

  @Test
  void aLogWithoutRoomAdmitsNothingAndKeepsNothing() {
    DecisionLog log = new DecisionLog(0, 5);
    assertThat(log.admits(SECOND)).isFalse();
    log.add(request("a"));
    assertThat(log.newestFirst()).isEmpty();
  }
}
