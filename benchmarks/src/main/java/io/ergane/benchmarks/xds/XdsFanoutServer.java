package io.ergane.benchmarks.xds;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.server.NodeCheck;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * One of the servers, in a process of its own: {@code SYSTEM CLUSTERS ENDPOINTS}. Says {@code port
 * N}; for each line {@code change N} on its input it moves an endpoint and says {@code at NANOS},
 * the time just before the server learnt of it; ends with its input.
 */
public final class XdsFanoutServer {
  private XdsFanoutServer() {}

  /** A server to which endpoints can be told. */
  private interface Publisher {
    int port();

    void change(int cluster, ClusterLoadAssignment next);
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    Fleet fleet = new Fleet(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    Publisher system =
        switch (args[0]) {
          case "ergane" -> new Ergane(fleet);
          case "java-control-plane" -> new JavaControlPlane(fleet);
          default -> throw new IllegalArgumentException("unknown system " + args[0]);
        };
    out.println("port " + system.port());
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int number = Integer.parseInt(line.substring("change ".length()));
      int cluster = number * 7 % fleet.clusters();
      ClusterLoadAssignment next = fleet.assignment(cluster, number % 1000 + 1);
      long at = System.nanoTime();
      system.change(cluster, next);
      out.println("at " + at);
    }
    System.exit(0);
  }

  private static final class Ergane implements Publisher {
    private final XdsServer server;

    Ergane(Fleet fleet) throws IOException {
      server =
          XdsServer.start(
              XdsSettings.DEFAULT.at("127.0.0.1", 0), NodeCheck.ANY, new SimpleMeterRegistry());
      List<Resource> resources = new ArrayList<>();
      fleet.clusterMessages().forEach(each -> resources.add(Resource.of(each.getName(), each)));
      for (int i = 0; i < fleet.clusters(); i++) {
        resources.add(Resource.of(Fleet.name(i), fleet.assignment(i, 0)));
      }
      server.publish(ResourceSet.of(resources));
    }

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public void change(int cluster, ClusterLoadAssignment next) {
      server.publishEndpoints(List.of(Resource.of(Fleet.name(cluster), next)), List.of());
    }
  }

  /** Set up as its documentation shows, without a line of log for each stream that ends. */
  private static final class JavaControlPlane implements Publisher {
    private static final String GROUP = "all";

    private final SimpleCache<String> cache = new SimpleCache<>(_ -> GROUP);
    private final Fleet fleet;
    private final List<ClusterLoadAssignment> assignments = new ArrayList<>();
    private final Server server;
    private int version;

    JavaControlPlane(Fleet fleet) throws IOException {
      this.fleet = fleet;
      ((Logger) LoggerFactory.getLogger("io.envoyproxy.controlplane")).setLevel(Level.WARN);
      for (int i = 0; i < fleet.clusters(); i++) {
        assignments.add(fleet.assignment(i, 0));
      }
      publish();
      V3DiscoveryServer discovery = new V3DiscoveryServer(cache);
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(discovery.getAggregatedDiscoveryServiceImpl())
              .build()
              .start();
    }

    private void publish() {
      version++;
      cache.setSnapshot(
          GROUP,
          Snapshot.create(
              fleet.clusterMessages(),
              assignments,
              List.of(),
              List.of(),
              List.of(),
              Integer.toString(version)));
    }

    @Override
    public int port() {
      return server.getPort();
    }

    @Override
    public void change(int cluster, ClusterLoadAssignment next) {
      assignments.set(cluster, next);
      publish();
    }
  }
}
