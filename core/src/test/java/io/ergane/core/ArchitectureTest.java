package io.ergane.core;

import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> theCoreIsPure() {
    return Architecture.tests("io.ergane.core", Purity.RULES);
  }

  @TestFactory
  Stream<DynamicTest> theCoreIsInShape() {
    return Architecture.tests("io.ergane.core", Shape.RULES);
  }
}
