/** Filters, scorers and pickers, one file a plugin, and the registry that builds them by name. */
@NullMarked
package io.ergane.core.schedule.plugin;

import org.jspecify.annotations.NullMarked;
