package io.ergane.core.routing;

import com.google.re2j.Pattern;

/** A test of one string: of a header's first value or of the URL path. */
public sealed interface StringMatch {
  boolean matches(String value);

  /** Equality. */
  record Exact(String text) implements StringMatch {
    @Override
    public boolean matches(String value) {
      return value.equals(text);
    }
  }

  /** The value starts with {@code text}. */
  record Prefix(String text) implements StringMatch {
    @Override
    public boolean matches(String value) {
      return value.startsWith(text);
    }
  }

  /**
   * An unanchored search with RE2 syntax and RE2's linear time. Equality is that of the pattern's
   * text.
   */
  record Regex(Pattern pattern) implements StringMatch {
    @Override
    public boolean matches(String value) {
      return pattern.matcher(value).find();
    }
  }

  /** A StringMatch that sets none of its fields. */
  record Anything() implements StringMatch {
    @Override
    public boolean matches(String value) {
      return true;
    }
  }
}
