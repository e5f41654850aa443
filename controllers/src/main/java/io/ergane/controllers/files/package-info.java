/**
 * Kubernetes objects from manifest files and from the command line. Start reading at {@link
 * io.ergane.controllers.files.ManifestFiles}.
 */
@NullMarked
package io.ergane.controllers.files;

import org.jspecify.annotations.NullMarked;
