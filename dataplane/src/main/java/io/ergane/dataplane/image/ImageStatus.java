package io.ergane.dataplane.image;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link ImageStream} has.
 *
 * @param connected whether a stream to the control plane is open and was answered
 * @param since when that became so
 * @param image hash of the image in force; null before the first
 * @param changed when image or endpoints in force last changed; null before the first
 * @param waitingFor what is missing of a newer image; empty when nothing is
 * @param problem why the stream last ended, or what was last refused; empty when all is well
 */
public record ImageStatus(
    boolean connected,
    Instant since,
    @Nullable String image,
    @Nullable Instant changed,
    String waitingFor,
    String problem) {}
