@NullMarked
package io.ergane.extproc.wire;

import org.jspecify.annotations.NullMarked;
