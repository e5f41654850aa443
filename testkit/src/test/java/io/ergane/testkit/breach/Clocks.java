package io.ergane.testkit.breach;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** Code that reads a clock. */
public final class Clocks {
  static final class NanoTime {
    long now() {
      return System.nanoTime();
    }
  }

  static final class NanoTimeByReference {
    LongSupplier now() {
      return System::nanoTime;
    }
  }

  static final class NanoTimeInALambda {
    LongSupplier now() {
      return () -> System.nanoTime() / 1000;
    }
  }

  static final class Milliseconds {
    long now() {
      return System.currentTimeMillis();
    }
  }

  static final class InstantNow {
    Instant now() {
      return Instant.now();
    }
  }

  static final class Today {
    LocalDate now() {
      return LocalDate.now(ZoneOffset.UTC);
    }
  }

  static final class InjectedClock {
    long now(Clock clock) {
      return clock.millis();
    }
  }

  private Clocks() {}
}
