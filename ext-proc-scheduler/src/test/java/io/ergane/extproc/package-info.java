@NullMarked
package io.ergane.extproc;

import org.jspecify.annotations.NullMarked;
