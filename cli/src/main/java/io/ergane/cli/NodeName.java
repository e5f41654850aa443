package io.ergane.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names of nodes at the control plane where the user gives none. */
final class NodeName {
  private NodeName() {}

  /** Kind, host and process, e.g. {@code proxy-web-7-4711}: unique also where several run. */
  static String ofProcess(String kind) {
    return ofHost(kind) + "-" + ProcessHandle.current().pid();
  }

  /** Kind and host, e.g. {@code envoy-web-7}. */
  static String ofHost(String kind) {
    String host = System.getenv("HOSTNAME");
    try {
      return kind + "-" + (host == null ? InetAddress.getLocalHost().getHostName() : host);
    } catch (UnknownHostException e) {
      return kind;
    }
  }
}
