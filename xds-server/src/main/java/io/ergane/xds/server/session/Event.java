package io.ergane.xds.server.session;

import java.util.List;

/** Something a session has learnt that others want to know. */
public sealed interface Event {
  String typeUrl();

  /**
   * A response was acknowledged.
   *
   * @param nanos from the moment it was due, by a publication or a request, to the acknowledgement
   */
  record Acknowledged(String typeUrl, String version, int resources, long nanos) implements Event {}

  /**
   * A response was rejected.
   *
   * @param names the resources at fault as far as the message tells, else all that the response
   *     changed
   */
  record Rejected(String typeUrl, String version, List<String> names, String message)
      implements Event {}

  /**
   * An order barrier was given up because the node did not answer in time.
   *
   * @param waitingFor what the node did not acknowledge
   */
  record BarrierExpired(String typeUrl, String waitingFor) implements Event {}
}
