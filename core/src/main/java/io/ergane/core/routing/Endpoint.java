package io.ergane.core.routing;

import io.ergane.api.ObjectName;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One engine that can be called: a pod at an address. Equal endpoints share counts and signals; a
 * pod that comes back under another address is another endpoint.
 *
 * @param host IP address or DNS name, without brackets
 * @param port 1 to 65535
 * @param address IP address that was found for a host that is a name, for those who are told
 *     addresses only; null when the host is an address, or nobody has looked it up
 */
public record Endpoint(ObjectName pod, String host, int port, boolean tls, @Nullable String address)
    implements Comparable<Endpoint> {

  private static final Comparator<Endpoint> ORDER =
      Comparator.comparing(Endpoint::pod)
          .thenComparing(Endpoint::authority)
          .thenComparing(Endpoint::destination);

  /** An endpoint at the address that the host is, or that the caller looks up. */
  public Endpoint(ObjectName pod, String host, int port, boolean tls) {
    this(pod, host, port, tls, null);
  }

  /** The same with what was found for its host; null for nothing. */
  public Endpoint at(@Nullable String found) {
    return new Endpoint(pod, host, port, tls, found);
  }

  /** {@code host:port}, IPv6 addresses in brackets. */
  public String authority() {
    return HostPort.text(host, port);
  }

  /** {@code address:port} where an address was found for the host, else {@code host:port}. */
  public String destination() {
    return address == null ? authority() : HostPort.text(address, port);
  }

  @Override
  public int compareTo(Endpoint other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return pod + "@" + authority();
  }
}
