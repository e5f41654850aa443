package io.ergane.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a record that one writer owns as a whole when several apply parts of an object. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Atomic {}
