package io.ergane.controllers.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.ModelServing;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.EventRecorder;
import io.ergane.controllers.kubernetes.Kind;
import io.ergane.controllers.kubernetes.TestCluster;
import io.ergane.controllers.kubernetes.Workqueue;
import io.ergane.controllers.serving.plan.Change;
import io.ergane.controllers.serving.plan.EventNote;
import io.ergane.controllers.serving.plan.Names;
import io.ergane.controllers.serving.plan.Observed;
import io.ergane.controllers.serving.plan.ObservedPod;
import io.ergane.controllers.serving.plan.Step;
import io.ergane.core.compile.Compilation;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shell with plans that are simpler than the real one. */
@NeedsPart(Part.API_SERVER)
final class ServingControllerTest {
  private static final Map<String, Object> POD =
      Map.of("containers", List.of(Map.of("name", "engine", "image", "engine")));

  private final TestCluster test = new TestCluster();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Observed> plans = new CopyOnWriteArrayList<>();
  private final AtomicBoolean acknowledged = new AtomicBoolean();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(test.cluster));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private final class FakePlanes implements DataPlanes {
    @Override
    public boolean canDrain() {
      return true;
    }

    @Override
    public Compilation decidedBy() {
      return Compilation.EMPTY;
    }

    @Override
    public boolean acknowledged() {
      return acknowledged.get();
    }
  }

  private ServingController run(Cluster cluster, BiFunction<Observed, Instant, Step> plan) {
    EventRecorder events =
        new EventRecorder(cluster, ServingController.COMPONENT, Clock.systemUTC());
    open.add(events);
    cluster.measure(registry);
    ServingController controller =
        new ServingController(
            (observed, now) -> {
              plans.add(observed);
              return plan.apply(observed, now);
            },
            cluster,
            new FakePlanes(),
            events,
            Clock.systemUTC(),
            Workqueue.Pace.DEFAULT,
            registry);
    open.add(controller);
    return controller;
  }

  private void serving(int replicas) {
    test.create(
        Kind.MODEL_SERVING,
        """
        {"apiVersion": "workload.serving.volcano.sh/v1alpha1", "kind": "ModelServing",
         "metadata": {"name": "ms"},
         "spec": {"replicas": %d, "template": {"roles": [{"name": "decode", "workerReplicas": 0,
          "entryTemplate": {"spec": {"containers": [{"name": "engine", "image": "engine"}]}}}]}}}
        """
            .formatted(replicas));
  }

  private static Change.CreatePod pod(String name) {
    return new Change.CreatePod(name, Map.of(Names.NAME, "ms"), Map.of(), POD);
  }

  private static ModelServing.Status status(Observed observed, int replicas) {
    ModelServing.Status old = observed.serving().status();
    return new ModelServing.Status(
        observed.serving().metadata().generation(),
        replicas,
        0,
        0,
        0,
        old.currentRevision(),
        "r1",
        null,
        List.of(),
        List.of());
  }

  /** As many pods as replicas, none that leaves counted. */
  private static Step asMany(Observed observed, Instant now) {
    Set<String> there = new TreeSet<>();
    observed.pods().forEach(pod -> there.add(pod.name()));
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < observed.serving().spec().replicas(); i++) {
      if (!there.contains("ms-" + i)) {
        changes.add(pod("ms-" + i));
      }
    }
    return new Step(changes, status(observed, there.size()), List.of(), null);
  }

  private double writes(String verb) {
    return registry.find("ergane.cluster.writes").tag("verb", verb).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private String pods() {
    return TestCluster.SERVER.get("/api/v1/namespaces/" + test.namespace + "/pods");
  }

  private static void soon(Runnable assertion) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion::run);
  }

  @Test
  void eachObjectIsMadeOnceByItsOwnerAndAResyncWritesNothing() throws InterruptedException {
    serving(8);
    ServingController controller = run(test.cluster, ServingControllerTest::asMany);
    soon(() -> assertThat(test.get(Kind.MODEL_SERVING, "ms")).contains("\"replicas\":8,\"update"));
    assertThat(writes("create")).isGreaterThanOrEqualTo(8).isLessThan(9);
    assertThat(pods())
        .contains(
            "\"kind\":\"ModelServing\"", "\"controller\":true", "\"blockOwnerDeletion\":true");
    double before = writes("create") + writes("status");
    assertThat(plans.size())
        .describedAs("looks: ours are not looked at again")
        .isLessThanOrEqualTo(5);
    assertThat(writes("status")).as("it is told once, when all is made").isEqualTo(1);
    test.merge(Kind.MODEL_SERVING, "ms", "{\"metadata\": {\"annotations\": {\"a\": \"b\"}}}");
    int planned = plans.size();
    soon(() -> assertThat(plans.size()).isGreaterThan(planned));
    Thread.sleep(200);
    assertThat(writes("create") + writes("status")).isEqualTo(before);
    assertThat(controller.cacheText()).contains(test.namespace + "/ms");
  }

  @Test
  void ownWritesArePartOfTheNextObservation() {
    serving(20);
    run(test.cluster, ServingControllerTest::asMany);
    soon(() -> {
      assertThat(plans).isNotEmpty();
      assertThat(plans.getLast().pods()).hasSize(20);
    });
    int most = 0;
    for (Observed each : plans) {
      assertThat(each.pods().size()).isGreaterThanOrEqualTo(most);
      most = each.pods().size();
    }
  }

  private static Step failing(Observed observed, int replicas) {
    return new Step(
        List.of(pod("Not_A_Name"), pod("never")),
        status(observed, replicas),
        List.of(new EventNote(false, "RoleCreating", "Role decode/decode-0")),
        null);
  }

  private void failureIsTold(int replicas) {
    soon(() -> {
      assertThat(test.get(Kind.MODEL_SERVING, "ms")).contains("\"replicas\":" + replicas);
      assertThat(TestCluster.SERVER.get(events()))
          .contains("RoleCreating", "FailedChange", "Not_A_Name");
    });
    assertThat(pods()).doesNotContain("\"never\"");
  }

  @Test
  void aFirstStatusIsWrittenEvenIfNothingCanBeMadeAndTheFirstFailureEndsTheRest() {
    serving(1);
    run(test.cluster, (observed, _) -> failing(observed, 7));
    failureIsTold(7);
  }

  @Test
  void laterStatusesAreWrittenBeforeTheChanges() {
    serving(1);
    run(
        test.cluster,
        (observed, _) ->
            observed.serving().status().equals(ModelServing.Status.EMPTY)
                ? new Step(List.of(), status(observed, 5), List.of(), null)
                : failing(observed, 7));
    failureIsTold(7);
  }

  private String events() {
    return "/api/v1/namespaces/" + test.namespace + "/events";
  }

  @Test
  void anObjectOfAnotherOwnerIsLeftAloneAndSaidSo() {
    test.pod("ms-0", "somebody");
    serving(1);
    run(test.cluster, ServingControllerTest::asMany);
    soon(() -> assertThat(TestCluster.SERVER.get(events())).contains("Occupied", "ms-0"));
    assertThat(pods()).doesNotContain("ownerReferences");
  }

  /** Drains every pod and deletes those that data planes have let go. */
  private static Step drainAll(Observed observed, Instant now) {
    List<Change> changes = new ArrayList<>();
    for (ObservedPod pod : observed.pods()) {
      if (pod.drainingSince() == null && observed.drains()) {
        changes.add(
            new Change.DrainPod(
                pod.name(), pod.uid(), now, now.plusSeconds(60), "all are drained"));
      } else if (pod.outOfRouting() || !observed.drains()) {
        changes.add(new Change.DeletePod(pod.name(), pod.uid(), "it is drained"));
      }
    }
    return new Step(changes, status(observed, observed.pods().size()), List.of(), null);
  }

  @Test
  void aPodIsMarkedAndGoesWhenDataPlanesHaveLetItGo() {
    serving(1);
    test.pod("ms-0", "x");
    test.merge(Kind.POD, "ms-0", "{\"metadata\": {\"labels\": {\"" + Names.NAME + "\": \"ms\"}}}");
    run(test.cluster, ServingControllerTest::drainAll);
    soon(() -> assertThat(pods()).contains(Names.DRAINING));
    await().during(Duration.ofMillis(700)).until(() -> pods().contains("\"ms-0\""));
    acknowledged.set(true);
    soon(() -> assertThat(pods()).doesNotContain("\"ms-0\""));
  }

  /** A pod that is dear is kept; the others are deleted, the last first. */
  private static Step deleteCheapest(Observed observed) {
    List<Change> changes = new ArrayList<>();
    if (observed.pods().size() > observed.serving().spec().replicas()) {
      observed.pods().stream()
          .filter(pod -> !pod.annotations().containsKey(Names.DELETION_COST))
          .max(Comparator.comparing(ObservedPod::name))
          .ifPresent(pod ->
              changes.add(new Change.DeletePod(pod.name(), pod.uid(), "it is one too many")));
    }
    return new Step(changes, status(observed, observed.pods().size()), List.of(), null);
  }

  @Test
  void whatWasSaidOfPodsBeforeTheModelServingWasChangedDecidesWhichOfThemGoes() {
    serving(1);
    for (String pod : List.of("ms-0", "ms-1")) {
      test.pod(pod, "x");
      test.merge(Kind.POD, pod, "{\"metadata\": {\"labels\": {\"" + Names.NAME + "\": \"ms\"}}}");
    }
    AtomicBoolean told = new AtomicBoolean();
    run(
        test.cluster,
        (observed, _) -> {
          Step step = deleteCheapest(observed);
          if (!step.changes().isEmpty() && told.compareAndSet(false, true)) {
            test.merge(
                Kind.POD,
                "ms-1",
                "{\"metadata\": {\"annotations\": {\"%s\": \"9\"}}}"
                    .formatted(Names.DELETION_COST));
          }
          return step;
        });
    soon(() -> assertThat(pods()).doesNotContain("\"name\":\"ms-0\""));
    assertThat(pods()).contains("\"name\":\"ms-1\"");
  }

  @Test
  void wherePodsMayNotBeMarkedTheyAreDeletedAtOnce() {
    String token = TestCluster.SERVER.serviceAccountToken(test.namespace, "kthena");
    var _ =
        TestCluster.SERVER.kubectlWith(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: kthena-controller-manager}
            rules:
            - {apiGroups: [workload.serving.volcano.sh], resources: [modelservings], verbs: [create, delete, get, list, patch, update, watch]}
            - {apiGroups: [workload.serving.volcano.sh], resources: [modelservings/status], verbs: [get, patch, update]}
            - {apiGroups: [""], resources: [pods], verbs: [create, delete, deletecollection, get, list, watch]}
            - {apiGroups: [""], resources: [services], verbs: [create, delete, get, list, watch]}
            - {apiGroups: [""], resources: [events], verbs: [create, patch, update]}
            - {apiGroups: [apps], resources: [controllerrevisions], verbs: [create, delete, get, list, update]}
            - {apiGroups: [scheduling.volcano.sh], resources: [podgroups], verbs: [create, delete, get, list, update, watch]}
            - {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, list, watch]}
            """,
            "apply",
            "-f",
            "-");
    var _ =
        TestCluster.SERVER.kubectl(
            "create",
            "clusterrolebinding",
            test.namespace,
            "--clusterrole=kthena-controller-manager",
            "--serviceaccount=" + test.namespace + ":kthena");
    serving(1);
    test.pod("ms-0", "x");
    test.merge(Kind.POD, "ms-0", "{\"metadata\": {\"labels\": {\"" + Names.NAME + "\": \"ms\"}}}");
    Cluster kthena = test.open(token);
    open.add(kthena);
    run(kthena, ServingControllerTest::drainAll);
    soon(() -> assertThat(pods()).doesNotContain("\"ms-0\""));
    assertThat(plans.getLast().drains()).isFalse();
  }
}
