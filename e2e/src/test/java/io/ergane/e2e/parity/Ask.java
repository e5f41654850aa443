package io.ergane.e2e.parity;

import java.util.SortedMap;

/**
 * A request of the workload.
 *
 * @param kind what it is there to show
 * @param id sent as {@code x-request-id}; no two are equal
 * @param headers beside those of every request, names in lower case
 */
@SuppressWarnings("ArrayRecordComponent")
record Ask(
    String kind,
    String id,
    String method,
    String path,
    SortedMap<String, String> headers,
    byte[] body) {

  @Override
  public String toString() {
    return kind + " " + id + " " + method + " " + path + " " + headers;
  }
}
