package io.ergane.api;

import com.google.re2j.Pattern;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a JSON value must look like, read from a record's components and their annotations. */
sealed interface Schema {

  /** Text of {@code min} to {@code max} Unicode code points. */
  record Text(long min, long max, @Nullable Pattern pattern, boolean mayBeEmpty)
      implements Schema {}

  /** A whole number; {@code wide} for 64 bits, else 32. */
  record Whole(boolean wide, long min, long max) implements Schema {}

  /** True or false. */
  record Flag() implements Schema {}

  /** One of a fixed set of spellings. */
  record Choice(List<Coded> constants) implements Schema {}

  /** A duration in Go's notation. */
  record Span() implements Schema {}

  /** A point in time, RFC 3339. */
  record Moment() implements Schema {}

  /** A whole number or a percentage. */
  record Share() implements Schema {}

  /** A number in Kubernetes' notation of quantities. */
  record Amount() implements Schema {}

  /** Any JSON value, kept as a {@link JsonTree}. */
  record Anything() implements Schema {}

  /**
   * A JSON object, kept as a {@link JsonTree}.
   *
   * @param known the fields whose form is checked; null: none
   */
  record Tree(@Nullable Shape known) implements Schema {}

  /**
   * A list of {@code min} to {@code max} values.
   *
   * @param key field in which no two items are equal; null: any
   */
  record Items(Schema item, long min, long max, @Nullable String key) implements Schema {}

  /** An object with {@code min} to {@code max} free keys. */
  record Table(Schema value, long min, long max) implements Schema {}

  /** An object with known fields, kept as a record. */
  record Shape(Constructor<? extends Record> constructor, boolean strict, List<Field> fields)
      implements Schema {

    String typeName() {
      return constructor.getDeclaringClass().getSimpleName();
    }
  }

  /**
   * One field of a {@link Shape}.
   *
   * @param absent value when the field is missing; null for nullable and required fields
   * @param defaulted whether {@code absent} is a documented default rather than plain emptiness
   * @param refusal words for a missing, empty or ill-formed value; null for the usual ones
   */
  record Field(
      String name,
      Schema schema,
      Method accessor,
      boolean required,
      boolean nullable,
      @Nullable Object absent,
      boolean defaulted,
      @Nullable String refusal) {}
}
