package io.ergane.core.compile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * One thing that a user should know about what they declared.
 *
 * @param code stable word for tests and metrics, e.g. {@code target-missing}
 * @param subject kind and name of the object, e.g. {@code ModelRoute default/chat}, or the file
 * @param source where it was read, e.g. {@code routes.yaml:12}; empty when it is the API server
 * @param message what was found, what is accepted, one remedy
 */
public record Diagnostic(
    Severity severity, String code, String subject, String source, String message)
    implements Comparable<Diagnostic> {

  /** As somebody reads who works through files: worst first, then by file and line. */
  private static final Comparator<Diagnostic> ORDER =
      Comparator.comparing(Diagnostic::severity)
          .thenComparing(Diagnostic::file)
          .thenComparingInt(Diagnostic::line)
          .thenComparing(Diagnostic::subject)
          .thenComparing(Diagnostic::source)
          .thenComparing(Diagnostic::code)
          .thenComparing(Diagnostic::message);

  /** How bad it is. */
  public enum Severity {
    /** The object, or its newest form, is not in effect. */
    ERROR,
    /** The object is in effect, but not all of it does what it says. */
    WARNING,
    /** Worth knowing. */
    INFO
  }

  /**
   * What is put right: of {@code before}, one for each object and code of which nothing is left in
   * {@code now}. A mistake in place of another of the same kind is none of them.
   */
  public static List<Diagnostic> mended(Collection<Diagnostic> before, Collection<Diagnostic> now) {
    List<Diagnostic> mended = new ArrayList<>();
    for (Diagnostic each : before) {
      if (now.stream().noneMatch(each::sameKind) && mended.stream().noneMatch(each::sameKind)) {
        mended.add(each);
      }
    }
    return mended;
  }

  private boolean sameKind(Diagnostic other) {
    return subject.equals(other.subject) && code.equals(other.code);
  }

  /** The source without its line. */
  private String file() {
    return line() == 0 ? source : source.substring(0, source.lastIndexOf(':'));
  }

  /** What follows the last colon of the source, if it is a line's number; else 0. */
  private int line() {
    String tail = source.substring(source.lastIndexOf(':') + 1);
    boolean number =
        tail.length() < source.length()
            && tail.length() < 10
            && !tail.isEmpty()
            && tail.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    return number ? Integer.parseInt(tail) : 0;
  }

  @Override
  public int compareTo(Diagnostic other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String where = source.isEmpty() ? "" : source + ": ";
    String about = source.startsWith(subject) ? "" : subject + ": ";
    return "%s%s: %s%s"
        .formatted(where, severity.name().toLowerCase(java.util.Locale.ROOT), about, message);
  }
}
