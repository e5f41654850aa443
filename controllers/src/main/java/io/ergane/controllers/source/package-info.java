/**
 * Where declarations come from: the contract of a source, and what file sources share. Sources are
 * owned by the control plane's one thread; {@link io.ergane.controllers.source.DirectoryWatch} has
 * a thread of its own and only rings a bell.
 */
@NullMarked
package io.ergane.controllers.source;

import org.jspecify.annotations.NullMarked;
