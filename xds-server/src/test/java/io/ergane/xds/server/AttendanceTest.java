package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttendanceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;
  private final List<String> lines = new ArrayList<>();
  private final Attendance attendance =
      new Attendance(
          new GoneNode.Memory(2, Duration.ofMinutes(10)),
          () -> now,
          line -> lines.add(line.replaceFirst(":.*?( \\(.*)?$", "$1")));

  private void came(String id) {
    attendance.came(
        new NodeStatus(id, "edge", NodeKind.ENVOY, "1.40.0", "/10.0.0.1:5", now, null, List.of()));
  }

  private void flap(String id, int times) {
    for (int i = 0; i < times; i++) {
      came(id);
      attendance.left(id);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
    attendance.tick();
  }

  private List<String> gone() {
    return attendance.gone().stream().map(GoneNode::id).toList();
  }

  @Test
  void comingAndGoingAreALineEachHoweverManyStreamsANodeHas() {
    came("a");
    came("a");
    attendance.left("a");
    assertThat(gone()).isEmpty();
    now = now.plusSeconds(5);
    attendance.left("a");

    assertThat(lines).containsExactly("node a is connected", "node a is gone");
    assertThat(attendance.gone())
        .containsExactly(
            new GoneNode(
                "a", "edge", NodeKind.ENVOY, "1.40.0", "/10.0.0.1:5", START, START.plusSeconds(5)));
  }

  @Test
  void whoComesBackIsNotGone() {
    flap("a", 1);
    came("a");

    assertThat(gone()).isEmpty();
    assertThat(lines).endsWith("node a is connected").hasSize(3);
  }

  @Test
  void aNodeThatFlapsGetsFewLinesOfWhichTheLastIsTrue() {
    flap("a", 1000);
    assertThat(lines).hasSize(Attendance.LINES);

    pass(Attendance.WINDOW.minusSeconds(1));
    assertThat(lines).hasSize(Attendance.LINES);
    came("a");
    pass(Duration.ofSeconds(1));
    assertThat(lines)
        .hasSize(Attendance.LINES + 1)
        .endsWith("node a is connected (it came or went 1997 times)");

    pass(Attendance.WINDOW);
    assertThat(lines).hasSize(Attendance.LINES + 1);
  }

  @Test
  void aNodeThatFlapsDoesNotSilenceOthers() {
    flap("a", 1000);
    came("b");

    assertThat(lines).endsWith("node b is connected");
  }

  @Test
  void theNewestOfThoseWhoLeftAreRememberedForSomeTime() {
    flap("a", 1);
    flap("b", 1);
    now = now.plus(Duration.ofMinutes(5));
    flap("c", 1);
    assertThat(gone()).containsExactly("c", "b");

    now = now.plus(Duration.ofMinutes(6));
    assertThat(gone()).containsExactly("c");
  }

  @Test
  void whatIsHeldBackOfANodeIsSaidBeforeItIsForgotten() {
    flap("a", 1000);
    flap("b", 1);
    flap("c", 1);

    assertThat(gone()).containsExactly("c", "b");
    assertThat(lines).endsWith("node a is gone (it came or went 1996 times)");
  }

  @Test
  void noneIsReportedGoneBecauseTheServerCloses() {
    came("a");
    attendance.close();
    attendance.left("a");
    pass(Attendance.WINDOW);

    assertThat(lines).containsExactly("node a is connected");
  }
}
