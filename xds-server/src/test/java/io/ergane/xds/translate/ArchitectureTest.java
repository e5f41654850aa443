package io.ergane.xds.translate;

import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
  private static final String ROOT = "io.ergane.xds.translate";

  @TestFactory
  Stream<DynamicTest> theTranslationIsPure() {
    return Architecture.tests(
        ROOT,
        List.of(
            Purity.NO_CLOCK,
            Purity.NO_RANDOMNESS,
            Purity.NO_ENVIRONMENT,
            Purity.NO_IO,
            Purity.NO_THREADS_OR_LOCKS,
            Purity.NO_SYNCHRONIZED,
            Purity.NO_LOGGING));
  }

  @TestFactory
  Stream<DynamicTest> theTranslationIsInShape() {
    return Architecture.tests(ROOT, Shape.RULES);
  }
}
