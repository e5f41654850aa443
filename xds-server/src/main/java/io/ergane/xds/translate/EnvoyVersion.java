package io.ergane.xds.translate;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A release of Envoy.
 *
 * <p>One range is supported. Its lower end is the release from which load balancing says which host
 * it chose; its upper end is the last one that the configuration was tried with, any patch of it.
 */
public record EnvoyVersion(int major, int minor, int patch) implements Comparable<EnvoyVersion> {
  public static final EnvoyVersion OLDEST = new EnvoyVersion(1, 38, 0);
  public static final EnvoyVersion NEWEST = new EnvoyVersion(1, 40, Integer.MAX_VALUE);

  private static final Pattern FORM =
      Pattern.compile("^(?:.*[/ ])?v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,6})(?:[-+/].*)?$");

  /**
   * Reads a version as {@code envoy --version} and a node's build version print it: {@code 1.40.0},
   * {@code HASH/1.40.0/Clean/RELEASE/BoringSSL}.
   *
   * @return null when there is no version in the text
   */
  public static @Nullable EnvoyVersion parse(String text) {
    for (String part : text.split("/", -1)) {
      Matcher matcher = FORM.matcher(part.strip());
      if (matcher.matches()) {
        return new EnvoyVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
      }
    }
    return null;
  }

  /** Whether this release takes our configuration and does what it says. */
  public boolean supported() {
    return compareTo(OLDEST) >= 0 && compareTo(NEWEST) <= 0;
  }

  /** Why a node of this release is not served, what is accepted and a remedy; null when it is. */
  public @Nullable String refusal() {
    return supported()
        ? null
        : "Envoy %s is not supported; accepted are %d.%d to %d.%d. Run %s."
            .formatted(
                this,
                OLDEST.major,
                OLDEST.minor,
                NEWEST.major,
                NEWEST.minor,
                compareTo(OLDEST) < 0 ? "a newer Envoy" : "an older Envoy or a newer Ergane");
  }

  @Override
  public int compareTo(EnvoyVersion other) {
    int c = Integer.compare(major, other.major);
    c = c != 0 ? c : Integer.compare(minor, other.minor);
    return c != 0 ? c : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
