package io.ergane.xds.rollout;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What goes out and when depends on compilations, nodes and times that are handed in. */
class StagesPurityTest {
  private static final Set<String> SHELLS = Set.of("Rollout", "RejectionWatch");

  @TestFactory
  Stream<DynamicTest> allButTheShellsIsPure() {
    JavaClasses pure =
        Architecture.productionClasses("io.ergane.xds.rollout")
            .that(DescribedPredicate.describe("are no shells", StagesPurityTest::isNoShell));
    return Stream.of(
            Purity.NO_CLOCK,
            Purity.NO_RANDOMNESS,
            Purity.NO_ENVIRONMENT,
            Purity.NO_IO,
            Purity.NO_THREADS_OR_LOCKS,
            Purity.NO_SYNCHRONIZED,
            Purity.NO_LOGGING)
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(pure)));
  }

  private static boolean isNoShell(JavaClass each) {
    return List.of(each.getName().split("[.$]")).stream().noneMatch(SHELLS::contains);
  }
}
