package io.ergane.proto.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ResourceSetTest {
  private static Resource cluster(String name) {
    return Resource.of(name, Cluster.newBuilder().setName(name).build());
  }

  private static Resource text(String name, String value) {
    return Resource.of(name, StringValue.of(value));
  }

  private static Key key(String name) {
    return text(name, "").key();
  }

  @Test
  void theOrderOfResourcesDoesNotMatter() {
    List<Resource> some = new ArrayList<>(List.of(cluster("b"), text("z", "1"), cluster("a")));
    ResourceSet set = ResourceSet.of(some);

    Collections.reverse(some);

    assertThat(ResourceSet.of(some)).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(set.ofType(TypeUrl.CLUSTER).keySet()).containsExactly("a", "b");
    assertThat(set).hasToString("2 Cluster, 1 StringValue");
  }

  @Test
  void manyChangesGiveWhatASortedMapGives() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      ResourceSet set = ResourceSet.EMPTY;
      TreeMap<String, Resource> model = new TreeMap<>();
      for (int step = 0; step < 20; step++) {
        List<Resource> changed = new ArrayList<>();
        List<Key> removed = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) removed.add(key("n" + random.nextInt(12)));
        for (int i = random.nextInt(4); i > 0; i--) {
          changed.add(text("n" + random.nextInt(12), "v" + random.nextInt(3)));
        }
        set = set.with(changed, removed);
        removed.forEach(key -> model.remove(key.name()));
        changed.forEach(resource -> model.put(resource.name(), resource));
        SortedMap<String, Resource> table = set.ofType(key("").typeUrl());
        assertThat(table).isEqualTo(model);
        for (int n = 0; n < 12; n++) {
          assertThat(table.get("n" + n)).isEqualTo(model.get("n" + n));
          assertThat(table.tailMap("n3").get("n" + n)).isEqualTo(model.tailMap("n3").get("n" + n));
        }
        assertThat(set.all()).containsExactlyElementsOf(model.values());
      }
    }
  }

  @Test
  void aChangeLeavesTheSetItWasMadeFromAsItWas() {
    ResourceSet before = ResourceSet.of(List.of(text("a", "1"), text("b", "1")));

    ResourceSet after = before.with(List.of(text("a", "2")), List.of(key("b")));

    assertThat(before.size()).isEqualTo(2);
    assertThat(after.get(key("a"))).isEqualTo(text("a", "2"));
    assertThat(after.get(key("b"))).isNull();
    assertThat(after.with(List.of(), List.of())).isSameAs(after);
  }

  @Test
  void aTypeWithoutResourcesIsGone() {
    ResourceSet set = ResourceSet.of(List.of(text("a", "1"))).with(List.of(), List.of(key("a")));

    assertThat(set).isEqualTo(ResourceSet.EMPTY);
    assertThat(set.types()).isEmpty();
    assertThat(set.ofType(TypeUrl.CLUSTER)).isEmpty();
  }

  @Test
  void rangesAreThoseOfASortedMap() {
    var table =
        ResourceSet.of(List.of(text("a", ""), text("c", ""), text("e", "")))
            .ofType(key("").typeUrl());

    assertThat(table.headMap("c").keySet()).containsExactly("a");
    assertThat(table.tailMap("b").keySet()).containsExactly("c", "e");
    assertThat(table.subMap("b", "d").keySet()).containsExactly("c");
    assertThat(table.tailMap("b").headMap("d").get("a")).isNull();
    assertThat(table.firstKey()).isEqualTo("a");
    assertThat(table.lastKey()).isEqualTo("e");
  }
}
