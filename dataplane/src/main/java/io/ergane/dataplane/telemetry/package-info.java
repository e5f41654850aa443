/** What is told of requests: metrics, access log, decision records. */
@NullMarked
package io.ergane.dataplane.telemetry;

import org.jspecify.annotations.NullMarked;
