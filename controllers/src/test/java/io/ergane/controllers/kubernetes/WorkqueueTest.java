package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.controllers.kubernetes.Workqueue.Pace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WorkqueueTest {
  private static final Pace QUICK =
      new Pace(
          4,
          Duration.ofMillis(5),
          Duration.ofMillis(10),
          Duration.ofMillis(200),
          Duration.ofSeconds(4));

  private static Workqueue<String> queue(Pace pace, Workqueue.Work<String> work) {
    return new Workqueue<>("test", work, pace, new SimpleMeterRegistry());
  }

  @Test
  void aKeyThatIsAddedOftenBeforeItsTurnIsWorkedOnOnce() throws InterruptedException {
    List<String> done = new CopyOnWriteArrayList<>();
    try (Workqueue<String> queue = queue(QUICK, key -> seen(done, key))) {
      for (int i = 0; i < 100; i++) {
        queue.add("a");
        queue.add("b");
      }
      queue.start();
      await().until(() -> done.size() >= 2);
      Thread.sleep(100);
      assertThat(done).containsExactlyInAnyOrder("a", "b");
    }
  }

  private static @org.jspecify.annotations.Nullable Duration seen(List<String> done, String key) {
    done.add(key);
    return null;
  }

  @Test
  void aKeyIsNeverWorkedOnTwiceAtATimeAndNoneIsLost() {
    Map<String, Integer> working = new ConcurrentHashMap<>();
    Map<String, Integer> seen = new ConcurrentHashMap<>();
    Map<String, Integer> wanted = new ConcurrentHashMap<>();
    AtomicInteger overlaps = new AtomicInteger();
    try (Workqueue<String> queue =
        queue(
            QUICK,
            key -> {
              if (working.merge(key, 1, Integer::sum) > 1) {
                overlaps.incrementAndGet();
              }
              int now = wanted.getOrDefault(key, 0);
              Thread.sleep(1);
              seen.put(key, now);
              working.merge(key, -1, Integer::sum);
              return null;
            })) {
      queue.start();
      for (int i = 1; i <= 300; i++) {
        String key = "k" + i % 7;
        wanted.put(key, i);
        queue.add(key);
      }
      await().untilAsserted(() -> assertThat(seen).isEqualTo(wanted));
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void failuresComeBackAndLeaveOthersAlone() {
    AtomicInteger tries = new AtomicInteger();
    List<String> done = new CopyOnWriteArrayList<>();
    try (Workqueue<String> queue =
        queue(
            QUICK,
            key -> {
              if (key.equals("bad") && (tries.incrementAndGet() < 4 || done.isEmpty())) {
                throw new ApiException(500, "", "not now");
              }
              return seen(done, key);
            })) {
      queue.start();
      queue.add("bad");
      queue.add("good");
      await().until(() -> done.size() == 2);
      assertThat(done).containsExactly("good", "bad");
      assertThat(tries).hasValueGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void workMayAskToComeBack() {
    AtomicInteger runs = new AtomicInteger();
    try (Workqueue<String> queue =
        queue(QUICK, _ -> runs.incrementAndGet() < 3 ? Duration.ofMillis(10) : null)) {
      queue.start();
      queue.add("a");
      await().until(() -> runs.get() == 3);
    }
  }

  @Test
  void closingWaitsForWorkThatRunsAndBeginsNoOther() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    List<String> done = new CopyOnWriteArrayList<>();
    Workqueue<String> queue =
        queue(
            new Pace(
                1,
                Duration.ZERO,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofSeconds(4)),
            key -> {
              begun.countDown();
              Thread.sleep(100);
              return seen(done, key);
            });
    queue.start();
    queue.add("a");
    queue.add("b");
    begun.await();
    queue.close();
    assertThat(done).hasSize(1);
    Thread.sleep(50);
    assertThat(done).hasSize(1);
  }
}
