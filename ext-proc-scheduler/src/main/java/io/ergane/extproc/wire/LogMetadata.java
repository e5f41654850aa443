package io.ergane.extproc.wire;

/** Reads the dynamic metadata of an access-log entry: the decision's token and token usage. */
final class LogMetadata {
  private static final String USAGE = "ergane.usage";
  private static final int FILTER_METADATA = 1;

  private enum Namespace {
    BALANCING,
    USAGE,
    OTHER
  }

  private enum Key {
    TOKEN,
    INPUT,
    OUTPUT,
    OTHER
  }

  private LogMetadata() {}

  static void read(WireReader in, LogEntry entry) throws MalformedMessage {
    int metadata = in.enter();
    while (in.next()) {
      if (in.field() == FILTER_METADATA) {
        namespace(in, entry);
      }
    }
    in.leave(metadata);
  }

  private static void namespace(WireReader in, LogEntry entry) throws MalformedMessage {
    Namespace namespace = Namespace.OTHER;
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        namespace =
            in.is(ProcessingAnswers.NAMESPACE)
                ? Namespace.BALANCING
                : in.is(USAGE) ? Namespace.USAGE : Namespace.OTHER;
      } else if (in.field() == 2 && namespace != Namespace.OTHER) {
        struct(in, namespace, entry);
      }
    }
    in.leave(outer);
  }

  private static void struct(WireReader in, Namespace namespace, LogEntry entry)
      throws MalformedMessage {
    int fields = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        member(in, namespace, entry);
      }
    }
    in.leave(fields);
  }

  private static void member(WireReader in, Namespace namespace, LogEntry entry)
      throws MalformedMessage {
    Key key = Key.OTHER;
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        key = key(in, namespace);
      } else if (in.field() == 2 && key != Key.OTHER) {
        value(in, key, entry);
      }
    }
    in.leave(outer);
  }

  private static Key key(WireReader in, Namespace namespace) {
    if (namespace == Namespace.BALANCING) {
      return in.is(ProcessingAnswers.TOKEN) ? Key.TOKEN : Key.OTHER;
    }
    return in.is("input_tokens") ? Key.INPUT : in.is("output_tokens") ? Key.OUTPUT : Key.OTHER;
  }

  private static void value(WireReader in, Key key, LogEntry entry) throws MalformedMessage {
    int value = in.enter();
    while (in.next()) {
      if (in.field() == 2) {
        int number = (int) Math.clamp(in.real(), -1, Integer.MAX_VALUE);
        if (key == Key.INPUT) {
          entry.inputTokens = number;
        } else if (key == Key.OUTPUT) {
          entry.outputTokens = number;
        }
      } else if (in.field() == 3 && key == Key.TOKEN) {
        entry.token = in.text();
      }
    }
    in.leave(value);
  }
}
