package io.ergane.xds.translate.lint;

import io.ergane.proto.resource.Key;
import java.util.Comparator;

/**
 * A place where configuration breaks a rule.
 *
 * @param rule stable word for tests and metrics
 * @param message what was found, what it leads to, what is accepted
 */
public record Breach(Key resource, String rule, String message) implements Comparable<Breach> {
  private static final Comparator<Breach> ORDER =
      Comparator.comparing(Breach::resource)
          .thenComparing(Breach::rule)
          .thenComparing(Breach::message);

  @Override
  public int compareTo(Breach other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return resource + ": " + rule + ": " + message;
  }
}
