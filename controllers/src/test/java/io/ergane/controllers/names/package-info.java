@NullMarked
package io.ergane.controllers.names;

import org.jspecify.annotations.NullMarked;
