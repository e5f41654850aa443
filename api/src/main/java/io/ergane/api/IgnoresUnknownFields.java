package io.ergane.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a record that holds only a part of what its object may carry. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface IgnoresUnknownFields {}
