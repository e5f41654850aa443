package io.ergane.xds.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.testkit.Laws;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What holds however publications, requests, answers and reconnects interleave. */
class SessionLawsTest {
  private static final List<String> TYPES =
      List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE);

  @Test
  void everyNodeEndsAtTheNewestAndNoRouteEverLacksItsCluster() {
    Laws.hold(
        400,
        120,
        (random, size) -> {
          Run run = new Run(random, new FakeNode(random.nextBoolean(), true));
          run.play(size, 0, false);
          run.finish();
          TYPES.forEach(type -> run.node.assertRuns(type, run.published(type)));
          assertThat(run.node.coldClusters()).as("clusters without fresh endpoints").isEmpty();
          assertThat(run.node.missingClusterSeen).as("a route lacked its cluster").isFalse();
          assertThat(run.repeated).as("sent twice").isEmpty();
          assertThat(run.session.isWaiting()).isFalse();
          assertThat(run.session.status(100)).allMatch(SubscriptionStatus::live);
        });
  }

  @Test
  void aDeltaNodeThatReconnectsKeepsItsRoutesWholeAndGetsOnlyWhatDiffers() {
    Laws.hold(
        400,
        120,
        (random, size) -> {
          Run run = new Run(random, new FakeNode(true, true));
          run.play(size, 0, true);
          run.finish();
          assertThat(run.session.waitingFor()).isNull();
          TYPES.forEach(type -> run.node.assertRuns(type, run.published(type)));
          assertThat(run.node.missingClusterSeen).as("a route lacked its cluster").isFalse();

          run.reconnect();
          run.pushes = 0;
          run.finish();
          assertThat(run.pushes).as("responses with news to a node that is up to date").isZero();
        });
  }

  @Test
  void aStateOfTheWorldNodeThatReconnectsEndsAtTheNewest() {
    Laws.hold(
        200,
        120,
        (random, size) -> {
          Run run = new Run(random, new FakeNode(false, true));
          run.play(size, 0, true);
          run.finish();
          assertThat(run.session.waitingFor()).isNull();
          TYPES.forEach(type -> run.node.assertRuns(type, run.published(type)));
        });
  }

  @Test
  void whatIsRejectedStaysAtItsLastGoodFormAndEverythingElseGoesOn() {
    Laws.hold(
        400,
        120,
        (random, size) -> {
          FakeNode node = new FakeNode(random.nextBoolean(), random.nextBoolean());
          Run run = new Run(random, node);
          run.play(size, 15, false);
          run.finish();
          TYPES.forEach(type ->
              run.published(type)
                  .forEach((name, resource) -> {
                    if (!World.isBad(resource) && isReachable(node, type, name)) {
                      assertThat(node.runs(type)).containsEntry(name, resource);
                    }
                  }));
          int rejected = node.rejections.values().stream().mapToInt(Integer::intValue).sum();
          run.settleAgain();
          assertThat(node.rejections.values().stream().mapToInt(Integer::intValue).sum())
              .as("rejections go on although nothing changes")
              .isEqualTo(rejected);

          run.publish(World.random(random, 0));
          run.finish();
          TYPES.forEach(type -> node.assertRuns(type, run.published(type)));
        });
  }

  /** The node asks for endpoints of clusters that it has, and for routes when it has a listener. */
  private static boolean isReachable(FakeNode node, String type, String name) {
    return switch (Phase.of(type)) {
      case ENDPOINTS -> node.runs(TypeUrl.CLUSTER).containsKey(name);
      case ROUTES -> !node.runs(TypeUrl.LISTENER).isEmpty();
      default -> true;
    };
  }

  @Test
  void whetherRequestsShareTheirNamesMakesNoDifference() {
    Laws.hold(
        200,
        120,
        (random, size) -> {
          boolean delta = random.nextBoolean();
          long seed = random.nextLong();
          List<Push> shared = pushes(new FakeNode(delta, true), seed, size);
          FakeNode other = new FakeNode(delta, true);
          other.sharesNames = false;
          assertThat(pushes(other, seed, size)).isEqualTo(shared);
        });
  }

  private static List<Push> pushes(FakeNode node, long seed, int size) {
    Run run = new Run(new Random(seed), node);
    run.play(size, 10, true);
    return run.sent;
  }

  @Test
  void versionsDependOnContentAlone() {
    Laws.hold(
        100,
        30,
        (random, size) -> {
          Catalog slow = Catalog.of(World.random(random, 0));
          for (int i = 0; i < size; i++) {
            slow = slow.replacedBy(World.random(random, 0));
          }
          Catalog fresh = Catalog.of(ResourceSet.of(slow.resources().all()));
          for (String type : TYPES) {
            assertThat(fresh.type(type).version()).isEqualTo(slow.type(type).version());
            assertThat(TypeState.versionOf(slow.type(type).resources().values()))
                .isEqualTo(slow.type(type).version());
          }
        });
  }

  @Test
  void differencesAreTheSameFromTheLogAndFromComparing() {
    Laws.hold(
        200,
        40,
        (random, size) -> {
          List<Catalog> history = new ArrayList<>(List.of(Catalog.of(World.random(random, 0))));
          for (int i = 0; i < size; i++) {
            history.add(history.getLast().replacedBy(World.random(random, 0)));
          }
          TypeState older = history.get(random.nextInt(history.size())).type(TypeUrl.CLUSTER);
          TypeState newer = history.getLast().type(TypeUrl.CLUSTER);
          assertThat(newer.differences(older))
              .containsAll(TypeState.differences(older.resources(), newer.resources()));
        });
  }

  /** One node, one server, and a network between them that delays. */
  private static final class Run {
    private static final int BUFFER = 2;

    final FakeNode node;
    private final RandomGenerator random;
    private Session session = new Session(SessionLimits.DEFAULT);
    private Catalog catalog;
    private final Map<String, String> lastSent = new HashMap<>();
    final List<String> repeated = new ArrayList<>();
    final List<Push> sent = new ArrayList<>();
    int pushes;

    Run(RandomGenerator random, FakeNode node) {
      this.random = random;
      this.node = node;
      catalog = Catalog.of(World.random(random, 0));
      node.connect();
    }

    Map<String, Resource> published(String type) {
      return new HashMap<>(catalog.type(type).resources());
    }

    void publish(ResourceSet resources) {
      catalog = catalog.replacedBy(resources);
      session.publish(catalog, 0);
    }

    void play(int steps, int badShare, boolean reconnects) {
      session.publish(catalog, 0);
      for (int i = 0; i < steps; i++) {
        switch (random.nextInt(reconnects ? 12 : 11)) {
          case 0 -> publish(World.random(random, badShare));
          case 1 -> churn(badShare);
          case 2, 3, 4 -> deliverToServer();
          case 5, 6, 7 -> deliverToNode();
          case 8, 9, 10 -> write();
          default -> reconnect();
        }
      }
    }

    private void churn(int badShare) {
      ResourceSet other = World.random(random, badShare);
      catalog =
          catalog.changed(
              other.ofType(TypeUrl.ENDPOINT).values().stream()
                  .filter(each -> catalog.type(TypeUrl.ENDPOINT).get(each.name()) != null)
                  .toList(),
              List.of());
      session.publish(catalog, 0);
    }

    void reconnect() {
      session = new Session(SessionLimits.DEFAULT);
      lastSent.clear();
      node.connect();
      session.publish(catalog, 0);
    }

    void finish() {
      for (int idle = 0; idle < 3; idle++) {
        while (deliverToServer() || write() || deliverToNode()) {
          idle = 0;
        }
      }
    }

    void settleAgain() {
      session.publish(catalog, 1);
      finish();
    }

    private boolean deliverToServer() {
      Request request = node.toServer.poll();
      if (request == null) {
        return false;
      }
      assertThat(session.request(request, 0)).isNull();
      return true;
    }

    private boolean deliverToNode() {
      if (node.toNode.isEmpty()) {
        return false;
      }
      node.receive();
      return true;
    }

    private boolean write() {
      if (node.toNode.size() >= BUFFER) {
        return false;
      }
      Push push = session.next(0);
      if (push == null) {
        return false;
      }
      pushes += push.resources().isEmpty() && push.removed().isEmpty() ? 0 : 1;
      noteRepeats(push);
      sent.add(push);
      node.toNode.add(push);
      return true;
    }

    /** Endpoints are sent again when their cluster changed; whole responses repeat by nature. */
    private void noteRepeats(Push push) {
      if (push.typeUrl().equals(TypeUrl.ENDPOINT)) {
        return;
      }
      boolean news = push.resources().isEmpty();
      for (Resource resource : push.resources()) {
        String key = push.typeUrl() + resource.name();
        boolean same = resource.version().equals(lastSent.put(key, resource.version()));
        news |= !same;
        if (same && node.delta) {
          repeated.add(resource.name());
        }
      }
      push.removed().forEach(name -> lastSent.remove(push.typeUrl() + name));
      boolean removes =
          lastSent
              .keySet()
              .removeIf(key ->
                  !node.delta
                      && key.startsWith(push.typeUrl())
                      && push.resources().stream().noneMatch(each -> key.endsWith(each.name())));
      if (!news && !removes && push.removed().isEmpty()) {
        repeated.add("a response without news: " + push);
      }
    }
  }
}
