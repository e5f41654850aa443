/**
 * Custom resources as records, with their defaults and field rules.
 *
 * <p>The annotations on record components are the one place that says what a field accepts: they
 * drive decoding and the generated CRD YAML alike. Start reading at {@link
 * io.ergane.api.ModelRoute}, then {@link io.ergane.api.Decoding} and {@link
 * io.ergane.api.Admission}. Everything here is an immutable value or a pure function.
 */
@NullMarked
package io.ergane.api;

import org.jspecify.annotations.NullMarked;
