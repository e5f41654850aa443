package io.ergane.extproc;

import io.ergane.extproc.wire.LogEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles requests by what access-log entries say of them; an entry that says it again is counted.
 */
final class LogSink {
  private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);

  private final ServerState server;

  LogSink(ServerState server) {
    this.server = server;
  }

  void entry(LogEntry entry) {
    try {
      server.counts.add(outcome(entry));
    } catch (RuntimeException e) {
      LOG.error("An access-log entry could not be dealt with.", e);
      server.counts.add(Counts.Failure.INTERNAL);
    }
  }

  private Counts.Entry outcome(LogEntry entry) {
    if (entry.intermediate) {
      return Counts.Entry.INTERMEDIATE;
    }
    if (entry.token == null) {
      return Counts.Entry.UNDECIDED;
    }
    long token = Tokens.parse(entry.token);
    OpenRequest request = server.open.take(token);
    if (request == null) {
      return server.open.made(token) ? Counts.Entry.UNKNOWN : Counts.Entry.FOREIGN;
    }
    server.settlement.logged(request, entry);
    return Counts.Entry.SETTLED;
  }
}
