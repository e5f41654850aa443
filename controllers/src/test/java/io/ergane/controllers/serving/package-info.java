/** Tests of the ModelServing controller's shell. */
@org.jspecify.annotations.NullMarked
package io.ergane.controllers.serving;
