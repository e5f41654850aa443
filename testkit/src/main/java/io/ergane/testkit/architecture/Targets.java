package io.ergane.testkit.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Predicates over what a class calls, references or depends on. A method reference counts as a
 * call.
 */
final class Targets {
  private Targets() {}

  /**
   * Accesses to one of the {@code members} (methods, constructors, fields) of the class {@code
   * owner}.
   */
  static DescribedPredicate<JavaAccess<?>> member(String owner, String... members) {
    Set<String> names = Set.of(members);
    return access(
        owner + " " + names,
        a -> a.getTargetOwner().getName().equals(owner) && names.contains(a.getTarget().getName()));
  }

  /** Calls of {@code owner.name} with exactly {@code parameters} parameters. */
  static DescribedPredicate<JavaAccess<?>> overload(String owner, String name, int parameters) {
    return access(
        owner + "." + name + " with " + parameters + " parameters",
        a ->
            a.getTargetOwner().getName().equals(owner)
                && a.getTarget() instanceof CodeUnitAccessTarget unit
                && unit.getName().equals(name)
                && unit.getRawParameterTypes().size() == parameters);
  }

  /**
   * Accesses to a member called {@code name} of any class whose name starts with {@code prefix}.
   */
  static DescribedPredicate<JavaAccess<?>> anyOwner(String prefix, String name) {
    return access(
        prefix + "*." + name,
        a ->
            a.getTargetOwner().getName().startsWith(prefix)
                && a.getTarget().getName().equals(name));
  }

  /** Calls of a method called {@code name} on anything that is a {@code supertype}. */
  static DescribedPredicate<JavaAccess<?>> onAny(Class<?> supertype, String name) {
    return access(
        supertype.getName() + "." + name,
        a -> a.getTargetOwner().isAssignableTo(supertype) && a.getTarget().getName().equals(name));
  }

  /** The classes of these names and the classes nested in them. */
  static DescribedPredicate<JavaClass> classes(String... names) {
    Set<String> set = Set.of(names);
    return DescribedPredicate.describe(
        "any of " + String.join(", ", names),
        c ->
            set.contains(c.getName())
                || set.stream().anyMatch(n -> c.getName().startsWith(n + "$")));
  }

  private static DescribedPredicate<JavaAccess<?>> access(
      String description, Predicate<JavaAccess<?>> test) {
    return DescribedPredicate.describe(description, test);
  }
}
