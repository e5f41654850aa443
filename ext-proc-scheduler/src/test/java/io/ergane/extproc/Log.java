package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.ergane.extproc.wire.LogBatch;

/** Hands entries to the access-log sink as messages. */
final class Log {
  private final LogSink sink;
  private final LogBatch batch = new LogBatch();

  Log(ServerState server) {
    sink = new LogSink(server);
  }

  void read(HTTPAccessLogEntry.Builder... entries) {
    byte[] bytes = Entries.message(entries).toByteArray();
    batch.read(bytes, 0, bytes.length);
    assertThat(batch.each(sink::entry)).isNull();
  }
}
