package io.ergane.testkit.breach;

/** Code with synchronized sections. */
public final class Sections {
  static final class OfAMethod {
    private int count;

    synchronized int enter() {
      return ++count;
    }
  }

  static final class OfABlock {
    private int count;

    int enter() {
      synchronized (this) {
        return ++count;
      }
    }
  }

  static final class OfALambda {
    private int count;

    Runnable enter() {
      return () -> {
        synchronized (this) {
          count++;
        }
      };
    }

    int count() {
      return count;
    }
  }

  private Sections() {}
}
