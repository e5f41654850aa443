package io.ergane.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Applies rules to the compiled classes of a module. */
public final class Architecture {
  private Architecture() {}

  /**
   * One test for each rule, over the production classes in {@code rootPackage} and below.
   *
   * @throws IllegalArgumentException when there is no such class, since every rule would then hold
   */
  public static Stream<DynamicTest> tests(String rootPackage, Collection<ArchRule> rules) {
    JavaClasses classes = productionClasses(rootPackage);
    return rules.stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes)));
  }

  /**
   * The classes in {@code rootPackage} and below that the class path holds, without test classes
   * and without what a compiler of messages wrote.
   */
  public static JavaClasses productionClasses(String rootPackage) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/proto/generated/"))
            .importPackages(rootPackage);
    if (classes.isEmpty()) {
      throw new IllegalArgumentException(
          "no production class in " + rootPackage + " is on the class path");
    }
    return classes;
  }
}
