package io.ergane.xds.translate;

import io.ergane.core.routing.HostPort;
import io.ergane.testkit.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of {@code envoy-config} are what the translation gives. */
class ReferenceFilesTest {
  private static final Goldens FILES = Goldens.in("../../../../envoy-config");

  @Test
  void theBootstrap() {
    FILES.check(
        "bootstrap.yaml", EnvoyBootstrap.of("envoy-1", new HostPort("127.0.0.1", 18000)).yaml());
  }

  @ParameterizedTest
  @CsvSource({
    "default, static-one-pool.yaml, One pool with two engines; without the scheduler requests get 503.",
    "fail-open, static-fail-open.yaml, One pool with two engines; without the scheduler any of them serves.",
    "two-pools, static-two-pools.yaml, Two pools; the scheduler names the pool in a header.",
    "long-bodies, static-long-bodies.yaml, As static-one-pool; of bodies above 1 MiB the scheduler gets the beginning."
  })
  void aWholeConfiguration(String name, String file, String about) {
    String text =
        EnvoyText.yaml(EnvoyText.tree(StaticBootstrap.of(Case.named(name).translate(), 9901)));

    FILES.check(file, "# " + about + " Made by the translation; see README.md.\n" + text);
  }
}
