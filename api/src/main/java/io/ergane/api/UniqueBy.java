package io.ergane.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The field that tells the items of a list apart; no two may have the same value in it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface UniqueBy {
  String value();
}
