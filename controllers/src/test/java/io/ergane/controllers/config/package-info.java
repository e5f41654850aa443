@NullMarked
package io.ergane.controllers.config;

import org.jspecify.annotations.NullMarked;
