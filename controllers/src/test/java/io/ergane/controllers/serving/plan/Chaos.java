package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ServingGroupStatus;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A simulated cluster under faults: watches lag, calls fail before or after they took effect, the
 * controller crashes at any point, pods fail, restart and are deleted, users edit the spec.
 */
final class Chaos {
  private static final List<String> IMAGES = List.of("v1", "v2", "v3", SimCluster.BAD);

  private final RandomGenerator random;
  final SimCluster cluster;
  private final StepLaws laws = new StepLaws();

  /** Groups that ran and were taken down by a rollout, until they run again. */
  private final Set<String> ours = new TreeSet<>();

  /** Most pods that a group had since the last change of counts. */
  private final Map<String, Integer> most = new TreeMap<>();

  /** What happened, for who looks into a breach. */
  private final StringBuilder story = new StringBuilder();

  private final boolean partitions;
  private final boolean podFaults;

  Chaos(RandomGenerator random, boolean podFaults) {
    this.random = random;
    this.podFaults = podFaults;
    partitions = random.nextInt(3) == 0;
    Role[] roles =
        random.nextBoolean()
            ? new Role[] {role("prefill"), role("decode")}
            : new Role[] {role("decode")};
    ModelServing serving = Servings.of(1 + random.nextInt(4), roles);
    serving = Servings.edit(serving, rollout());
    if (podFaults) serving = Servings.edit(serving, Servings.recovery(policy()));
    if (random.nextInt(4) == 0) {
      serving = Servings.edit(serving, Servings.grace(random.nextInt(40)));
    }
    boolean gangs = random.nextInt(3) == 0;
    if (gangs) serving = Servings.edit(serving, Servings.scheduler("volcano"));
    cluster = new SimCluster(serving);
    if (gangs) cluster.gang = GangSupport.PODGROUP_WITH_SUBGROUPS;
    cluster.drains = random.nextBoolean();
    cluster.forgets = podFaults && random.nextInt(6) == 0;
    cluster.deliverAll();
  }

  private Role role(String name) {
    Role role = Servings.role(name, 1 + random.nextInt(3), random.nextInt(2));
    return Servings.bounds(role, 1 + random.nextInt(2), null);
  }

  private RecoveryPolicy policy() {
    return RecoveryPolicy.values()[random.nextInt(RecoveryPolicy.values().length)];
  }

  private UnaryOperator<ModelServing.Spec> rollout() {
    int unavailable = 1 + random.nextInt(2);
    Integer partition = partitions ? (Integer) random.nextInt(3) : null;
    return random.nextBoolean()
        ? Servings.byGroup(unavailable, partition)
        : Servings.byRole(unavailable, partition);
  }

  /** Lets faults happen for a number of ticks. */
  void rage(int ticks) {
    for (int i = 0; i < ticks; i++) {
      cluster.now = cluster.now.plusSeconds(1 + random.nextInt(8));
      cluster.nodes(_ -> random.nextInt(3) > 0);
      recount();
      if (podFaults && random.nextInt(5) == 0) podFault();
      requests();
      if (random.nextInt(12) == 0) {
        edit();
        tell(
            "spec is "
                + cluster.serving().spec().replicas()
                + " "
                + cluster.serving().spec().rolloutStrategy()
                + " "
                + cluster.serving().spec().template().roles());
      }
      cluster.stores().forEach(store -> store.deliver(random.nextInt(6)));
      if (random.nextInt(4) > 0) reconcile();
    }
  }

  /** Ends all faults, lets everything work, and checks the outcome. */
  void calm() {
    List.copyOf(cluster.pods.values()).stream()
        .filter(pod -> !Servings.UID.equals(pod.owner))
        .forEach(cluster::remove);
    boolean bad =
        cluster.serving().spec().template().roles().stream()
            .anyMatch(role -> role.toString().contains("image=" + SimCluster.BAD));
    if (bad) cluster.edit(Servings.images("v4"));
    cluster.stores().forEach(Store::list);
    cluster.settle();
    Outcome.check(cluster);
  }

  private void recount() {
    counts().forEach((group, count) -> most.merge(group, count, Math::max));
    ours.removeAll(cluster.availableGroups());
  }

