package io.ergane.cli;

import io.ergane.extproc.ExtProcSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks of option values. */
final class Accepted {
  private static final int MAX_PORT = 65_535;

  private Accepted() {}

  /** A port, or 0 for any free one. */
  static void port(String option, int value) {
    range(option, value, 0, MAX_PORT);
  }

  /**
   * @throws UserError for a value outside of the bounds, which are included
   */
  static void range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      String accepted = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw UserError.ofCommandLine("%s is %d; %s is accepted.".formatted(option, value, accepted));
    }
  }

  /** A longest request body: the same for every verb, so that any of them can serve it. */
  static void bodyBytes(String option, int value) {
    range(option, value, 1, ExtProcSettings.Limits.MOST_BODY_BYTES);
  }

  /**
   * @throws UserError for a file that is named and cannot be read
   */
  static void file(String option, @Nullable Path file) {
    if (file != null && !Files.isReadable(file)) {
      throw new UserError(
          "%s is %s, which %s. Name a file that can be read."
              .formatted(option, file, Files.exists(file) ? "cannot be read" : "does not exist"));
    }
  }

  /**
   * @throws UserError for text that is given and blank
   */
  static void notEmpty(String option, @Nullable String value) {
    if (value != null && value.isBlank()) {
      throw UserError.ofCommandLine(option + " is empty. Give it a value, or leave it out.");
    }
  }

  /**
   * @throws UserError when {@code option} is given without what it needs
   */
  static void needs(
      String option, @Nullable Object value, String needed, @Nullable Object neededValue) {
    if (value != null && neededValue == null) {
      throw UserError.ofCommandLine(
          "%s was given without %s. Give both, or neither.".formatted(option, needed));
    }
  }

  /**
   * @throws UserError when only one of two is given
   */
  static void both(
      String option, @Nullable Object value, String other, @Nullable Object otherValue) {
    needs(option, value, other, otherValue);
    needs(other, otherValue, option, value);
  }

  /**
   * @throws UserError when only one of a certificate and its key is given, or one cannot be read
   */
  static void pair(
      String certificateOption, @Nullable Path certificate, String keyOption, @Nullable Path key) {
    both(certificateOption, certificate, keyOption, key);
    file(certificateOption, certificate);
    file(keyOption, key);
  }
}
