package io.ergane.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The logging of every process: one line an event on standard error. Logback finds it as a service;
 * no XML is parsed at start.
 *
 * <p>{@code ERGANE_LOG_FORMAT} is {@code text} (default) or {@code json}. {@code ERGANE_LOG_LEVEL}
 * is a level for all loggers, or a list such as {@code info,io.ergane.proxy=debug}.
 */
public final class LogConfiguration extends ContextAwareBase implements Configurator {
  private static final String PATTERN = "%d{HH:mm:ss.SSS} %level %logger{0}: %msg%n";
  private static final Map<String, Level> LEVELS =
      Map.of(
          "trace", Level.TRACE,
          "debug", Level.DEBUG,
          "info", Level.INFO,
          "warn", Level.WARN,
          "error", Level.ERROR,
          "off", Level.OFF);

  /**
   * gRPC warns of each stream that a peer ends in an unusual way, and Netty of a machine without a
   * network card; unless levels are given for these.
   */
  private static final Map<String, Level> QUIETER =
      Map.of("io.grpc", Level.ERROR, "io.netty.util.internal.MacAddressUtil", Level.ERROR);

  private final Function<String, @Nullable String> environment;

  /** Reads the environment of the process. */
  public LogConfiguration() {
    this(System::getenv);
  }

  LogConfiguration(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context));
    appender.start();

    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    QUIETER.forEach((logger, level) -> context.getLogger(logger).setLevel(level));
    LibraryLogs.install();
    levels(context, setting("ERGANE_LOG_LEVEL", "info"));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private Encoder<ILoggingEvent> encoder(LoggerContext context) {
    String format = setting("ERGANE_LOG_FORMAT", "text").toLowerCase(Locale.ROOT);
    EncoderBase<ILoggingEvent> encoder;
    if (format.equals("json")) {
      encoder = new JsonEncoder();
    } else {
      if (!format.equals("text")) complain("ERGANE_LOG_FORMAT", format, "text, json");
      var text = new PatternLayoutEncoder();
      text.setPattern(PATTERN);
      encoder = text;
    }
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private void levels(LoggerContext context, String list) {
    for (String item : list.split(",")) {
      int equals = item.indexOf('=');
      String logger = equals < 0 ? Logger.ROOT_LOGGER_NAME : item.substring(0, equals).strip();
      String name = item.substring(equals + 1).strip();
      Level level = LEVELS.get(name.toLowerCase(Locale.ROOT));
      if (level == null) {
        complain("ERGANE_LOG_LEVEL", name, "trace, debug, info, warn, error, off, LOGGER=LEVEL");
      } else {
        context.getLogger(logger).setLevel(level);
      }
    }
  }

  private String setting(String name, String otherwise) {
    String value = environment.apply(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }

  @SuppressWarnings("SystemOut") // logging is not there yet
  private static void complain(String name, String found, String accepted) {
    System.err.println(
        "ergane: "
            + name
            + " is \""
            + found
            + "\"; accepted: "
            + accepted
            + ". The default is used.");
  }
}
