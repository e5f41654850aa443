@NullMarked
package io.ergane.controllers.admission;

import org.jspecify.annotations.NullMarked;
