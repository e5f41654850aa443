package io.ergane.controllers.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.RoutingImage;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineNamesTest {
  private static final ObjectName POOL = new ObjectName("default", "chat");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final NameSettings OFTEN =
      new NameSettings(Duration.ofMillis(20), Duration.ofSeconds(30), 2, 8);
  private static final NameSettings ONCE = OFTEN.withInterval(Duration.ofDays(1));

  private final Map<String, List<String>> dns = new ConcurrentHashMap<>();
  private final List<Compilation> handedOn = new CopyOnWriteArrayList<>();
  private @Nullable EngineNames names;

  @AfterEach
  void close() {
    if (names != null) {
      names.close();
    }
  }

  private EngineNames names(NameSettings settings) {
    return names(settings, this::addresses);
  }

  private EngineNames names(NameSettings settings, NameLookup lookup) {
    EngineNames made = new EngineNames(lookup, settings, handedOn::add);
    names = made;
    return made;
  }

  private List<String> addresses(String host) throws IOException {
    List<String> known = dns.get(host);
    if (known == null) {
      throw new UnknownHostException(host);
    }
    return known;
  }

  private static Compilation compilation(String... hosts) {
    List<Endpoint> rows = new ArrayList<>();
    for (String host : hosts) {
      rows.add(new Endpoint(new ObjectName("default", "p-" + rows.size()), host, 8000, false));
    }
    TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    tables.put(POOL, new EndpointTable(POOL, rows));
    return new Compilation(RoutingImage.EMPTY, tables, List.of(), Map.of());
  }

  /** Destinations of what was handed on last. */
  private List<String> destinations() {
    return rows().stream().map(Endpoint::destination).toList();
  }

  private List<Endpoint> rows() {
    return Objects.requireNonNull(handedOn.getLast().endpoints().get(POOL)).rows();
  }

  @Test
  void addressesPassUntouched() {
    Compilation declared = compilation("10.0.0.1", "fd00::1");

    names(
            ONCE,
            host -> {
              throw new AssertionError("looked up: " + host);
            })
        .accept(declared);

    assertThat(handedOn).singleElement().isSameAs(declared);
  }

  @Test
  void aTableIsMadeAnewOnlyWhenItOrWhatIsFoundChanges() {
    dns.put("vllm", List.of("10.0.0.1", "10.0.0.2"));
    EngineNames looking = names(OFTEN);
    Compilation declared = compilation("vllm", "10.0.0.9");
    looking.accept(declared);
    EndpointTable first = handedOn.getLast().endpoints().get(POOL);

    looking.accept(
        new Compilation(
            declared.image(), declared.endpoints(), declared.diagnostics(), declared.inForce()));
    assertThat(handedOn).hasSize(2);
    assertThat(handedOn.getLast().endpoints().get(POOL)).isSameAs(first);

    dns.put("vllm", List.of("10.0.0.2"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(destinations()).containsExactly("10.0.0.2:8000", "10.0.0.9:8000"));
  }

  @Test
  void aNameIsHandedOnWithItsFirstAddressAndItsName() {
    dns.put("vllm", List.of("10.0.0.2", "10.0.0.1"));

    names(ONCE).accept(compilation("vllm", "10.0.0.9"));

    assertThat(destinations()).containsExactly("10.0.0.2:8000", "10.0.0.9:8000");
    assertThat(handedOn).hasSize(1);
    assertThat(rows().getFirst().authority()).isEqualTo("vllm:8000");
    assertThat(handedOn.getLast().diagnostics()).isEmpty();
  }

  @Test
  void anAddressStaysWhileItIsAmongTheAnswers() {
    dns.put("vllm", List.of("10.0.0.1", "10.0.0.2"));
    EngineNames looking = names(OFTEN);
    looking.accept(compilation("vllm"));

    dns.put("vllm", List.of("10.0.0.2", "10.0.0.1"));
    dns.put("later", List.of("10.0.0.7"));
    looking.accept(compilation("vllm", "later"));
    assertThat(destinations()).containsExactly("10.0.0.1:8000", "10.0.0.7:8000");

    dns.put("vllm", List.of("10.0.0.2"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(destinations()).containsExactly("10.0.0.2:8000", "10.0.0.7:8000"));
  }

  @Test
  void aNameThatIsFoundNoMoreKeepsItsLastAddressAndAWarningSaysSo() {
    dns.put("vllm", List.of("10.0.0.1"));
    names(OFTEN).accept(compilation("vllm"));

    dns.remove("vllm");
    await().atMost(PATIENCE).until(() -> !handedOn.getLast().diagnostics().isEmpty());
    assertThat(destinations()).containsExactly("10.0.0.1:8000");
    assertThat(handedOn.getLast().diagnostics())
        .singleElement()
        .satisfies(warning -> {
          assertThat(warning.severity()).isEqualTo(Diagnostic.Severity.WARNING);
          assertThat(warning.subject()).isEqualTo("Pod default/p-0");
          assertThat(warning.message()).contains("'vllm'", "10.0.0.1");
        });

    dns.put("vllm", List.of("10.0.0.1"));
    await().atMost(PATIENCE).until(() -> handedOn.getLast().diagnostics().isEmpty());
  }

  @Test
  void aNameThatIsNotFoundIsHandedOnWithoutAnAddressAndFoundLater() {
    names(OFTEN).accept(compilation("vllm"));
    assertThat(rows().getFirst().address()).isNull();

    dns.put("vllm", List.of("fd00::5"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(destinations()).containsExactly("[fd00::5]:8000"));
  }

  @Test
  void aSlowLookupHoldsACompilationForABoundedTimeOnly() throws InterruptedException {
    CountDownLatch slow = new CountDownLatch(1);
    NameSettings hasty = new NameSettings(Duration.ofDays(1), Duration.ofMillis(50), 2, 8);
    EngineNames looking =
        names(
            hasty,
            host -> {
              try {
                slow.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return List.of("10.0.0.1");
            });

    looking.accept(compilation("vllm"));
    assertThat(destinations()).containsExactly("vllm:8000");

    slow.countDown();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(destinations()).containsExactly("10.0.0.1:8000"));
  }

  @Test
  void nothingIsHandedOnAfterTheEnd() {
    dns.put("vllm", List.of("10.0.0.1"));
    EngineNames looking = names(OFTEN);
    looking.accept(compilation("vllm"));

    looking.close();
    looking.accept(compilation("10.0.0.3"));

    assertThat(handedOn).hasSize(1);
  }
}
