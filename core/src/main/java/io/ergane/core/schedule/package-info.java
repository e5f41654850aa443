/**
 * Choosing an endpoint: signals in columns, filters, scorers and pickers over a round, passive
 * health, the prefix index, and the explanation of a decision.
 */
@NullMarked
package io.ergane.core.schedule;

import org.jspecify.annotations.NullMarked;
