/**
 * The certificate that webhooks show to the API server: made, stored, renewed and announced here,
 * or read from files.
 *
 * <p>{@link io.ergane.controllers.admission.certificates.Rotation} says what is to be done next,
 * from what is stored and the time alone; {@link
 * io.ergane.controllers.admission.certificates.CertificateKeeper} does it. Any number of replicas
 * may do so at once: a write that another one preceded is not made.
 */
@NullMarked
package io.ergane.controllers.admission.certificates;

import org.jspecify.annotations.NullMarked;
