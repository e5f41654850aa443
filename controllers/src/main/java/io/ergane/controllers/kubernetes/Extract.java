package io.ergane.controllers.kubernetes;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is kept of an object.
 *
 * @param fields of its root that {@code reduce} reads, e.g. {@code metadata}; the others are not
 *     even parsed. Empty for all
 * @param reduce must not fail, and should give equal values for what makes no difference
 */
public record Extract<T>(Set<String> fields, Function<Map<String, Object>, T> reduce) {
  public Extract {
    fields = Set.copyOf(fields);
  }

  /** Of the whole object. */
  public static <T> Extract<T> ofAll(Function<Map<String, Object>, T> reduce) {
    return new Extract<>(Set.of(), reduce);
  }

  T of(Map<String, Object> object) {
    return reduce.apply(object);
  }
}