  private Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (SimPod pod : cluster.pods.values()) counts.merge(pod.label(Names.GROUP), 1, Integer::sum);
    return counts;
  }

  /** Whether a group serves, has all its pods, and looks like that to the controller as well. */
  private boolean whole(String group, Observed observed) {
    return cluster.availableGroups().contains(group)
        && Objects.equals(counts().get(group), most.get(group))
        && observed.pods().stream()
            .filter(pod -> group.equals(pod.labels().get(Names.GROUP)))
            .allMatch(ObservedPod::serves);
  }

  private void requests() {
    for (SimPod pod : cluster.pods.values()) {
      if (!pod.serves() || random.nextInt(4) > 0) continue;
      int running = random.nextInt(4);
      cluster.touch(
          pod,
          p -> {
            p.watched = true;
            p.requests = running;
          });
    }
  }

  private void podFault() {
    List<SimPod> all = new ArrayList<>(cluster.pods.values());
    if (all.isEmpty()) return;
    SimPod pod = all.get(random.nextInt(all.size()));
    tell("fault at " + pod.name);
    switch (random.nextInt(8)) {
      case 0 -> cluster.touch(pod, p -> p.terminating = true);
      case 1 -> cluster.remove(pod);
      case 2 -> end(pod);
      case 3, 4 -> restart(pod);
      case 5 -> cluster.touch(pod, p -> p.ready = false);
      case 6 -> cluster.services.remove(pod.name);
      default -> cluster.podGroups.remove(pod.label(Names.GROUP));
    }
  }

  private void end(SimPod pod) {
    cluster.touch(
        pod,
        p -> {
          p.phase = random.nextBoolean() ? Phase.FAILED : Phase.SUCCEEDED;
          p.ready = false;
        });
  }

  private void restart(SimPod pod) {
    if (pod.phase != Phase.RUNNING) return;
    cluster.touch(
        pod,
        p -> {
          p.restarts++;
          p.ready = false;
        });
  }

  private void edit() {
    switch (random.nextInt(podFaults ? 7 : 2)) {
      case 0, 1 -> cluster.edit(Servings.images(image()));
      case 2 -> scale(Servings.groups(random.nextInt(5)));
      case 3 -> scale(Servings.role("decode", r -> Servings.replicas(r, random.nextInt(4))));
      case 4 -> cluster.edit(rollout());
      case 5 -> cluster.edit(Servings.recovery(policy()));
      default -> roles();
    }
  }

  private void scale(UnaryOperator<ModelServing.Spec> change) {
    cluster.edit(change);
    ours.clear();
    most.clear();
    recount();
  }

  private void roles() {
    boolean has =
        cluster.serving().spec().template().roles().stream()
            .anyMatch(role -> role.name().equals("extra"));
    scale(
        has
            ? Servings.withoutRole("extra")
            : Servings.withRole(Servings.role("extra", 1, random.nextInt(2), "v1")));
  }

  /** No bad image where a partition may keep it for ever. */
  private String image() {
    return IMAGES.get(random.nextInt(partitions ? IMAGES.size() - 1 : IMAGES.size()));
  }

  String story() {
    return story.toString();
  }

  private void tell(String what) {
    story.append(cluster.now.toString(), 11, 19).append(' ').append(what).append('\n');
  }

  private void reconcile() {
    Observed observed = cluster.observed();
    Step step = ServingPlan.next(observed, cluster.now);
    tell("observed " + observed.pods().stream().map(Chaos::shortly).toList());
    tell("status " + step.status().groups().stream().map(Chaos::shortly).toList());
    laws.check(observed, step, cluster.now);
    if (random.nextInt(30) == 0) return;
    boolean first = step.isFirst(observed.serving().status());
    if (!first) cluster.begin(step);
    switch (carryOut(step, observed)) {
      case CRASH -> crash();
      case FAILURE -> {
        if (first) cluster.begin(step);
      }
      case SUCCESS -> {
        if (first) tellOfFirst(step);
      }
    }
  }

  private enum End {
    SUCCESS,
    FAILURE,
    CRASH
  }

  private End carryOut(Step step, Observed observed) {
    for (Change change : step.changes()) {
      int luck = random.nextInt(60);
      if (luck == 0 || luck == 1) return End.CRASH;
      if (luck == 2) return End.FAILURE;
      apply(change, observed);
      if (luck == 3) return End.CRASH;
      if (luck == 4) return End.FAILURE;
    }
    return End.SUCCESS;
  }

  /** Writes what a first step has come to, unless the controller crashes before. */
  private void tellOfFirst(Step step) {
    if (random.nextInt(10) == 0) {
      crash();
      return;
    }
    Step next = ServingPlan.next(cluster.observed().withStatus(step.status()), cluster.now);
    boolean settled = next.changes().isEmpty();
    if (settled) cluster.events.addAll(step.events());
    cluster.begin(settled ? next : step);
  }

  private void crash() {
    tell("crash");
    cluster.stores().forEach(Store::list);
  }

  private void apply(Change change, Observed observed) {
    boolean updates =
        switch (change) {
          case Change.DrainPod drain -> isUpdate(drain.why());
          case Change.DeletePod delete -> isUpdate(delete.why());
          default -> false;
        };
    SimPod pod = cluster.pods.get(change.name());
    boolean took = updates && pod != null && whole(pod.label(Names.GROUP), observed);
    tell("  " + shortly(change) + (took ? " of a running group" : ""));
    cluster.apply(change);
    if (!took || pod == null || cluster.availableGroups().contains(pod.label(Names.GROUP))) return;
    ours.add(pod.label(Names.GROUP));
    Settings settings = Settings.of(observed);
    long present = cluster.pods.values().stream().map(p -> p.label(Names.GROUP)).distinct().count();
    long surplus = Math.max(0, present - settings.groups());
    assertThat(ours)
        .as("groups that rollouts took down, of which %d need not come back", surplus)
        .hasSizeLessThanOrEqualTo((int) (settings.maxUnavailable() + surplus));
  }

  private static boolean isUpdate(String why) {
    return why.contains("updated") || why.contains("removed");
  }

  private static String shortly(Change change) {
    String text = change.toString();
    return text.substring(0, Math.min(160, text.length()));
  }

  private static String shortly(ServingGroupStatus group) {
    return group.name()
        + " "
        + group.state()
        + " "
        + group.roles().stream().map(role -> role.id() + " " + role.state()).toList();
  }

  private static String shortly(ObservedPod pod) {
    return "%s %s%s%s%s"
        .formatted(
            pod.name(),
            pod.labels()
                .getOrDefault(Names.REVISION, "")
                .transform(r -> r.isEmpty() ? r : r.substring(0, 3)),
            pod.ready() ? " ready" : " " + pod.phase(),
            pod.terminating() ? " terminating" : "",
            pod.drainingSince() != null ? " draining" : "");
  }

  /** Marks a name as taken by something that is not ours. */
  void occupy(String name) {
    cluster.put(
        new SimPod(
            name,
            "uid-foreign",
            "uid-of-another",
            Map.of(),
            Map.of(),
            Map.of("containers", List.of(Map.of("image", "v1")))));
  }
}
