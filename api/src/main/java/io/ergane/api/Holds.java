package io.ergane.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The fields that are known of an object which is kept as a whole, in the form of a record whose
 * components describe them. Other fields are accepted and kept as well.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Holds {
  Class<? extends Record> value();
}
