package io.ergane.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.ergane.testkit.breach.Clocks;
import io.ergane.testkit.breach.Dice;
import io.ergane.testkit.breach.Hidden;
import io.ergane.testkit.breach.Open;
import io.ergane.testkit.breach.Outside;
import io.ergane.testkit.breach.Sections;
import io.ergane.testkit.breach.Strangers;
import io.ergane.testkit.breach.Surroundings;
import io.ergane.testkit.breach.Threads;
import io.ergane.testkit.breach.Titles;
import io.ergane.testkit.breach.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule catches each of the breaches that are planted for it, and lets innocent code pass. */
class PlantedBreachTest {
  private static final String BREACHES = "io.ergane.testkit.breach";

  private static final JavaClasses ALL_BREACHES = new ClassFileImporter().importPackages(BREACHES);

  /** Rules about single classes, and the file whose nested classes break them one way each. */
  private static final Map<ArchRule, Class<?>> PLANTED =
      Map.ofEntries(
          Map.entry(Purity.NO_CLOCK, Clocks.class),
          Map.entry(Purity.NO_RANDOMNESS, Dice.class),
          Map.entry(Purity.NO_ENVIRONMENT, Surroundings.class),
          Map.entry(Purity.NO_IO, Outside.class),
          Map.entry(Purity.NO_THREADS_OR_LOCKS, Threads.class),
          Map.entry(Purity.NO_SYNCHRONIZED, Sections.class),
          Map.entry(Purity.NO_LOGGING, Words.class),
          Map.entry(Purity.ALLOWED_DEPENDENCIES, Strangers.class),
          Map.entry(Shape.NO_MUTABLE_STATIC_STATE, Hidden.class),
          Map.entry(Shape.CONCRETE_CLASSES_ARE_FINAL, Open.class),
          Map.entry(Shape.NAMES_SAY_WHAT_IT_IS, Titles.class));

  /** Rules about packages; each has a test of its own below. */
  private static final List<ArchRule> OF_PACKAGES =
      List.of(
          Shape.NO_PACKAGE_CYCLES,
          Shape.PLUGINS_ARE_PACKAGE_PRIVATE,
          Shape.PACKAGES_ARE_NULL_MARKED);

  @TestFactory
  Stream<DynamicTest> aRuleCatchesEachOfItsBreaches() {
    return PLANTED.entrySet().stream()
        .flatMap(planted ->
            Arrays.stream(planted.getValue().getDeclaredClasses())
                .map(breach ->
                    DynamicTest.dynamicTest(
                        planted.getKey().getDescription() + ": " + breach.getSimpleName(),
                        () -> assertThat(violations(planted.getKey(), breach)).isNotEmpty())));
  }

  @TestFactory
  Stream<DynamicTest> aRuleLetsInnocentCodePass() throws ClassNotFoundException {
    Class<?> innocent = Class.forName(BREACHES + ".Innocent");
    Class<?>[] classes =
        Stream.concat(Stream.of(innocent), Arrays.stream(innocent.getDeclaredClasses()))
            .toArray(Class<?>[]::new);
    return allRules()
        .filter(rule ->
            !List.of(Purity.ALLOWED_DEPENDENCIES, Shape.PACKAGES_ARE_NULL_MARKED).contains(rule))
        .map(rule ->
            DynamicTest.dynamicTest(
                rule.getDescription(), () -> assertThat(violations(rule, classes)).isEmpty()));
  }

  @Test
  void everyRuleHasAPlantedBreach() {
    var withBreach = new ArrayList<>(PLANTED.keySet());
    withBreach.addAll(OF_PACKAGES);

    assertThat(allRules().toList()).containsExactlyInAnyOrderElementsOf(withBreach);
  }

  @Test
  void whatTheAllowedListLacksIsNamed() {
    assertThat(violations(Purity.ALLOWED_DEPENDENCIES, Strangers.class.getDeclaredClasses()))
        .anyMatch(text -> text.contains("java.util.regex.Pattern"))
        .anyMatch(text -> text.contains("DocumentBuilderFactory"))
        .anyMatch(text -> text.contains("com.tngtech.archunit"))
        .noneMatch(text -> text.contains("java.lang.Object>"));
  }

  @Test
  void aCycleOfTwoPackagesIsCaught() {
    var classes = new ClassFileImporter().importPackages(BREACHES + ".cycle");
    var half = new ClassFileImporter().importPackages(BREACHES + ".cycle.a");

    assertThat(Shape.NO_PACKAGE_CYCLES.evaluate(classes).hasViolation()).isTrue();
    assertThat(Shape.NO_PACKAGE_CYCLES.evaluate(half).hasViolation()).isFalse();
  }

  @Test
  void aPublicPluginIsCaught() {
    var classes = new ClassFileImporter().importPackages(BREACHES + ".plugin");

    assertThat(Shape.PLUGINS_ARE_PACKAGE_PRIVATE.evaluate(classes).getFailureReport().getDetails())
        .singleElement()
        .asString()
        .contains("OpenScorer");
  }

  @Test
  void anUnmarkedPackageIsCaught() {
    var unmarked = new ClassFileImporter().importPackages(BREACHES + ".unmarked");
    var marked = new ClassFileImporter().importPackages("io.ergane.testkit.architecture");

    assertThat(Shape.PACKAGES_ARE_NULL_MARKED.evaluate(unmarked).hasViolation()).isTrue();
    assertThat(Shape.PACKAGES_ARE_NULL_MARKED.evaluate(marked).hasViolation()).isFalse();
  }

  @Test
  void modulesThatUseWhatTheyMayNotAreCaught() {
    String root = BREACHES + ".direction";
    var classes = new ClassFileImporter().importPackages(root);

    var details = Modules.directionBelow(root).evaluate(classes).getFailureReport().getDetails();

    assertThat(
            details.stream()
                .map(d -> d.replaceFirst(".*?direction\\.(\\w+\\.\\w+).*", "$1"))
                .distinct())
        .containsExactlyInAnyOrder(
            "core.Outward", "proxy.Neighbour", "extproc.Neighbour", "cli.Tested", "rogue.Unlisted");
  }

  @Test
  void aMessageAwayFromTheWireIsCaught() {
    String root = BREACHES + ".wire";
    var classes = new ClassFileImporter().importPackages(root);

    var details =
        Modules.wireTypesStay(root, root + ".stubs..")
            .evaluate(classes)
            .getFailureReport()
            .getDetails();

    assertThat(details).isNotEmpty().allMatch(text -> text.contains(root + ".core.Decides"));
  }

  private static Stream<ArchRule> allRules() {
    return Stream.concat(Purity.RULES.stream(), Shape.RULES.stream());
  }

  private static List<String> violations(ArchRule rule, Class<?>... classes) {
    Set<String> names = Arrays.stream(classes).map(Class::getName).collect(Collectors.toSet());
    JavaClasses some =
        ALL_BREACHES.that(DescribedPredicate.describe("planted", c -> names.contains(c.getName())));
    assertThat(some).hasSameSizeAs(names);
    return rule.evaluate(some).getFailureReport().getDetails();
  }
}
