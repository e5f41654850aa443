/**
 * The router's configuration file, in Kthena's format. Start reading at {@link
 * io.ergane.controllers.config.RouterConfiguration}.
 */
@NullMarked
package io.ergane.controllers.config;

import org.jspecify.annotations.NullMarked;
