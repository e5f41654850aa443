package io.ergane.controllers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.ObjectName;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@NeedsPart(Part.API_SERVER)
final class OverlaidCacheTest {
  private record Service(ObjectName name, String uid, String version, String owner)
      implements Versioned {
    static Service of(Map<String, Object> tree) {
      return new Service(
          new ObjectName(
              Fields.text(tree, "metadata", "namespace"), Fields.text(tree, "metadata", "name")),
          Fields.text(tree, "metadata", "uid"),
          Fields.text(tree, "metadata", "resourceVersion"),
          Fields.text(tree, "metadata", "labels", "owner"));
    }

    ObjectName of() {
      return new ObjectName(name.namespace(), owner);
    }
  }

  private static Map<String, Object> service(String name) {
    return Map.of(
        "metadata", Map.of("name", name, "labels", Map.of("owner", "a")),
        "spec", Map.of("clusterIP", "None", "selector", Map.of("app", "x")));
  }

  @Test
  void ourOwnWritesAreThereBeforeTheWatchTellsAndToldOfOnce() {
    TestCluster test = new TestCluster();
    ObjectName owner = new ObjectName(test.namespace, "a");
    List<String> told = new CopyOnWriteArrayList<>();
    try (OverlaidCache<Service> cache =
        new OverlaidCache<>(
            test.cluster,
            Kind.SERVICE,
            List.of(Selection.labelled(test.namespace, "owner")),
            Extract.ofAll(Service::of),
            Service::of,
            (before, after) -> told.add(name(before) + " -> " + name(after)))) {
      await().until(cache::synced);
      for (int i = 0; i < 20; i++) {
        Service written =
            cache.wrote(test.cluster.create(Kind.SERVICE, test.namespace, service("s" + i)));
        assertThat(cache.of(owner)).contains(written).hasSize(i + 1);
      }
      await().atMost(Duration.ofSeconds(10)).until(() -> !cache.untold(owner));
      assertThat(cache.of(owner)).hasSize(20);
      assertThat(told).hasSize(20).doesNotHaveDuplicates().contains("null -> s0");
      Service first = cache.of(owner).iterator().next();
      var _ = test.cluster.delete(Kind.SERVICE, first.name(), first.uid(), null);
      cache.removed(first.name(), first.uid());
      assertThat(cache.of(owner)).hasSize(19).doesNotContain(first);
      await().atMost(Duration.ofSeconds(10)).until(() -> !cache.untold(owner));
      assertThat(cache.of(owner)).hasSize(19);
      assertThat(told).hasSize(21).endsWith(first.name().name() + " -> null");
      test.create(
          Kind.SERVICE,
          """
          {"apiVersion": "v1", "kind": "Service",
           "metadata": {"name": "s99", "labels": {"owner": "a"}},
           "spec": {"clusterIP": "None", "selector": {"app": "x"}}}
          """);
      await().atMost(Duration.ofSeconds(10)).until(() -> told.size() > 21);
      assertThat(told).hasSize(22).endsWith("null -> s99");
    }
    test.cluster.close();
  }

  @Test
  void aFormThatIsKnownIsNotReadAgain() {
    TestCluster test = new TestCluster();
    Service known = new Service(new ObjectName(test.namespace, "s1"), "uid", "1", "known");
    List<String> read = new CopyOnWriteArrayList<>();
    Extract<Service> extract =
        Extract.ofAll(tree -> {
          read.add(Fields.text(tree, "metadata", "name"));
          return Service.of(tree);
        });
    try (Cache<Service> cache =
        test.cluster.cache(
            Kind.SERVICE,
            Selection.labelled(test.namespace, "owner"),
            extract,
            (name, version) -> name.equals(known.name()) && !version.isEmpty() ? known : null,
            (_, _, _) -> {})) {
      await().until(() -> cache.state() == Cache.State.SYNCED);
      for (String name : List.of("s1", "s2")) {
        var _ = test.cluster.create(Kind.SERVICE, test.namespace, service(name));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> cache.get(new ObjectName(test.namespace, "s2")) != null);
      assertThat(cache.get(known.name())).isEqualTo(known);
      assertThat(read).containsExactly("s2");
    }
    test.cluster.close();
  }

  private static String name(@Nullable Service service) {
    return service == null ? "null" : service.name().name();
  }

  @Test
  void whatMayBeListedAndNotWatchedIsKnownAllTheSame() {
    TestCluster test = new TestCluster();
    String token = TestCluster.SERVER.serviceAccountToken(test.namespace, "lister");
    for (String[] made :
        List.of(
            new String[] {"role", "--verb=list", "--resource=services"},
            new String[] {
              "rolebinding", "--role=lister", "--serviceaccount=" + test.namespace + ":lister"
            })) {
      var _ =
          TestCluster.SERVER.kubectl(
              "create", made[0], "lister", made[1], made[2], "-n", test.namespace);
    }
    ObjectName owner = new ObjectName(test.namespace, "a");
    try (Cluster lister = test.open(token);
        OverlaidCache<Service> cache =
            new OverlaidCache<>(
                lister,
                Kind.SERVICE,
                List.of(Selection.labelled(test.namespace, "owner")),
                Extract.ofAll(Service::of),
                Service::of,
                (_, _) -> {})) {
      await().atMost(Duration.ofSeconds(30)).until(cache::synced);
      for (int i = 1; i <= 2; i++) {
        int count = i;
        var _ = test.cluster.create(Kind.SERVICE, test.namespace, service("s" + i));
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> {
              assertThat(cache.synced()).isTrue();
              return cache.of(owner).size() == count;
            });
      }
    }
    test.cluster.close();
  }

  @Test
  void anObjectOfTheSameNameThatIsAnotherIsNotDeleted() {
    TestCluster test = new TestCluster();
    Service stored = Service.of(test.cluster.create(Kind.SERVICE, test.namespace, service("same")));
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> test.cluster.delete(Kind.SERVICE, stored.name(), "another-uid", null))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.conflict()).isTrue());
    assertThat(test.get(Kind.SERVICE, "same")).contains(stored.uid());
    test.cluster.close();
  }
}
