package io.ergane.proto.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.proto.generated.image.v1.ImageProto;
import io.ergane.proto.image.ImageAssembly.Outcome;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.testkit.Laws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Resources of an image, put together again in any order. */
class ImageAssemblyTest {
  private static final ObjectName QWEN = new ObjectName("default", "qwen");

  private final ImageAssembly assembly = new ImageAssembly();

  private record Change(String typeUrl, List<Resource> changed, List<String> removed) {}

  private static Outcome feed(ImageAssembly assembly, Change change) {
    return assembly.update(change.typeUrl(), change.changed(), change.removed());
  }

  /** What leads from one set to another, each resource alone, in any order. */
  private static List<Change> changes(ResourceSet from, ResourceSet to, RandomGenerator random) {
    List<Change> changes = new ArrayList<>();
    for (String type : ImageTypes.ALL) {
      Map<String, Resource> before = from.ofType(type);
      Map<String, Resource> after = to.ofType(type);
      after.forEach((name, resource) -> {
        if (!resource.equals(before.get(name))) {
          changes.add(new Change(type, List.of(resource), List.of()));
        }
      });
      before.forEach((name, _) -> {
        if (!after.containsKey(name)) {
          changes.add(new Change(type, List.of(), List.of(name)));
        }
      });
    }
    Collections.shuffle(changes, new Random(random.nextLong()));
    return changes;
  }

  private static void assertSame(@Nullable Compilation found, Compilation expected) {
    assertThat(found).isNotNull();
    assertThat(found.image().hash()).isEqualTo(expected.image().hash());
    assertThat(found.image()).hasToString(expected.image().toString());
    assertThat(found.endpoints()).isEqualTo(expected.endpoints());
  }

  @Test
  void anyOrderGivesTheSameImageAndNoneBeforeItIsWhole() {
    Laws.hold((random, size) -> {
      Compilation compilation = RandomCompilation.of(random, size / 5);
      ImageAssembly assembly = new ImageAssembly();
      List<Change> changes = changes(ResourceSet.EMPTY, ImageCodec.encode(compilation), random);
      for (int i = 0; i < changes.size(); i++) {
        Outcome outcome = feed(assembly, changes.get(i));
        assertThat(outcome.refusals()).isEmpty();
        boolean last = i == changes.size() - 1;
        assertThat(outcome.compilation() != null).as("whole after %d", i).isEqualTo(last);
      }
      assertSame(assembly.current(), compilation);
      assertThat(assembly.waitingFor()).isEmpty();
    });
  }

  @Test
  void fromOneImageToAnotherOnlyThoseTwoAreEverInForce() {
    Laws.hold((random, size) -> {
      Compilation before = RandomCompilation.of(random, size / 5);
      Compilation after = RandomCompilation.of(random, size / 5);
      ImageAssembly assembly = new ImageAssembly();
      ResourceSet from = ImageCodec.encode(before);
      ResourceSet to = ImageCodec.encode(after);
      changes(ResourceSet.EMPTY, from, random).forEach(change -> feed(assembly, change));
      for (Change change : changes(from, to, random)) {
        Compilation now = feed(assembly, change).compilation();
        if (now != null) {
          assertThat(now.image().hash()).isIn(before.image().hash(), after.image().hash());
          assertThat(now.endpoints().keySet()).isEqualTo(now.image().pools().keySet());
        }
      }
      assertSame(assembly.current(), after);
    });
  }

  @Test
  void garbageIsRefusedAndNeverThrown() {
    Laws.hold((random, size) -> {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      String type = ImageTypes.ALL.get(random.nextInt(ImageTypes.ALL.size()));
      Resource garbled = new Resource(type, "default/qwen", "1", ByteString.copyFrom(bytes));
      Outcome outcome = new ImageAssembly().update(type, List.of(garbled), List.of());
      assertThat(outcome.compilation()).isNull();
    });
  }

  @Test
  void oneChangeOfARouteMovesThatRouteAndTheHeadOnly() {
    ResourceSet before = ImageCodec.encode(compilation(8000, 1));
    ResourceSet after = ImageCodec.encode(compilation(8000, 2));

    assertThat(changes(before, after, new Random(1)))
        .flatExtracting(Change::changed)
        .extracting(Resource::typeUrl)
        .containsExactlyInAnyOrder(ImageTypes.ROUTE, ImageTypes.HEAD);
  }

  @Test
  void equalContentHasEqualVersions() {
    assertThat(ImageCodec.encode(compilation(8000, 1)))
        .isEqualTo(ImageCodec.encode(compilation(8000, 1)));
  }

  @Test
  void endpointsFollowAlsoWhileANewerImageIsNotWhole() {
    feed(compilation(8000, 1));
    SortedMap<String, Resource> newRoutes =
        ImageCodec.encode(compilation(8000, 2)).ofType(ImageTypes.ROUTE);
    Resource newRoute = newRoutes.sequencedValues().getFirst();
    assertThat(update(newRoute).compilation()).isNull();
    assertThat(assembly.waitingFor()).contains("checksums differ");

    Compilation now = update(ImageCodec.encode(table(9000))).compilation();

    assertThat(now).isNotNull();
    assertThat(now.image()).isEqualTo(compilation(8000, 1).image());
    assertThat(now.endpoints()).containsEntry(QWEN, table(9000));
  }

