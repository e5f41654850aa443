package io.ergane.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a manifest. */
public sealed interface Decoded {

  /** A well-formed object; {@link Admission} has not been asked yet. */
  record Ok(Resource resource) implements Decoded {}

  /**
   * An object that cannot be used.
   *
   * @param kind null if it has none
   * @param name null if it has none
   * @param findings everything wrong with it, at least one
   */
  record Broken(@Nullable String kind, @Nullable ObjectName name, List<Finding> findings)
      implements Decoded {
    public Broken {
      findings = List.copyOf(findings);
    }
  }

  /** An object of a kind that Ergane does not read. */
  record Ignored(String apiVersion, String kind) implements Decoded {}
}
