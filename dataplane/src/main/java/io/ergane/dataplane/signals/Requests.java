package io.ergane.dataplane.signals;

import io.ergane.core.routing.HostPort;
import java.nio.charset.StandardCharsets;

/** The bytes of the requests that engines are sent. */
final class Requests {

  private Requests() {}

  /** A GET that asks for an uncoded body and keeps the connection. */
  static byte[] get(Target target, int port, String path, String mediaType) {
    var request = new StringBuilder();
    request.append("GET ").append(path).append(" HTTP/1.1\r\n");
    request.append("host: ").append(HostPort.text(target.host(), port)).append("\r\n");
    request.append("user-agent: ergane\r\naccept: ").append(mediaType);
    request.append("\r\naccept-encoding: identity\r\n");
    if (target.apiKey() != null) {
      request.append("authorization: Bearer ").append(target.apiKey()).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
