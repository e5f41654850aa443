package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An API server, nodes and a shell that carries plans out, in virtual time. By itself everything
 * works at once: watches do not lag, pods start and end within one tick. Faults are brought in by
 * who uses it.
 */
final class SimCluster {
  static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  static final String BAD = "bad";

  final Map<String, SimPod> pods = new TreeMap<>();
  final Store<ObservedPod> podStore = new Store<>();
  final Store<ModelServing> servingStore = new Store<>();
  final Store<ObservedService> services = new Store<>();
  final Store<ObservedRevision> revisions = new Store<>();
  final Store<ObservedPodGroup> podGroups = new Store<>();
  final List<EventNote> events = new ArrayList<>();
  final List<Change> changes = new ArrayList<>();
  Instant now = START;
  GangSupport gang = GangSupport.NONE;
  boolean drains;

  /** Whether unknown status fields are dropped, as by the original definition of the kind. */
  boolean forgets;

  private int uids;
  private @Nullable Instant again;

  SimCluster(ModelServing serving) {
    servingStore.put("ms", serving);
  }

  /** What has come to rest over a serving with these changes made to it. */
  @SafeVarargs
  static SimCluster settled(ModelServing serving, UnaryOperator<ModelServing.Spec>... changes) {
    ModelServing changed = serving;
    for (UnaryOperator<ModelServing.Spec> change : changes) {
      changed = Servings.edit(changed, change);
    }
    SimCluster cluster = new SimCluster(changed);
    cluster.settle();
    return cluster;
  }

  ModelServing serving() {
    return Objects.requireNonNull(servingStore.get("ms"));
  }

  ModelServing.Status status() {
    return serving().status();
  }

  /** Images by the names of their pods. */
  SortedMap<String, String> images() {
    SortedMap<String, String> images = new TreeMap<>();
    pods.forEach((name, pod) -> images.put(name, pod.image()));
    return images;
  }

  /** Edits the spec as a user does. */
  void edit(UnaryOperator<ModelServing.Spec> change) {
    ModelServing old = serving();
    ModelServing edited = Servings.edit(old, change);
    if (edited.spec().equals(old.spec())) return;
    servingStore.put("ms", Servings.generation(edited, old.metadata().generation() + 1));
  }

  Observed observed() {
    return new Observed(
        servingStore.observed().getFirst(),
        podStore.observed(),
        services.observed(),
        revisions.observed(),
        podGroups.observed(),
        gang,
        drains);
  }

  Step plan() {
    return ServingPlan.next(observed(), now);
  }

  /** Shows everything to the observer. */
  void deliverAll() {
    for (Store<?> store : stores()) store.deliver(Integer.MAX_VALUE);
  }

  List<Store<?>> stores() {
    return List.of(podStore, servingStore, services, revisions, podGroups);
  }

  /** One plan, carried out whole, with fresh eyes; whether it had anything to do. */
  boolean reconcile() {
    deliverAll();
    Step step = plan();
    boolean busy = !step.changes().isEmpty() || !step.status().equals(status());
    begin(step);
    step.changes().forEach(this::apply);
    return busy;
  }

  /** Writes status and events. */
  void begin(Step step) {
    again = step.again();
    ModelServing stored = serving();
    events.addAll(step.events());
    if (step.status().equals(stored.status())) return;
    servingStore.put(
        "ms", stored.withStatus(forgets ? withoutGroups(step.status()) : step.status()));
    servingStore.read("ms");
  }

  private static ModelServing.Status withoutGroups(ModelServing.Status s) {
    return new ModelServing.Status(
        s.observedGeneration(),
        s.replicas(),
        s.currentReplicas(),
        s.updatedReplicas(),
        s.availableReplicas(),
        s.currentRevision(),
        s.updateRevision(),
        s.labelSelector(),
        s.conditions(),
        List.of());
  }

  /** Carries out one change as the API server does. */
  void apply(Change change) {
    changes.add(change);
    switch (change) {
      case Change.CreatePod create -> create(create);
      case Change.DrainPod drain ->
          change(drain.name(), drain.uid(), pod -> pod.drainingSince = drain.since());
      case Change.DeletePod delete ->
          change(delete.name(), delete.uid(), pod -> pod.terminating = true);
      case Change.CreateService create -> {
        if (services.get(create.name()) == null) {
          services.put(
              create.name(),
              new ObservedService(create.name(), uid(), Servings.UID, create.labels(), false));
        }
        services.read(create.name());
      }
      case Change.DeleteService delete -> {
        ObservedService service = services.get(delete.name());
        if (service != null && service.uid().equals(delete.uid())) services.remove(delete.name());
        services.read(delete.name());
      }
      case Change.CreateRevision create -> {
        if (revisions.get(create.name()) == null) {
          revisions.put(
              create.name(),
              new ObservedRevision(
                  create.name(),
                  uid(),
                  Servings.UID,
                  create.labels(),
                  create.number(),
                  create.data()));
        }
        revisions.read(create.name());
      }
      case Change.DeleteRevision delete -> {
        revisions.remove(delete.name());
        revisions.read(delete.name());
      }
      case Change.CreatePodGroup create -> {
        if (podGroups.get(create.name()) == null) {
          podGroups.put(
              create.name(),
              new ObservedPodGroup(
                  create.name(), uid(), Servings.UID, create.labels(), create.spec(), false));
        }
        podGroups.read(create.name());
      }
      case Change.UpdatePodGroup update -> {
        ObservedPodGroup old = podGroups.get(update.name());
        if (old != null && old.uid().equals(update.uid())) {
          podGroups.put(
              update.name(),
              new ObservedPodGroup(
                  old.name(), old.uid(), old.ownerUid(), old.labels(), update.spec(), false));
        }
        podGroups.read(update.name());
      }
      case Change.DeletePodGroup delete -> {
        ObservedPodGroup old = podGroups.get(delete.name());
        if (old != null && old.uid().equals(delete.uid())) podGroups.remove(delete.name());
        podGroups.read(delete.name());
      }
    }
  }

