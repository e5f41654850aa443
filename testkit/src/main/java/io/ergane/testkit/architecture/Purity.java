package io.ergane.testkit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.ergane.testkit.architecture.Targets.anyOwner;
import static io.ergane.testkit.architecture.Targets.member;
import static io.ergane.testkit.architecture.Targets.onAny;
import static io.ergane.testkit.architecture.Targets.overload;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.List;
import java.util.stream.BaseStream;

/**
 * Rules for code whose results depend on its arguments alone: equal image, table, signals, request,
 * time and seed give an equal decision, in every process and in the simulator.
 */
public final class Purity {
  private static final String WHY =
      "time, randomness and all else that a decision depends on are arguments";

  /** Time comes in as an argument. */
  public static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .accessTargetWhere(member("java.lang.System", "nanoTime", "currentTimeMillis"))
          .orShould()
          .accessTargetWhere(anyOwner("java.time.", "now"))
          .orShould()
          .dependOnClassesThat(
              Targets.classes(
                  "java.time.Clock",
                  "java.time.InstantSource",
                  "java.util.Date",
                  "java.util.Calendar",
                  "java.util.GregorianCalendar",
                  "java.util.Timer"))
          .as("no clock is read")
          .because(WHY);

  /** A seed comes in as an argument. */
  public static final ArchRule NO_RANDOMNESS =
      noClasses()
          .should()
          .dependOnClassesThat(
              Targets.classes(
                  "java.util.Random",
                  "java.util.concurrent.ThreadLocalRandom",
                  "java.security.SecureRandom",
                  "java.util.random.RandomGeneratorFactory"))
          .orShould()
          .accessTargetWhere(overload("java.util.SplittableRandom", "<init>", 0))
          .orShould()
          .accessTargetWhere(member("java.util.random.RandomGenerator", "getDefault", "of"))
          .orShould()
          .accessTargetWhere(member("java.util.UUID", "randomUUID"))
          .orShould()
          .accessTargetWhere(member("java.lang.Math", "random"))
          .orShould()
          .accessTargetWhere(member("java.lang.StrictMath", "random"))
          .orShould()
          .accessTargetWhere(overload("java.util.Collections", "shuffle", 1))
          .orShould()
          .accessTargetWhere(member("java.lang.System", "identityHashCode"))
          .as("no source of randomness is used")
          .because(WHY);

  /** Settings come in as arguments. */
  public static final ArchRule NO_ENVIRONMENT =
      noClasses()
          .should()
          .accessTargetWhere(
              member(
                  "java.lang.System",
                  "getenv",
                  "getProperty",
                  "getProperties",
                  "setProperty",
                  "clearProperty",
                  "lineSeparator"))
          .orShould()
          .accessTargetWhere(member("java.lang.Integer", "getInteger"))
          .orShould()
          .accessTargetWhere(member("java.lang.Long", "getLong"))
          .orShould()
          .accessTargetWhere(member("java.lang.Boolean", "getBoolean"))
          .orShould()
          .accessTargetWhere(member("java.util.Locale", "getDefault"))
          .orShould()
          .accessTargetWhere(member("java.util.TimeZone", "getDefault"))
          .orShould()
          .accessTargetWhere(member("java.time.ZoneId", "systemDefault"))
          .orShould()
          .accessTargetWhere(member("java.nio.charset.Charset", "defaultCharset"))
          .orShould()
          .dependOnClassesThat(
              Targets.classes(
                  "java.lang.Runtime",
                  "java.lang.Process",
                  "java.lang.ProcessBuilder",
                  "java.lang.ProcessHandle",
                  "java.util.ServiceLoader"))
          .orShould()
          .dependOnClassesThat(resideInAPackage("java.lang.management.."))
          .as("neither environment, properties, locale nor machine are asked")
          .because(WHY);

