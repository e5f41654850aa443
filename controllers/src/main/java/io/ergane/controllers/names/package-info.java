/** IP addresses of engines that are declared by name. */
@NullMarked
package io.ergane.controllers.names;

import org.jspecify.annotations.NullMarked;
