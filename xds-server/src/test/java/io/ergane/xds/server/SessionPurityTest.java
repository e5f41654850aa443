package io.ergane.xds.server;

import io.ergane.testkit.architecture.Architecture;
import io.ergane.testkit.architecture.Purity;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a node gets and when depends on requests, publications and times that are handed in. */
class SessionPurityTest {
  @TestFactory
  Stream<DynamicTest> sessionsArePure() {
    return Architecture.tests(
        "io.ergane.xds.server.session",
        List.of(
            Purity.NO_CLOCK,
            Purity.NO_RANDOMNESS,
            Purity.NO_ENVIRONMENT,
            Purity.NO_IO,
            Purity.NO_THREADS_OR_LOCKS,
            Purity.NO_SYNCHRONIZED,
            Purity.NO_LOGGING));
  }
}
