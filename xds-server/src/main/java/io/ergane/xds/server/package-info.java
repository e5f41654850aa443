/**
 * The aggregated discovery service: streams resources to nodes and knows what each of them runs.
 */
@NullMarked
package io.ergane.xds.server;

import org.jspecify.annotations.NullMarked;
