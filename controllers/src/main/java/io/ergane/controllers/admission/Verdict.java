package io.ergane.controllers.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an object under review.
 *
 * @param refusal why it is not admitted; null when it is
 * @param warnings shown to the user of an admitted object
 * @param patch a JSON Patch as text; null where nothing may be changed
 */
record Verdict(@Nullable String refusal, List<String> warnings, @Nullable String patch) {
  static final Verdict ADMITTED = new Verdict(null, List.of(), null);

  Verdict {
    warnings = List.copyOf(warnings);
  }

  static Verdict refused(String why) {
    return new Verdict(why, List.of(), null);
  }

  static Verdict admitted(List<String> warnings) {
    return warnings.isEmpty() ? ADMITTED : new Verdict(null, warnings, null);
  }

  static Verdict patched(String patch) {
    return new Verdict(null, List.of(), patch);
  }
}
