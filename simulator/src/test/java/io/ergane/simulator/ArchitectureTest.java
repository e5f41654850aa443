package io.ergane.simulator;

import com.tngtech.archunit.lang.ArchRule;
import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> theModelIsPure() {
    List<ArchRule> rules =
        Purity.RULES.stream().filter(rule -> !rule.equals(Purity.ALLOWED_DEPENDENCIES)).toList();
    return Architecture.tests("io.ergane.simulator.model", rules);
  }

  @TestFactory
  Stream<DynamicTest> theModuleIsInShape() {
    return Architecture.tests("io.ergane.simulator", Shape.RULES);
  }
}
