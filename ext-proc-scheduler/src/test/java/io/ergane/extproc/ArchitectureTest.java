package io.ergane.extproc;

import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> theModuleIsInShape() {
    return Architecture.tests("io.ergane.extproc", Shape.RULES);
  }
}
