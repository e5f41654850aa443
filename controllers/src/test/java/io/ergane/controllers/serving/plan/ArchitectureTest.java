package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.ergane.controllers.serving.plan.breach.Impure;
import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is to be done depends on what is observed and the time that is handed in, on nothing else.
 */
class ArchitectureTest {
  private static final String PLAN = "io.ergane.controllers.serving.plan";

  private static final ArchRule NO_CLIENT =
      ArchRuleDefinition.classes()
          .should()
          .onlyDependOnClassesThat(
              DescribedPredicate.describe(
                  "are its own, of the resources or of the language",
                  type -> {
                    String name = type.getPackageName();
                    return name.startsWith(PLAN)
                        || name.startsWith("io.ergane.api")
                        || name.startsWith("java.")
                        || name.startsWith("org.jspecify.")
                        || name.isEmpty();
                  }))
          .as("neither a Kubernetes client nor a JSON library is used");

  private static final List<ArchRule> PURITY =
      List.of(
          Purity.NO_CLOCK,
          Purity.NO_RANDOMNESS,
          Purity.NO_ENVIRONMENT,
          Purity.NO_IO,
          Purity.NO_THREADS_OR_LOCKS,
          Purity.NO_SYNCHRONIZED,
          Purity.NO_LOGGING,
          NO_CLIENT);

  @TestFactory
  Stream<DynamicTest> thePlanIsPure() {
    return Architecture.tests(PLAN, PURITY);
  }

  @TestFactory
  Stream<DynamicTest> thePlanIsInShape() {
    return Architecture.tests(PLAN, new ArrayList<>(Shape.RULES));
  }

  @Test
  void aClientAndAClockInThePlanWouldBeFound() {
    JavaClasses breach = new ClassFileImporter().importClasses(Impure.class);
    assertThatThrownBy(() -> NO_CLIENT.check(breach)).hasMessageContaining("ObjectMapper");
    assertThatThrownBy(() -> Purity.NO_CLOCK.check(breach)).hasMessageContaining("now");
    assertThatThrownBy(() -> Purity.NO_LOGGING.check(breach)).hasMessageContaining("Logger");
  }
}
