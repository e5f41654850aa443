package io.ergane.testkit.breach;

/** Names that do not say what a thing is. */
public final class Titles {
  static final class RouteImpl {}

  static final class PoolManager {}

  static final class TextUtil {}

  static final class TextUtils {}

  static final class TestHelper {}

  abstract static class AbstractPool {}

  private Titles() {}
}
