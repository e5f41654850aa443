@NullMarked
package io.ergane.controllers.files;

import org.jspecify.annotations.NullMarked;
