package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Status;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What libraries tell the JDK's logging, as the log of the process shows it. */
class LibraryLogsTest {
  private static final String NAME = "io.ergane.cli.LibraryLogsTest.library";

  private final LibraryLogs.Forwarding forwarding = new LibraryLogs.Forwarding();
  private final Logger logger = (Logger) LoggerFactory.getLogger(NAME);
  private final ListAppender<ILoggingEvent> seen = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setAdditive(false);
    seen.start();
    logger.addAppender(seen);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(seen);
    logger.setLevel(null);
  }

  private static LogRecord entry(java.util.logging.Level level, Throwable thrown) {
    LogRecord entry = new LogRecord(level, "stream {0} failed");
    entry.setParameters(new Object[] {7});
    entry.setLoggerName(NAME);
    entry.setThrown(thrown);
    return entry;
  }

  @Test
  void aWarningIsOneLineUnderTheNameOfItsLogger() {
    forwarding.publish(
        entry(java.util.logging.Level.WARNING, new IllegalStateException("the peer left")));

    assertThat(seen.list)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getLevel()).isEqualTo(Level.WARN);
          assertThat(event.getFormattedMessage())
              .isEqualTo("stream 7 failed: java.lang.IllegalStateException: the peer left");
          assertThat(event.getThrowableProxy()).isNull();
        });
  }

  @Test
  void anErrorKeepsItsStackTrace() {
    forwarding.publish(entry(java.util.logging.Level.SEVERE, new IllegalStateException("broken")));

    assertThat(seen.list)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getLevel()).isEqualTo(Level.ERROR);
          assertThat(event.getThrowableProxy()).isNotNull();
        });
  }

  @Test
  void whatAPeerIsToldAsAStatusIsNoError() {
    Throwable told = Status.INTERNAL.withDescription("no such message").asRuntimeException();
    forwarding.publish(entry(java.util.logging.Level.SEVERE, told));

    assertThat(seen.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
  }

  @Test
  void memoryThatRanOutIsAnErrorHoweverItIsWrapped() {
    logger.setLevel(Level.ERROR);
    Throwable wrapped = new IllegalStateException(new OutOfMemoryError("direct"));
    forwarding.publish(entry(java.util.logging.Level.INFO, wrapped));

    assertThat(seen.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR);
  }

  @Test
  void whatIsBelowTheLevelOfItsLoggerIsLeftOut() {
    logger.setLevel(Level.ERROR);
    forwarding.publish(
        entry(java.util.logging.Level.WARNING, new IllegalStateException("the peer left")));

    assertThat(seen.list).isEmpty();
  }
}
