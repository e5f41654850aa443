package io.ergane.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Text that must be there, but may be empty; other required text may not. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface MayBeEmpty {}
