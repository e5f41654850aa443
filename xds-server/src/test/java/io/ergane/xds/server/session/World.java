package io.ergane.xds.server.session;

import com.google.protobuf.ByteString;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes small configurations in which every reference resolves. */
final class World {
  static final String ROUTE = "ergane";
  private static final int CLUSTERS = 5;

  private World() {}

  /** A resource whose body is the text and whose version follows from it. */
  static Resource resource(String typeUrl, String name, String body) {
    return new Resource(
        typeUrl,
        name,
        "%016x".formatted(body.hashCode() * 31L + name.hashCode()),
        ByteString.copyFromUtf8(body));
  }

  static Resource cluster(String name, String body) {
    return resource(TypeUrl.CLUSTER, name, body);
  }

  static Resource endpoints(String name, String body) {
    return resource(TypeUrl.ENDPOINT, name, body);
  }

  static Resource listener(String body) {
    return resource(TypeUrl.LISTENER, ROUTE, body);
  }

  /** Routes to the named clusters; the body names them. */
  static Resource route(String suffix, List<String> clusters) {
    return resource(TypeUrl.ROUTE, ROUTE, String.join(",", clusters) + "|" + suffix);
  }

  static List<String> clustersOf(Resource route) {
    String names = route.body().toStringUtf8().split("\\|", 2)[0];
    return names.isEmpty() ? List.of() : List.of(names.split(","));
  }

  /**
   * Some clusters with their endpoints, routes to some of them, and a listener.
   *
   * @param badShare how often, of 100, the body of a resource says that it is bad
   */
  static ResourceSet random(RandomGenerator random, int badShare) {
    List<Resource> resources = new ArrayList<>();
    List<String> routed = new ArrayList<>();
    for (int i = 0; i < CLUSTERS; i++) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      String name = "pool/default/c" + i;
      resources.add(cluster(name, body(random, badShare)));
      resources.add(endpoints(name, body(random, badShare)));
      if (random.nextBoolean()) {
        routed.add(name);
      }
    }
    resources.add(route(body(random, badShare), routed));
    resources.add(listener(body(random, badShare)));
    return ResourceSet.of(resources);
  }

  static boolean isBad(Resource resource) {
    return resource.body().toStringUtf8().endsWith("bad");
  }

  private static String body(RandomGenerator random, int badShare) {
    return "v" + random.nextInt(3) + (random.nextInt(100) < badShare ? "bad" : "");
  }
}
