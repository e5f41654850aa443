package io.ergane.extproc;

import io.ergane.extproc.wire.ProcessingMessage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the scheduler counts. Thread-safe. */
final class Counts {
  /** What became of an access-log entry. */
  enum Entry {
    /** It settled a request. */
    SETTLED,
    /** Its request is not open: refused, settled before or lost. */
    UNKNOWN,
    /** Another scheduler decided its request, or one that ran here before. */
    FOREIGN,
    /** It names no decision: Envoy or we answered at the headers. */
    UNDECIDED,
    /** More entries of its request will come. */
    INTERMEDIATE
  }

  /** Why a stream did not end well. */
  enum Failure {
    MALFORMED,
    ORDER,
    INTERNAL,
    /** Too many are open. */
    EXCESS,
    /** Headers or body did not come in time. */
    LATE,
    /** Messages that are not whole yet take too much memory. */
    MEMORY
  }

  /** Why a request was given up without news of its end. */
  enum Lost {
    TIMEOUT,
    CONNECTION,
    SHUTDOWN
  }

  final LongAdder[] messages = adders(ProcessingMessage.Kind.values().length);
  final LongAdder[] entries = adders(Entry.values().length);
  final LongAdder[] failures = adders(Failure.values().length);
  final LongAdder[] lost = adders(Lost.values().length);
  final LongAdder streams = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final AtomicInteger openStreams = new AtomicInteger();
  final AtomicInteger inFlight = new AtomicInteger();
  final AtomicLong bufferedBytes = new AtomicLong();
  final AtomicLong partBytes = new AtomicLong();
  final AtomicInteger connections = new AtomicInteger();

  private static LongAdder[] adders(int length) {
    LongAdder[] adders = new LongAdder[length];
    for (int i = 0; i < length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  void add(ProcessingMessage.Kind kind) {
    messages[kind.ordinal()].increment();
  }

  void add(Entry entry) {
    entries[entry.ordinal()].increment();
  }

  void add(Failure failure) {
    failures[failure.ordinal()].increment();
  }

  void add(Lost why) {
    lost[why.ordinal()].increment();
  }
}