  @Test
  void endpointsThatGoBeforeTheirPoolStayUntilItGoes() {
    feed(compilation(8000, 1));

    Outcome outcome = assembly.update(ImageTypes.ENDPOINTS, List.of(), List.of("default/qwen"));

    assertThat(outcome.compilation()).isNull();
    assertThat(assembly.current()).isNotNull();
    assertThat(assembly.current().endpoints()).containsEntry(QWEN, table(8000));
  }

  @Test
  void aGarbledRouteIsRefusedByNameAndTheLastImageStays() {
    feed(compilation(8000, 1));
    Resource garbled =
        new Resource(
            ImageTypes.ROUTE, "default/chat", "1", ByteString.copyFromUtf8("not a message"));

    Outcome outcome = update(garbled);

    assertThat(outcome.compilation()).isNull();
    assertThat(outcome.refusals())
        .singleElement()
        .asString()
        .startsWith("Route default/chat: it is no message of its type");
    assertThat(assembly.current()).isNotNull();
    assertThat(assembly.current().image()).isEqualTo(compilation(8000, 1).image());
  }

  @Test
  void whatThisVersionCannotSeeIsRefused() {
    ImageProto.Route known = ImageProto.Route.newBuilder().setModelName("chat").build();
    ByteString newer =
        known.toByteString().concat(ByteString.copyFrom(new byte[] {(byte) 0xf8, 0x06, 1}));
    Outcome fields = update(new Resource(ImageTypes.ROUTE, "default/chat", "1", newer));
    assertThat(fields.refusals())
        .singleElement()
        .asString()
        .contains("fields that this version does not know");

    ImageProto.Pool engine = ImageProto.Pool.newBuilder().setEngine("Vllm2").build();
    assertThat(update(Resource.of("default/qwen", engine)).refusals())
        .singleElement()
        .asString()
        .contains("its engine is 'Vllm2'; accepted are vLLM, SGLang, Triton, TorchServe");

    assertThat(assembly.update("type.googleapis.com/x.Y", List.of(), List.of()).refusals())
        .hasSize(1);
    assertThat(update(Resource.of("qwen", ImageProto.Provider.getDefaultInstance())).refusals())
        .singleElement()
        .asString()
        .contains("NAMESPACE/NAME");
  }

  @Test
  void anImageThatIsUnderstoodDifferentlyHereIsRefused() {
    List<Resource> resources = ImageCodec.encode(compilation(8000, 1)).all();
    List<String> refusals = new ArrayList<>();
    for (Resource resource : resources) {
      Resource sent = resource;
      if (resource.typeUrl().equals(ImageTypes.HEAD)) {
        sent = Resource.of(ImageTypes.IMAGE, withHash(resource, "0123456789abcdef"));
      }
      update(sent).refusals().forEach(refusal -> refusals.add(refusal.toString()));
    }
    assertThat(refusals)
        .singleElement()
        .asString()
        .contains("Head image", "0123456789abcdef in the control plane", "run both in one version");
    assertThat(assembly.current()).isNull();

    assertThat(feed(compilation(8000, 1))).isNotNull();
  }

  private static ImageProto.Head withHash(Resource head, String hash) {
    try {
      return ImageProto.Head.parseFrom(head.body()).toBuilder().setImage(hash).build();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void versionsAreThoseOfWhatIsHeld() {
    ResourceSet set = ImageCodec.encode(compilation(8000, 1));
    feed(compilation(8000, 1));
    for (String type : ImageTypes.ALL) {
      Map<String, String> versions = new TreeMap<>();
      set.ofType(type).forEach((name, resource) -> versions.put(name, resource.version()));
      assertThat(assembly.versions(type)).isEqualTo(versions);
    }
  }

  private Outcome update(Resource resource) {
    return assembly.update(resource.typeUrl(), List.of(resource), List.of());
  }

  private @Nullable Compilation feed(Compilation compilation) {
    ImageCodec.encode(compilation).all().forEach(this::update);
    return assembly.current();
  }

  private static EndpointTable table(int port) {
    return new EndpointTable(
        QWEN, List.of(new Endpoint(new ObjectName("default", "qwen-0"), "10.0.0.1", port, false)));
  }

  private static Compilation compilation(int port, int weight) {
    WeightedTarget target = new WeightedTarget(new Target.Server(QWEN), weight);
    Rule rule = new Rule("", new TreeMap<>(), null, null, List.of(target));
    Route route =
        new Route(new ObjectName("default", "chat"), "chat", List.of(), false, List.of(rule), null);
    Pool pool =
        new Pool(
            QWEN,
            null,
            InferenceEngine.VLLM,
            new TreeMap<>(Map.of("app", "qwen")),
            port,
            false,
            TrafficPolicy.DEFAULT,
            null);
    RoutingImage image =
        new RoutingImage(List.of(route), List.of(pool), new TreeSet<>(), SchedulingProfile.DEFAULT);
    return new Compilation(image, new TreeMap<>(Map.of(QWEN, table(port))), List.of(), Map.of());
  }
}
