package io.ergane.testkit.breach;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Code with randomness of its own. */
public final class Dice {
  static final class SeededRandom {
    int roll() {
      return new Random(1).nextInt(6);
    }
  }

  static final class OfTheThread {
    int roll() {
      return ThreadLocalRandom.current().nextInt(6);
    }
  }

  static final class Secure {
    int roll() {
      return new SecureRandom().nextInt(6);
    }
  }

  static final class Unseeded {
    int roll() {
      return new SplittableRandom().nextInt(6);
    }
  }

  static final class Default {
    int roll() {
      return RandomGenerator.getDefault().nextInt(6);
    }
  }

  static final class Identifier {
    Supplier<UUID> roll() {
      return UUID::randomUUID;
    }
  }

  static final class Fraction {
    double roll() {
      return Math.random();
    }
  }

  static final class Shuffle {
    void roll(List<String> list) {
      Collections.shuffle(list);
    }
  }

  static final class Identity {
    int roll() {
      return System.identityHashCode(this);
    }
  }

  private Dice() {}
}
