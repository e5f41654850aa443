/** Custom resources as records, with their defaults and field rules. */
@NullMarked
package io.ergane.api;

import org.jspecify.annotations.NullMarked;
