/**
 * YAML and JSON text into trees that remember their lines. Start reading at {@link
 * io.ergane.controllers.yaml.Documents}. Pure: text in, values out.
 */
@NullMarked
package io.ergane.controllers.yaml;

import org.jspecify.annotations.NullMarked;
