package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogConfigurationTest {
  private final LoggerContext context = new LoggerContext();

  private Encoder<ILoggingEvent> configure(Map<String, String> environment) {
    new LogConfiguration(environment::get).configure(context);
    var appender = context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
    assertThat(appender).isInstanceOf(ConsoleAppender.class);
    return ((ConsoleAppender<ILoggingEvent>) appender).getEncoder();
  }

  @Test
  void logbackFindsItAsAService() {
    var running = (LoggerContext) LoggerFactory.getILoggerFactory();

    assertThat(running.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")).isNotNull();
  }

  @Test
  void byDefaultInfoIsWrittenAsOnePlainLine() {
    var encoder = configure(Map.of());
    var logger = context.getLogger("io.ergane.proxy.Listener");
    var event = new LoggingEvent("", logger, Level.INFO, "open on {}", null, new Object[] {8080});

    assertThat(encoder).isInstanceOf(PatternLayoutEncoder.class);
    assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
        .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO Listener: open on 8080\n");
    assertThat(logger.isInfoEnabled()).isTrue();
    assertThat(logger.isDebugEnabled()).isFalse();
  }

  @Test
  void jsonIsOnRequest() {
    assertThat(configure(Map.of("ERGANE_LOG_FORMAT", "JSON"))).isInstanceOf(JsonEncoder.class);
  }

  @Test
  void levelsAreSetForAllOrForOneLogger() {
    configure(Map.of("ERGANE_LOG_LEVEL", "warn, io.ergane.proxy=debug"));

    assertThat(context.getLogger("io.netty").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("io.ergane.proxy.Listener").getEffectiveLevel())
        .isEqualTo(Level.DEBUG);
  }

  @Test
  void whatPeersDoToGrpcIsNoWarningUnlessAskedFor() {
    configure(Map.of());
    assertThat(context.getLogger("io.grpc.netty.NettyServerHandler").getEffectiveLevel())
        .isEqualTo(Level.ERROR);

    configure(Map.of("ERGANE_LOG_LEVEL", "info,io.grpc=info"));
    assertThat(context.getLogger("io.grpc.netty.NettyServerHandler").getEffectiveLevel())
        .isEqualTo(Level.INFO);
  }

  @Test
  void aWrongLevelOrFormatLeavesTheDefault() {
    assertThat(configure(Map.of("ERGANE_LOG_LEVEL", "loud", "ERGANE_LOG_FORMAT", "xml")))
        .isInstanceOf(PatternLayoutEncoder.class);
    assertThat(context.getLogger("a").getEffectiveLevel()).isEqualTo(Level.INFO);
  }
}
