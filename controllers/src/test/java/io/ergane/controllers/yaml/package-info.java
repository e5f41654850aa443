@NullMarked
package io.ergane.controllers.yaml;

import org.jspecify.annotations.NullMarked;
