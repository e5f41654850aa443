package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Collects the buffers that were garbage before they were released. */
public final class Leaks {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  private static final AtomicLong LOOKED_AT = new AtomicLong(System.nanoTime());

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
  }

  private Leaks() {}

  /** To be called before the first buffer is made. */
  public static void watch() {}

  /** What was found since the last call. */
  static List<String> take() {
    List<String> found = List.copyOf(FOUND);
    FOUND.removeAll(found);
    return found;
  }

  /**
   * Fails when a buffer was lost by now; looks at most once a second, since it collects garbage.
   */
  static void assertNone() {
    long now = System.nanoTime();
    long before = LOOKED_AT.get();
    if (now - before < 1_000_000_000L || !LOOKED_AT.compareAndSet(before, now)) {
      return;
    }
    System.gc();
    for (int i = 0; i < 8; i++) {
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    assertThat(FOUND).isEmpty();
  }

  private static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Detector<>(resource);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<T> resource) {
      super(resource, 1);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
      FOUND.add(type + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
      FOUND.add(type);
    }
  }
}
