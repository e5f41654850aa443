package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.ergane.proxy.breach.Replying;
import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import io.ergane.testkit.architecture.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** HTTP/1 is bytes and values: it can be read and tested without a connection. */
class ArchitectureTest {
  private static final ArchRule BYTES_ONLY =
      ArchRuleDefinition.classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.ergane.proxy.http1", "io.netty.buffer", "java..", "org.jspecify..", "")
          .as("nothing but buffers and the language is used");

  private static final List<ArchRule> OF_HTTP1 =
      List.of(
          BYTES_ONLY,
          Purity.NO_CLOCK,
          Purity.NO_RANDOMNESS,
          Purity.NO_ENVIRONMENT,
          Purity.NO_IO,
          Purity.NO_THREADS_OR_LOCKS,
          Purity.NO_SYNCHRONIZED);

  @TestFactory
  Stream<DynamicTest> theModuleIsInShape() {
    return Architecture.tests("io.ergane.proxy", Shape.RULES);
  }

  @TestFactory
  Stream<DynamicTest> http1IsPure() {
    return Architecture.tests("io.ergane.proxy.http1", OF_HTTP1);
  }

  @Test
  void aConnectionAndAClockInHttp1WouldBeFound() {
    JavaClasses breach = new ClassFileImporter().importClasses(Replying.class);
    assertThatThrownBy(() -> BYTES_ONLY.check(breach)).hasMessageContaining("Channel");
    assertThatThrownBy(() -> Purity.NO_CLOCK.check(breach)).hasMessageContaining("nanoTime");
  }
}
