/**
 * The messages of Envoy's ext_proc and access-log services, read in place and written backwards
 * into reused memory: what is not looked at is passed over, and a request's body is not copied.
 * Field numbers are those of Envoy's v3 API.
 */
@NullMarked
package io.ergane.extproc.wire;

import org.jspecify.annotations.NullMarked;
