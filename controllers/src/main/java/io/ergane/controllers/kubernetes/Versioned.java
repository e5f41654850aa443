package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;

/** What is kept of an object, and which form of which object it is. */
public interface Versioned {
  ObjectName name();

  String uid();

  /** The resource version. */
  String version();

  /** Whether this form of the object, or a later one, is at least as new as a version. */
  static boolean reaches(String version, String wanted) {
    try {
      return Long.parseLong(version) >= Long.parseLong(wanted);
    } catch (NumberFormatException e) {
      return version.equals(wanted);
    }
  }
}
