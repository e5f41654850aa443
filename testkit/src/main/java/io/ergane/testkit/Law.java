package io.ergane.testkit;

import java.util.random.RandomGenerator;

/** Something that holds for every case; a case is made from randomness and a size. */
@FunctionalInterface
public interface Law {
  /**
   * Makes one case and asserts the law for it.
   *
   * @param random the only source of randomness of the case
   * @param size how big the case may be, 0 or more: items in a list, bytes in a body
   * @throws Exception or an {@link AssertionError} when the law does not hold
   */
  void check(RandomGenerator random, int size) throws Exception;
}
