/**
 * The admission webhooks: an HTTPS server that answers the API server's reviews with the rules of
 * the custom resources.
 *
 * <p>{@link io.ergane.controllers.admission.Reviews} turns the bytes of a review into the bytes of
 * an answer; {@link io.ergane.controllers.admission.WebhookServer} moves them. What is wrong here
 * never reaches the part of a process that serves clients.
 */
@NullMarked
package io.ergane.controllers.admission;

import org.jspecify.annotations.NullMarked;