  /**
   * Bytes come in and go out as arrays; in-memory streams and the exceptions of parsers are no I/O.
   */
  public static final ArchRule NO_IO =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.io..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.net..",
                      "javax.net..")
                  .and(
                      not(
                          Targets.classes(
                              "java.io.IOException",
                              "java.io.UncheckedIOException",
                              "java.io.EOFException",
                              "java.io.Closeable",
                              "java.io.Serial",
                              "java.io.Serializable",
                              "java.io.InputStream",
                              "java.io.OutputStream",
                              "java.io.ByteArrayInputStream",
                              "java.io.ByteArrayOutputStream",
                              "java.io.Reader",
                              "java.io.Writer",
                              "java.io.StringReader",
                              "java.io.StringWriter",
                              "java.net.URI",
                              "java.net.URISyntaxException"))))
          .as("neither files nor network are touched")
          .because(WHY);

  /** Who serialises the calls is the caller's business. Atomic arrays and counters are no locks. */
  public static final ArchRule NO_THREADS_OR_LOCKS =
      noClasses()
          .should()
          .dependOnClassesThat(
              Targets.classes("java.lang.Thread", "java.lang.ThreadLocal", "java.lang.ScopedValue")
                  .or(
                      resideInAPackage("java.util.concurrent..")
                          .and(not(resideInAPackage("java.util.concurrent.atomic")))
                          .and(not(Targets.classes("java.util.concurrent.TimeUnit")))))
          .orShould()
          .accessTargetWhere(member("java.lang.Object", "wait", "notify", "notifyAll"))
          .orShould()
          .accessTargetWhere(onAny(Collection.class, "parallelStream"))
          .orShould()
          .accessTargetWhere(onAny(BaseStream.class, "parallel"))
          .as("no thread is started, none is waited for")
          .because(WHY);

  /** As {@link #NO_THREADS_OR_LOCKS}, for the keyword. */
  public static final ArchRule NO_SYNCHRONIZED =
      classes().should(new Monitors()).as("nothing is synchronized").because(WHY);

  /** The core explains its decisions as values; it does not log them. */
  public static final ArchRule NO_LOGGING =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "org.slf4j..",
                      "java.util.logging..",
                      "org.apache.logging..",
                      "ch.qos.logback..")
                  .or(
                      Targets.classes(
                          "java.lang.System$Logger", "java.lang.IO", "java.io.Console")))
          .orShould()
          .accessTargetWhere(member("java.lang.System", "out", "err", "in", "console", "getLogger"))
          .orShould()
          .accessTargetWhere(onAny(Throwable.class, "printStackTrace"))
          .as("nothing is logged or printed")
          .because(
              "the caller decides what is logged; the core returns explanations and diagnostics");

  /** The list of what the core may stand on; its own module and the resources included. */
  public static final ArchRule ALLOWED_DEPENDENCIES =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "io.ergane.core..",
                      "io.ergane.api..",
                      "java.io",
                      "java.lang",
                      "java.lang.annotation",
                      "java.lang.invoke",
                      "java.lang.runtime",
                      "java.math",
                      "java.nio",
                      "java.nio.charset",
                      "java.time",
                      "java.time.format",
                      "java.util",
                      "java.util.concurrent",
                      "java.util.concurrent.atomic",
                      "java.util.function",
                      "java.util.stream",
                      "com.fasterxml.jackson.core..",
                      "com.dynatrace.hash4j..",
                      "com.google.re2j..",
                      "org.jspecify.annotations..")
                  .or(
                      Targets.classes(
                          "java.security.MessageDigest", "java.security.NoSuchAlgorithmException"))
                  .or(Targets.classes("java.net.URI", "java.net.URISyntaxException")))
          .as("only what the core may stand on is used")
          .because(
              "the core runs in every process; java.util.regex is left out because its matching time is not linear");

  /** All rules of this class. */
  public static final List<ArchRule> RULES =
      List.of(
          NO_CLOCK,
          NO_RANDOMNESS,
          NO_ENVIRONMENT,
          NO_IO,
          NO_THREADS_OR_LOCKS,
          NO_SYNCHRONIZED,
          NO_LOGGING,
          ALLOWED_DEPENDENCIES);

  private Purity() {}
}
