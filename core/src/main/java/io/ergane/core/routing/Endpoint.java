package io.ergane.core.routing;

import io.ergane.api.ObjectName;

/**
 * One engine that can be called: a pod at an address. Equal endpoints share counts and signals; a
 * pod that comes back under another address is another endpoint.
 *
 * @param host IP address or DNS name, without brackets
 * @param port 1 to 65535
 */
public record Endpoint(ObjectName pod, String host, int port, boolean tls)
    implements Comparable<Endpoint> {

  /** {@code host:port}, IPv6 addresses in brackets. */
  public String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public int compareTo(Endpoint other) {
    int c = pod.compareTo(other.pod);
    return c != 0 ? c : authority().compareTo(other.authority());
  }

  @Override
  public String toString() {
    return pod + "@" + authority();
  }
}
