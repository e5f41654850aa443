package io.ergane.core.routing;

/**
 * A destination and its share.
 *
 * @param weight 0 to 100, relative to the sum over the rule's targets
 */
public record WeightedTarget(Target target, int weight) {
  public WeightedTarget {
    if (weight < 0) {
      throw new IllegalArgumentException("weight " + weight + " is below zero");
    }
  }
}
