package io.ergane.dataplane;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.ergane.dataplane.breach.Talkative;
import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The way to a decision is the same whoever asks: it knows no connection, clock or thread. */
class ArchitectureTest {
  private static final ArchRule NO_CONNECTIONS =
      ArchRuleDefinition.noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..", "io.ergane.dataplane.signals..", "java.net.http..")
          .as("neither connections nor the engine watch are used");

  private static final List<ArchRule> OF_DECISIONS =
      List.of(
          NO_CONNECTIONS,
          Purity.NO_CLOCK,
          Purity.NO_RANDOMNESS,
          Purity.NO_ENVIRONMENT,
          Purity.NO_IO,
          Purity.NO_THREADS_OR_LOCKS,
          Purity.NO_SYNCHRONIZED,
          Purity.NO_LOGGING);

  @TestFactory
  Stream<DynamicTest> theModuleIsInShape() {
    return Architecture.tests("io.ergane.dataplane", Shape.RULES);
  }

  @TestFactory
  Stream<DynamicTest> theWayToADecisionIsPure() {
    return Architecture.tests("io.ergane.dataplane.decision", OF_DECISIONS);
  }

  @Test
  void aConnectionAClockAndAThreadOnTheWayToADecisionWouldBeFound() {
    JavaClasses breach = new ClassFileImporter().importClasses(Talkative.class);
    assertThatThrownBy(() -> NO_CONNECTIONS.check(breach)).hasMessageContaining("Channel");
    assertThatThrownBy(() -> Purity.NO_CLOCK.check(breach)).hasMessageContaining("nanoTime");
    assertThatThrownBy(() -> Purity.NO_THREADS_OR_LOCKS.check(breach))
        .hasMessageContaining("Thread");
  }
}
