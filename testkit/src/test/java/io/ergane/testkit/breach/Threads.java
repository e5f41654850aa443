package io.ergane.testkit.breach;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** Code that starts threads or waits for them. */
public final class Threads {
  static final class Started {
    void run() {
      new Thread(() -> {}).start();
    }
  }

  static final class Slept {
    void run() throws InterruptedException {
      Thread.sleep(1);
    }
  }

  static final class Pooled {
    void run(ExecutorService executor) {
      executor.close();
    }
  }

  static final class Promised {
    CompletableFuture<String> run() {
      return CompletableFuture.completedFuture("done");
    }
  }

  static final class Locked {
    private final ReentrantLock lock = new ReentrantLock();

    boolean run() {
      return lock.isLocked();
    }
  }

  static final class Shared {
    Object run() {
      return new ConcurrentHashMap<String, String>();
    }
  }

  static final class Waited {
    @SuppressWarnings({"WaitNotInLoop", "NullAway"})
    void run() throws InterruptedException {
      wait(1);
    }
  }

  static final class ParallelCollection {
    long run(List<String> list) {
      return list.parallelStream().count();
    }
  }

  static final class ParallelStream {
    long run(Stream<String> stream) {
      return stream.parallel().count();
    }
  }

  private Threads() {}
}