  private String uid() {
    return "uid-" + ++uids;
  }

  private void create(Change.CreatePod create) {
    if (!pods.containsKey(create.name())) {
      put(
          new SimPod(
              create.name(),
              uid(),
              Servings.UID,
              create.labels(),
              create.annotations(),
              create.spec()));
    }
    podStore.read(create.name());
  }

  private void change(String name, String uid, Consumer<SimPod> change) {
    SimPod pod = pods.get(name);
    if (pod != null && pod.uid.equals(uid)) touch(pod, change);
    podStore.read(name);
  }

  void put(SimPod pod) {
    pods.put(pod.name, pod);
    podStore.put(pod.name, pod.observed());
  }

  /** Changes a pod as its node or a user does. */
  void touch(SimPod pod, Consumer<SimPod> change) {
    change.accept(pod);
    podStore.put(pod.name, pod.observed());
  }

  void remove(SimPod pod) {
    pods.remove(pod.name);
    podStore.remove(pod.name);
  }

  SimPod pod(String name) {
    return Objects.requireNonNull(pods.get(name), () -> "no pod " + name + " in " + pods.keySet());
  }

  List<SimPod> pods(Predicate<SimPod> which) {
    return pods.values().stream().filter(which).toList();
  }

  /** What nodes do in one tick when all goes well. */
  void nodes(Predicate<SimPod> which) {
    for (SimPod pod : List.copyOf(pods.values())) {
      if (!which.test(pod)) continue;
      if (pod.terminating) remove(pod);
      else if (pod.image().equals(BAD)) pull(pod);
      else if (pod.phase == Phase.PENDING) touch(pod, p -> p.phase = Phase.RUNNING);
      else if (pod.phase == Phase.RUNNING && !pod.ready) touch(pod, p -> p.ready = true);
      else if (pod.drainingSince != null) drain(pod);
    }
  }

  private void pull(SimPod pod) {
    if (pod.trouble == null) touch(pod, p -> p.trouble = "image bad cannot be pulled");
  }

  private void drain(SimPod pod) {
    if (!pod.outOfRouting) touch(pod, p -> p.outOfRouting = true);
    else if (pod.requests > 0) touch(pod, p -> p.requests--);
  }

  /** Lets all work well until nothing changes any more. */
  void settle() {
    settle(_ -> {});
  }

  /** As {@link #settle()}, and checks something after every tick. */
  void settle(Consumer<SimCluster> check) {
    for (int tick = 0; tick < 600; tick++) {
      boolean busy = reconcile();
      check.accept(this);
      boolean moving = !quiet();
      nodes(_ -> true);
      check.accept(this);
      if (!busy && !moving) {
        if (again == null || again.isAfter(now.plus(Duration.ofDays(1)))) return;
        now = again.isAfter(now) ? again : now.plusSeconds(1);
      } else {
        now = now.plusSeconds(1);
      }
    }
    assertThat(plan().changes()).as("still busy; %s", status().conditions()).isEmpty();
  }

  /** Plans and ticks for a while. */
  void run(int seconds, Consumer<SimCluster> check) {
    for (int i = 0; i < seconds; i++) {
      reconcile();
      check.accept(this);
      nodes(_ -> true);
      check.accept(this);
      now = now.plusSeconds(1);
    }
  }

  private boolean quiet() {
    return pods.values().stream()
        .allMatch(pod ->
            !pod.terminating
                && (pod.drainingSince == null || (pod.outOfRouting && pod.requests == 0))
                && (pod.serves()
                    || pod.phase == Phase.FAILED
                    || pod.image().equals(BAD)
                    || pod.drainingSince != null));
  }

  /**
   * Groups whose pods all serve, or that have what the spec says and something that goes beside.
   */
  List<String> availableGroups() {
    Map<String, List<SimPod>> groups = new TreeMap<>();
    for (SimPod pod : pods.values()) {
      groups.computeIfAbsent(pod.label(Names.GROUP), _ -> new ArrayList<>()).add(pod);
    }
    return groups.entrySet().stream()
        .filter(entry -> available(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean available(List<SimPod> group) {
    Map<String, Integer> serving = new TreeMap<>();
    Map<String, Integer> sizes = new TreeMap<>();
    for (SimPod pod : group) {
      String id = pod.label(Names.ROLE_ID);
      sizes.put(id, Integer.parseInt(pod.env().getOrDefault("GROUP_SIZE", "1")));
      serving.merge(id, pod.serves() ? 1 : 0, Integer::sum);
    }
    boolean all = sizes.equals(serving);
    return all
        || serving().spec().template().roles().stream()
            .allMatch(role ->
                sizes.keySet().stream()
                        .filter(id -> Names.ordinal(role.name(), id) >= 0)
                        .filter(id -> Objects.equals(sizes.get(id), serving.get(id)))
                        .count()
                    >= role.replicas());
  }
}
