package io.ergane.core.engine;

import java.util.List;
import java.util.Optional;

/** The registry of metric dialects. */
public final class MetricDialects {

  private static final List<MetricDialect> ALL =
      List.of(
          VllmDialect.DIALECT,
          SglangDialect.DIALECT,
          TritonDialect.DIALECT,
          TorchServeDialect.DIALECT,
          TgiDialect.DIALECT);

  private static final MetricDialect ANY = MetricDialect.anyOf(ALL);

  private MetricDialects() {}

  /** Every dialect, in the order they are preferred when an engine speaks several. */
  public static List<MetricDialect> all() {
    return ALL;
  }

  /** The dialect of an engine by its name, in any case: {@code vLLM}, {@code sglang}, …. */
  public static Optional<MetricDialect> named(String engine) {
    return ALL.stream().filter(dialect -> dialect.engine().equalsIgnoreCase(engine)).findFirst();
  }

  /** Understands every dialect at once, for an engine whose kind nobody told. */
  public static MetricDialect any() {
    return ANY;
  }
}
