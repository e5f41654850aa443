package io.ergane.xds.translate;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.HostPort;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.translate.EnvoySettings.Body;
import io.ergane.xds.translate.EnvoySettings.ClientTls;
import io.ergane.xds.translate.EnvoySettings.Identity;
import io.ergane.xds.translate.EnvoySettings.Listener;
import io.ergane.xds.translate.EnvoySettings.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Arguments of a translation under a name that says what is special about them. */
record Case(
    String name,
    RoutingImage image,
    SortedMap<ObjectName, EndpointTable> endpoints,
    EnvoySettings settings) {

  static final Identity IDENTITY = new Identity("/etc/ergane/tls.crt", "/etc/ergane/tls.key");
  static final ClientTls MUTUAL_TLS =
      new ClientTls("/etc/ergane/ca.crt", List.of("scheduler.ergane.svc"), IDENTITY);

  static List<Case> all() {
    EnvoySettings settings = EnvoySettings.DEFAULT;
    TrafficPolicy patient = new TrafficPolicy(30_000, 3, 250);
    return List.of(
        of("default", settings, pool("chat", TrafficPolicy.DEFAULT)),
        of("nothing-served", settings),
        of(
            "two-pools",
            settings,
            pool("chat", TrafficPolicy.DEFAULT),
            pool("code", new TrafficPolicy(0, 1, 0))),
        of("traffic-policy", settings, pool("chat", patient)),
        of("fail-open", settings.withFailOpen(true), pool("chat", TrafficPolicy.DEFAULT)),
        of(
            "long-bodies",
            settings.withBody(new Body(32 << 20, 1 << 20)),
            pool("chat", TrafficPolicy.DEFAULT)),
        of("kthena-errors", settings.withKthenaErrors(true), pool("chat", TrafficPolicy.DEFAULT)),
        of(
            "schedulers-by-name-with-mutual-tls",
            settings.withScheduler(
                new Scheduler(
                    List.of(new HostPort("scheduler.ergane.svc", 9002)),
                    MUTUAL_TLS,
                    Duration.ofSeconds(30),
                    Duration.ofMillis(50))),
            pool("chat", TrafficPolicy.DEFAULT)),
        of(
            "schedulers-by-address-with-tls",
            settings.withScheduler(
                new Scheduler(
                    List.of(new HostPort("10.0.0.5", 9002), new HostPort("fd00::5", 9002)),
                    new ClientTls("ca.crt", List.of("10.0.0.5", "fd00::5"), null),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(100))),
            pool("chat", TrafficPolicy.DEFAULT)),
        of(
            "listener-tls",
            settings.withListener(new Listener("::", 8443, IDENTITY)),
            pool("chat", TrafficPolicy.DEFAULT)));
  }

  static Case named(String name) {
    return all().stream().filter(c -> c.name.equals(name)).findFirst().orElseThrow();
  }

  static Case of(String name, EnvoySettings settings, Pool... pools) {
    TreeMap<ObjectName, EndpointTable> endpoints = new TreeMap<>();
    for (Pool pool : pools) {
      endpoints.put(pool.name(), table(pool.name(), "127.0.0.2", "127.0.0.3"));
    }
    return new Case(name, image(pools), endpoints, settings);
  }

  static RoutingImage image(Pool... pools) {
    return new RoutingImage(
        List.of(), Arrays.asList(pools), new TreeSet<>(), SchedulingProfile.DEFAULT);
  }

  static Pool pool(String name, TrafficPolicy traffic) {
    return new Pool(
        new ObjectName("default", name),
        null,
        InferenceEngine.VLLM,
        new TreeMap<>(),
        8000,
        false,
        traffic,
        null);
  }

  static EndpointTable table(ObjectName pool, String... hosts) {
    List<Endpoint> rows = new ArrayList<>();
    for (String host : hosts) {
      ObjectName pod = new ObjectName(pool.namespace(), pool.name() + "-" + rows.size());
      rows.add(new Endpoint(pod, host, 8000, false));
    }
    return new EndpointTable(pool, rows);
  }

  ResourceSet translate() {
    return EnvoyTranslation.translate(image, endpoints, settings);
  }

  @Override
  public String toString() {
    return name;
  }
}
