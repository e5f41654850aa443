package io.ergane.cli;

import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Brings what libraries tell {@link java.util.logging}, gRPC among them, to the log of the process.
 * The JDK makes an instance when it first logs, because a property names this class.
 */
public final class LibraryLogs {
  private static final String BY_CLASS = "java.util.logging.config.class";
  private static final String BY_FILE = "java.util.logging.config.file";

  /** Configures the JDK's logging; the JDK calls this. */
  public LibraryLogs() throws IOException {
    String settings = "handlers=" + Forwarding.class.getName() + "\n.level=INFO\n";
    LogManager.getLogManager()
        .readConfiguration(
            new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Takes effect at the JDK's first log line; a configuration that the user named stays. */
  static void install() {
    if (System.getProperty(BY_CLASS) == null && System.getProperty(BY_FILE) == null) {
      System.setProperty(BY_CLASS, LibraryLogs.class.getName());
    }
  }

  /**
   * Hands each record to the logger of its name: a line, and the stack trace of what is an error. A
   * record about an {@link Error}, such as memory that ran out, is an error whatever its level; one
   * about the status of a call, such as a message that cannot be read, is at most a warning.
   */
  public static final class Forwarding extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord entry) {
      String name = entry.getLoggerName();
      Logger log = LoggerFactory.getLogger(name == null ? "java.util.logging" : name);
      Throwable thrown = entry.getThrown();
      Level level = isError(thrown) ? Level.ERROR : level(entry.getLevel().intValue(), thrown);
      if (!log.isEnabledForLevel(level)) {
        return;
      }
      String message = formatter.formatMessage(entry);
      if (level == Level.ERROR) {
        log.atLevel(level).setCause(thrown).log("{}", message);
      } else {
        log.atLevel(level).log("{}{}", message, thrown == null ? "" : ": " + thrown);
      }
    }

    private static boolean isError(@Nullable Throwable thrown) {
      Throwable cause = thrown;
      for (int depth = 0; cause != null && depth < 16; depth++) {
        if (cause instanceof Error) {
          return true;
        }
        cause = cause.getCause();
      }
      return false;
    }

    private static Level level(int value, @Nullable Throwable thrown) {
      if (value >= java.util.logging.Level.SEVERE.intValue()) {
        return thrown instanceof StatusRuntimeException ? Level.WARN : Level.ERROR;
      } else if (value >= java.util.logging.Level.WARNING.intValue()) {
        return Level.WARN;
      }
      return value >= java.util.logging.Level.INFO.intValue() ? Level.INFO : Level.DEBUG;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
