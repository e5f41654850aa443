package io.ergane.dataplane.telemetry;

import static io.ergane.dataplane.Fleet.PREFIX_ONLY;
import static io.ergane.dataplane.Fleet.endpoint;
import static io.ergane.dataplane.Fleet.endpoints;
import static io.ergane.dataplane.Fleet.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.Endpoint;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Fleet;
import io.ergane.dataplane.Hold;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataplaneMetricsTest {
  private final AtomicLong now = new AtomicLong();
  private final Dataplane dataplane = new Dataplane(settings(3, 1 << 12), now::get);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @BeforeEach
  void register() {
    new DataplaneMetrics(dataplane, registry);
  }

  private Scrape scrape() {
    return Scrape.of(registry.scrape());
  }

  @Test
  void theImageInForceIsNamedByItsHash() {
    assertThat(scrape().labelSets("ergane_routing_image_info"))
        .containsExactly(Map.of("hash", dataplane.state().image().hash()));
    dataplane.apply(Fleet.of(endpoints(2)));
    assertThat(scrape().labelSets("ergane_routing_image_info"))
        .containsExactly(Map.of("hash", dataplane.state().image().hash()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ergane_endpoint_in_flight",
        "ergane_endpoint_ejected",
        "ergane_endpoint_signal_age_seconds",
        "ergane_endpoint_kv_cache_usage",
        "ergane_endpoint_waiting",
        "ergane_endpoint_ejections_total"
      })
  void everyEndpointHasASeriesAsLongAsItIsKnown(String name) {
    dataplane.apply(Fleet.of(endpoints(2)));
    assertThat(scrape().labelSets(name))
        .containsExactlyInAnyOrder(
            Map.of("endpoint", "default/pod-0000", "port", "8000"),
            Map.of("endpoint", "default/pod-0001", "port", "8000"));
    dataplane.apply(Fleet.of(endpoint(1)));
    assertThat(scrape().labelSets(name))
        .containsExactly(Map.of("endpoint", "default/pod-0001", "port", "8000"));
  }

  @Test
  void gaugesFollowTheState() {
    dataplane.apply(Fleet.of(endpoints(1)));
    assertThat(scrape().sum("ergane_endpoint_kv_cache_usage")).isNaN();
    assertThat(scrape().sum("ergane_endpoint_signal_age_seconds")).isNaN();
    Hold hold = Fleet.choose(dataplane, Fleet.REQUEST, 1);
    dataplane.board().sample(hold.slot(), 1, 7, 0.25f, 0, 0, 0);
    now.set(1_500_000_000L);
    for (int i = 0; i < 3; i++) {
      hold.failed();
    }
    Scrape scrape = scrape();
    assertThat(scrape.sum("ergane_endpoint_in_flight")).isEqualTo(1);
    assertThat(scrape.sum("ergane_endpoint_waiting")).isEqualTo(7);
    assertThat(scrape.sum("ergane_endpoint_kv_cache_usage")).isEqualTo(0.25);
    assertThat(scrape.sum("ergane_endpoint_signal_age_seconds")).isCloseTo(1.5, within(1e-6));
    assertThat(scrape.sum("ergane_endpoint_ejected")).isEqualTo(1);
    assertThat(scrape.sum("ergane_endpoint_ejections_total")).isEqualTo(1);
    hold.end();
    assertThat(scrape().sum("ergane_endpoint_in_flight")).isZero();
  }

  @Test
  void endpointsAreCountedAgainstTheirBound() {
    dataplane.apply(Fleet.of(endpoints(5)));
    Scrape scrape = scrape();
    assertThat(scrape.sum("ergane_endpoints")).isEqualTo(3);
    assertThat(scrape.sum("ergane_endpoints_left_out")).isEqualTo(2);
    assertThat(scrape.sum("ergane_endpoints_limit")).isEqualTo(3);
  }

  @Test
  void entriesOfThePrefixIndexesAreSummed() {
    dataplane.apply(
        new Fleet()
            .profiled(PREFIX_ONLY)
            .pool(Fleet.name("a"), endpoint(0))
            .pool(Fleet.name("b"), endpoint(1))
            .compilation());
    Fleet.choose(Fleet.pool(dataplane, Fleet.name("a")), Fleet.request(1, 5), 1).end();
    Fleet.choose(Fleet.pool(dataplane, Fleet.name("b")), Fleet.request(2, 6), 1).end();
    assertThat(scrape().types()).containsEntry("kthena_router_prefix_cache_entries", "gauge");
    assertThat(scrape().sum("kthena_router_prefix_cache_entries")).isEqualTo(11);
  }

  @Test
  void diagnosticsAreCountedBySeverityAndCodeAndGoWhenTheyAreMended() {
    Compilation sound = Fleet.of(endpoints(1));
    dataplane.apply(
        new Compilation(
            sound.image(),
            sound.endpoints(),
            List.of(
                diagnostic("target-missing", "a"),
                diagnostic("target-missing", "b"),
                diagnostic("bad-regex", "a")),
            Map.of()));
    Scrape scrape = scrape();
    assertThat(scrape.sum("ergane_diagnostics", "severity", "error", "code", "target-missing"))
        .isEqualTo(2);
    assertThat(scrape.sum("ergane_diagnostics")).isEqualTo(3);
    dataplane.apply(sound);
    assertThat(scrape().labelSets("ergane_diagnostics")).isEmpty();
  }

  private static Diagnostic diagnostic(String code, String subject) {
    return new Diagnostic(Diagnostic.Severity.ERROR, code, subject, "", "");
  }

  @Test
  void aPodWithSeveralPortsHasASeriesForEach() {
    Endpoint one = endpoint(0);
    Endpoint two = new Endpoint(one.pod(), one.host(), 9000, false);
    dataplane.apply(
        new Fleet().pool(Fleet.name("a"), one).pool(Fleet.name("b"), two).compilation());
    Hold hold = Fleet.choose(Fleet.pool(dataplane, Fleet.name("b")), Fleet.REQUEST, 1);

    Scrape scrape = scrape();
    assertThat(scrape.sum("ergane_endpoint_in_flight", "port", "8000")).isZero();
    assertThat(scrape.sum("ergane_endpoint_in_flight", "port", "9000")).isEqualTo(1);
    assertThat(scrape.sum("ergane_endpoints")).isEqualTo(2);
    hold.end();
  }
}
