package io.ergane.xds.translate.lint;

import io.ergane.proto.resource.Key;
import java.util.ArrayList;
import java.util.List;

/** What one run of the rules has found so far. */
final class Findings {
  private final List<Breach> breaches = new ArrayList<>();

  /** Adds a breach; {@code message} is a format for {@code arguments}. */
  @SuppressWarnings("AnnotateFormatMethod")
  void refuse(Key resource, String rule, String message, Object... arguments) {
    breaches.add(new Breach(resource, rule, message.formatted(arguments)));
  }

  List<Breach> sorted() {
    return breaches.stream().sorted().toList();
  }
}
