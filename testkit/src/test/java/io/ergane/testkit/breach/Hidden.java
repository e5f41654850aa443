package io.ergane.testkit.breach;

import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Code that hides state in a class. */
public final class Hidden {
  @SuppressWarnings("NonFinalStaticField")
  static final class Counter {
    static int count;
  }

  static final class AtomicCounter {
    static final AtomicInteger COUNT = new AtomicInteger();
  }

  static final class Cache {
    private static final ConcurrentHashMap<String, String> CACHE = new ConcurrentHashMap<>();

    int size() {
      return CACHE.size();
    }
  }

  static final class Table {
    private static final HashMap<String, String> TABLE = new HashMap<>();

    int size() {
      return TABLE.size();
    }
  }

  public static final class OpenArray {
    @SuppressWarnings("MutablePublicArray")
    static final int[] SIZES = {1, 2};
  }

  static final class OfAThread {
    private static final ThreadLocal<String> NAME = ThreadLocal.withInitial(() -> "x");

    String name() {
      return NAME.get();
    }
  }

  private Hidden() {}
}
