package io.ergane.dataplane.image;

import io.ergane.proto.image.ImageAssembly.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of an {@link ImageStream}: written by its thread, read by any. */
public final class ImageMonitor {
  private final InstantSource clock;
  private volatile ImageStatus status;
  private volatile long applied;
  private volatile long refused;
  private volatile long connections;

  ImageMonitor(InstantSource clock) {
    this.clock = clock;
    this.status = new ImageStatus(false, clock.instant(), null, null, "", "");
  }

  ImageStatus status() {
    return status;
  }

  /** Whether a stream is open and was answered. */
  public boolean isConnected() {
    return status.connected();
  }

  /** Seconds without a control plane; 0 while connected. */
  public double disconnectedSeconds() {
    ImageStatus now = status;
    return now.connected() ? 0 : secondsSince(now.since());
  }

  /** Seconds since image or endpoints in force last changed; NaN before the first image. */
  public double ageSeconds() {
    Instant changed = status.changed();
    return changed == null ? Double.NaN : secondsSince(changed);
  }

  private double secondsSince(Instant then) {
    return Math.max(0, Duration.between(then, clock.instant()).toMillis() / 1000.0);
  }

  /** Changes put into force. */
  public long applied() {
    return applied;
  }

  /** Resources refused. */
  public long refused() {
    return refused;
  }

  /** Streams that were opened and answered. */
  public long connections() {
    return connections;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void connected() {
    connections++;
    ImageStatus now = status;
    status =
        new ImageStatus(true, clock.instant(), now.image(), now.changed(), now.waitingFor(), "");
  }

  void disconnected(String reason) {
    ImageStatus now = status;
    Instant since = now.connected() ? clock.instant() : now.since();
    status = new ImageStatus(false, since, now.image(), now.changed(), now.waitingFor(), reason);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void received(List<Refusal> refusals, String waitingFor) {
    refused += refusals.size();
    ImageStatus now = status;
    String problem = problem(now, refusals, waitingFor);
    status =
        new ImageStatus(
            now.connected(), now.since(), now.image(), now.changed(), waitingFor, problem);
  }

  private static String problem(ImageStatus now, List<Refusal> refusals, String waitingFor) {
    if (!refusals.isEmpty()) {
      return refusals.getFirst().toString();
    }
    return waitingFor.isEmpty() ? "" : now.problem();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void applied(@Nullable String image) {
    applied++;
    ImageStatus now = status;
    status =
        new ImageStatus(
            now.connected(), now.since(), image, clock.instant(), now.waitingFor(), now.problem());
  }
}
