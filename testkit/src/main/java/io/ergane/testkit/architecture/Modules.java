package io.ergane.testkit.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which module may use which: arrows point inward, to the core and the resources. */
public final class Modules {
  /** Module to the modules it may use, by the package name after the root. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("api", Set.of()),
          Map.entry("core", Set.of("api")),
          Map.entry("proto", Set.of("api", "core")),
          Map.entry("dataplane", Set.of("api", "core", "proto")),
          Map.entry("proxy", Set.of("api", "core", "dataplane")),
          Map.entry("extproc", Set.of("api", "core", "proto", "dataplane")),
          Map.entry("xds", Set.of("api", "core", "proto")),
          Map.entry("controllers", Set.of("api", "core")),
          Map.entry("runtimeagent", Set.of("api", "core", "proto")),
          Map.entry("simulator", Set.of("api", "core")),
          Map.entry(
              "cli",
              Set.of(
                  "api",
                  "core",
                  "proto",
                  "dataplane",
                  "proxy",
                  "extproc",
                  "xds",
                  "controllers",
                  "runtimeagent",
                  "simulator")),
          Map.entry("testkit", Set.of()));

  /** The direction of all dependencies between the modules of Ergane. */
  public static final ArchRule DIRECTION = directionBelow("io.ergane");

  /** Messages of the wire formats stay where bytes are made from values and back. */
  public static final ArchRule WIRE_TYPES_STAY_AT_THE_EDGE =
      wireTypesStay(
          "io.ergane", "com.google.protobuf..", "io.envoyproxy..", "io.ergane.proto.generated..");

  private Modules() {}

  /** The same rule among packages below another root and for other wire types. */
  static ArchRule wireTypesStay(String root, String... wireTypes) {
    return ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(
            root + ".proto..",
            root + ".xds..",
            root + ".extproc..",
            root + ".dataplane.image..",
            root + ".e2e..",
            root + ".benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(wireTypes)
        .allowEmptyShould(true)
        .as("generated messages stay in proto, the two gRPC servers and the image stream")
        .because("a change of a wire format must not reach what decides");
  }

  /** The same direction among packages below another root, such as that of a planted breach. */
  static ArchRule directionBelow(String root) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(root + ".e2e..", root + ".benchmarks..")
        .should(new UseOnlyWhatItMay(root + "."))
        .as("modules use only what they may")
        .because(
            "the core stays usable alone, and the proxy and the Envoy path never know each other");
  }

  private static final class UseOnlyWhatItMay extends ArchCondition<JavaClass> {
    private final String prefix;

    UseOnlyWhatItMay(String prefix) {
      super("use only the modules that theirs may use");
      this.prefix = prefix;
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
      String module = module(from);
      if (module == null) return;
      Set<String> allowed = MAY_USE.get(module);
      if (allowed == null) {
        String message =
            from.getName() + ": module " + module + " has no entry in " + Modules.class.getName();
        events.add(SimpleConditionEvent.violated(from, message));
        return;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String target = module(dependency.getTargetClass());
        if (target != null && !target.equals(module) && !allowed.contains(target)) {
          events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
        }
      }
    }

    private @Nullable String module(JavaClass javaClass) {
      String name = javaClass.getPackageName() + ".";
      if (!name.startsWith(prefix) || name.length() == prefix.length()) return null;
      return name.substring(prefix.length(), name.indexOf('.', prefix.length()));
    }
  }
}
