package io.ergane.e2e;

import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Modules;
import io.ergane.testkit.architecture.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rules for all modules together, those that the class path of the command line holds. */
class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> modulesUseOnlyWhatTheyMay() {
    return Architecture.tests(
        "io.ergane", List.of(Modules.DIRECTION, Modules.WIRE_TYPES_STAY_AT_THE_EDGE));
  }

  @TestFactory
  Stream<DynamicTest> everyModuleIsInShape() {
    return Architecture.tests("io.ergane", Shape.RULES);
  }
}
