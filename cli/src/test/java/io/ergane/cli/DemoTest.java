package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.Dataplane;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration of {@code ergane up}, and what is said of it. */
class DemoTest {
  @TempDir Path folder;

  @Test
  void asManyDemonstrationsAsAreStartedServeFromEnginesOfTheirOwn() {
    try (Demo first = Demo.start(folder);
        Demo second = Demo.start(folder);
        Router one = router(first);
        Router two = router(second)) {
      assertThat(engines(one)).hasSize(3).doesNotContainAnyElementsOf(engines(two));
      assertThat(engines(two)).hasSize(3);
      assertThat(first.manifests()).doesNotContainAnyElementsOf(second.manifests());
    }
  }

  @Test
  void theBannerNamesEnginesManifestsAndTheAdminPortThatExplainNeeds() {
    try (Demo demo = Demo.start(folder);
        Router router = router(demo)) {
      Banner banner = new Banner(demo, router, new RouterOptions(), new SourceOptions(), 1_500);

      String text = String.join("\n", banner.lines());

      assertThat(text)
          .contains("Ergane is up (1.5 s).")
          .contains(engines(router))
          .contains(demo.manifests().getFirst().toString())
          .contains("curl -iN http://127.0.0.1:" + router.port() + "/v1/chat/completions")
          .contains("`./ergane explain --admin http://127.0.0.1:" + router.adminPort() + "`");
    }
  }

  private static Router router(Demo demo) {
    RouterOptions options =
        RouterOptions.parse("--host=127.0.0.1", "--port=0", "--debug-port=0", "--metrics-port=0");
    return Router.start(options, new SourceOptions().sources(demo.manifests(), null), Map.of());
  }

  private static List<String> engines(Router router) {
    Dataplane.State state = router.dataplane().state();
    return state.watched().stream()
        .map(watched -> watched.endpoint().authority())
        .sorted()
        .collect(Collectors.toList());
  }
}
