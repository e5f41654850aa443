package io.ergane.controllers.names;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** Finds the IP addresses of a host; may block. */
@FunctionalInterface
public interface NameLookup {
  /** As the machine finds them: its hosts file, then DNS. The JVM keeps an answer for 30 s. */
  NameLookup SYSTEM =
      host -> Arrays.stream(InetAddress.getAllByName(host)).map(NetUtil::toAddressString).toList();

  /**
   * @return IP addresses, IPv6 as RFC 5952 writes them, the preferred one first; may be empty
   * @throws IOException when the name is not known
   */
  List<String> addresses(String host) throws IOException;
}
