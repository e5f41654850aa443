package io.ergane.testkit.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PRIVATE;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;

/** Rules for every module: how packages, classes and fields are cut. */
public final class Shape {
  /** Packages can be read and moved one at a time. */
  public static final ArchRule NO_PACKAGE_CYCLES =
      SlicesRuleDefinition.slices()
          .assignedFrom(new ByPackage())
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .as("packages are free of cycles");

  /** State has an owner that is made, passed and closed; it never hides in a class. */
  public static final ArchRule NO_MUTABLE_STATIC_STATE =
      fields()
          .that()
          .haveModifier(STATIC)
          .and()
          .doNotHaveModifier(SYNTHETIC)
          .should(new BeConstant())
          .allowEmptyShould(true)
          .as("no static state is mutable")
          .because("two instances in one process, and two tests, must not see each other");

  /** Plugins are reached through their registry alone. */
  public static final ArchRule PLUGINS_ARE_PACKAGE_PRIVATE =
      classes()
          .that()
          .resideInAPackage("..plugin..")
          .and()
          .doNotHaveSimpleName("PluginRegistry")
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .notBePublic()
          .allowEmptyShould(true)
          .as("plugins are package-private")
          .because("the registry is the one place that knows them");

  /** A class is open for extension only when it says for whom. */
  public static final ArchRule CONCRETE_CLASSES_ARE_FINAL =
      classes()
          .that(
              DescribedPredicate.<JavaClass>describe(
                  "are concrete",
                  c ->
                      !c.isInterface()
                          && !c.isEnum()
                          && !c.isAnonymousClass()
                          && !c.getModifiers().contains(JavaModifier.ABSTRACT)))
          .should()
          .haveModifier(FINAL)
          .allowEmptyShould(true)
          .as("concrete classes are final");

  /** A name says what the thing is. */
  public static final ArchRule NAMES_SAY_WHAT_IT_IS =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameStartingWith("Abstract")
          .as("no Impl, Manager, Util, Helper or Abstract");

  /** Null is said in the type, and checked by the compiler, in every package. */
  public static final ArchRule PACKAGES_ARE_NULL_MARKED =
      classes().should(new LiveInNullMarkedPackage()).as("packages are @NullMarked");

  /** All rules of this class. */
  public static final List<ArchRule> RULES =
      List.of(
          NO_PACKAGE_CYCLES,
          NO_MUTABLE_STATIC_STATE,
          PLUGINS_ARE_PACKAGE_PRIVATE,
          CONCRETE_CLASSES_ARE_FINAL,
          NAMES_SAY_WHAT_IT_IS,
          PACKAGES_ARE_NULL_MARKED);

  private Shape() {}

  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      return SliceIdentifier.of(javaClass.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  private static final class BeConstant extends ArchCondition<JavaField> {
    private static final Set<String> MUTABLE_PACKAGES =
        Set.of("java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks");
    private static final Set<String> CONSTANT_TYPES = Set.of("java.util.concurrent.TimeUnit");
    private static final Set<String> MUTABLE_TYPES =
        Set.of(
            "java.util.ArrayList",
            "java.util.ArrayDeque",
            "java.util.HashMap",
            "java.util.LinkedHashMap",
            "java.util.TreeMap",
            "java.util.EnumMap",
            "java.util.HashSet",
            "java.util.LinkedHashSet",
            "java.util.TreeSet",
            "java.util.BitSet",
            "java.lang.ThreadLocal",
            "java.lang.StringBuilder");

    BeConstant() {
      super("be final and of a type that does not change");
    }

    @Override
    public void check(JavaField field, ConditionEvents events) {
      String type = field.getRawType().getName();
      if (!field.getModifiers().contains(FINAL)) {
        events.add(violated(field, field.getFullName() + " is not final"));
      } else if (field.getRawType().isArray() && isOpen(field)) {
        events.add(violated(field, field.getFullName() + " is an array that others can write to"));
      } else if (MUTABLE_TYPES.contains(type)
          || (MUTABLE_PACKAGES.contains(field.getRawType().getPackageName())
              && !CONSTANT_TYPES.contains(type))) {
        events.add(violated(field, field.getFullName() + " is a mutable " + type));
      }
    }
  }

  private static boolean isOpen(JavaField field) {
    return !field.getModifiers().contains(PRIVATE)
        && field.getOwner().getModifiers().contains(PUBLIC);
  }

  private static final class LiveInNullMarkedPackage extends ArchCondition<JavaClass> {
    LiveInNullMarkedPackage() {
      super("live in a @NullMarked package");
    }

    @Override
    public void check(JavaClass javaClass, ConditionEvents events) {
      if (!javaClass.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked")) {
        String message = javaClass.getName() + ": its package-info is missing or lacks @NullMarked";
        events.add(violated(javaClass, message));
      }
    }
  }
}
