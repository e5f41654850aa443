package io.ergane.api;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing wrong with an object.
 *
 * @param field path of the field from the object's root, e.g. {@code
 *     spec.rules[0].targetModels[1].weight}; empty when the object as a whole is meant
 * @param problem what was found and what is accepted
 */
public record Finding(String field, String problem) {

  /** {@code field: problem}, or the problem alone when the whole object is meant. */
  @Override
  public String toString() {
    return field.isEmpty() ? problem : field + ": " + problem;
  }

  /** The text of a refusal: {@code validation failed:} and one indented line per finding. */
  public static String report(List<Finding> findings) {
    return findings.stream()
        .map(finding -> "\n  - " + finding)
        .collect(Collectors.joining("", "validation failed:", ""));
  }
}
