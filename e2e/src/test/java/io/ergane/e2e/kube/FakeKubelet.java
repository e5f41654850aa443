package io.ergane.e2e.kube;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.testkit.ApiServer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Scheduler and kubelets of a namespace: each pod that appears gets a node, a loopback address and
 * a simulated engine of this process, which listens there on the pod's first container port, else
 * 8000. Pods become ready at once and end at once when they are deleted, unless {@linkplain #order
 * ordered} otherwise; an image whose tag is {@code missing} cannot be pulled. An answer names its
 * pod in the header {@code x-engine}.
 */
final class FakeKubelet implements AutoCloseable {
  private static final int DEFAULT_PORT = 8000;

  private final KubeletSettings settings;
  private final PodCalls calls;
  private final KubernetesClient client;
  private final PodAddresses addresses = PodAddresses.claim();
  private final EventLoopGroup threads = EngineThreads.start(1);
  private final ExecutorService lives = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, PodLife> byUid = new ConcurrentHashMap<>();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final AtomicInteger placed = new AtomicInteger();
  private volatile boolean closed;

  private record Rule(Predicate<Pod> which, PodOrder order) {}

  private FakeKubelet(ApiServer server, KubeletSettings settings) {
    this.settings = settings;
    this.calls = new PodCalls(server);
    try {
      Config config = Config.fromKubeconfig(Files.readString(server.kubeconfig()));
      this.client = new KubernetesClientBuilder().withConfig(config).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the pods of a namespace, those that are there already too. */
  static FakeKubelet start(ApiServer server, String namespace, KubeletSettings settings) {
    FakeKubelet kubelet = new FakeKubelet(server, settings);
    var _ = kubelet.client.pods().inNamespace(namespace).inform(kubelet.new Watch());
    return kubelet;
  }

  /** Tells pods, those there are and those to come, something other than usual. */
  void order(Predicate<Pod> which, PodOrder order) {
    rules.add(new Rule(which, order));
    byUid.values().forEach(PodLife::wake);
  }

  /** The same for the pods of a name. */
  void order(String pod, PodOrder order) {
    order(named(pod), order);
  }

  /** All orders are void. */
  void obeyUsually() {
    rules.clear();
    byUid.values().forEach(PodLife::wake);
  }

  /** The containers of a pod die and are started again after the restart delay. */
  void crash(String pod) {
    life(pod).crash();
  }

  /** The containers of a pod that has crashed are started again now. */
  void restart(String pod) {
    life(pod).restartNow();
  }

  /** A pod is evicted: its phase is Failed. */
  void fail(String pod) {
    life(pod).fail();
  }

  /** A node and its pods answer no more, not even to deletions; they are shown as not ready. */
  void loseNode(String node) {
    byUid.values().stream().filter(life -> life.node().equals(node)).forEach(PodLife::loseNode);
  }

  /** The node that a pod runs on. */
  String nodeOf(String pod) {
    return life(pod).node();
  }

  /** The engine of a running pod. */
  SimulatedEngine engine(String pod) {
    SimulatedEngine engine = life(pod).engine();
    if (engine == null) throw new NoSuchElementException(pod + " does not run");
    return engine;
  }

  /** The engines that run, by the names of their pods. */
  Map<String, SimulatedEngine> engines() {
    Map<String, SimulatedEngine> engines = new TreeMap<>();
    for (PodLife life : byUid.values()) {
      SimulatedEngine engine = life.engine();
      if (engine != null) engines.put(life.pod().getMetadata().getName(), engine);
    }
    return engines;
  }

  /** What went wrong in the kubelet itself; a test that ends with some of it has failed. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  private static Predicate<Pod> named(String name) {
    return pod -> pod.getMetadata().getName().equals(name);
  }

  private PodLife life(String name) {
    return byUid.values().stream()
        .filter(life -> named(name).test(life.pod()))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no pod " + name));
  }

  private final class Host implements PodLife.PodHost {
    @Override
    public KubeletSettings settings() {
      return settings;
    }

    @Override
    public <T extends PodOrder> @Nullable T order(Pod pod, Class<T> kind) {
      for (Rule rule : rules) {
        if (kind.isInstance(rule.order()) && rule.which().test(pod)) {
          return kind.cast(rule.order());
        }
      }
      return null;
    }

    @Override
    public SimulatedEngine start(Pod pod, String address) {
      EngineSettings engine =
          EngineSettings.vllm(pod.getMetadata().getName(), settings.model())
              .withModel(settings.pace())
              .withAddress(address, port(pod));
      return SimulatedEngine.start(engine, threads);
    }

    @Override
    public String newAddress() {
      return addresses.next();
    }

    @Override
    public void failed(Pod pod, RuntimeException problem) {
      problems.add(pod.getMetadata().getName() + ": " + problem);
    }
  }

  private static int port(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .map(Container::getPorts)
        .flatMap(List::stream)
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElse(DEFAULT_PORT);
  }

  private final class Watch implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      String node = "node-" + placed.getAndIncrement() % settings.nodes();
      PodLife life = new PodLife(pod, node, calls, new Host());
      byUid.put(pod.getMetadata().getUid(), life);
      if (closed) life.gone();
      else lives.execute(life);
    }

    @Override
    public void onUpdate(Pod before, Pod now) {
      PodLife life = byUid.get(now.getMetadata().getUid());
      if (life != null) {
        life.seen(now);
      } else {
        onDelete(before, false);
        onAdd(now);
      }
    }

    @Override
    public void onDelete(Pod pod, boolean unseen) {
      PodLife life = byUid.remove(pod.getMetadata().getUid());
      if (life != null) life.gone();
    }
  }

  /** Ends all engines; the pods stay as they are. */
  @Override
  public void close() {
    closed = true;
    client.close();
    byUid.values().forEach(PodLife::gone);
    lives.close();
    addresses.close();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }
}
