package io.ergane.proto.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceTest {
  private static Struct struct(List<String> keys) {
    Struct.Builder struct = Struct.newBuilder();
    keys.forEach(key -> struct.putFields(key, Value.newBuilder().setStringValue(key).build()));
    return struct.build();
  }

  @Test
  void equalContentHasOneVersionWhateverTheOrderItWasBuiltIn() {
    assertThat(Resource.of("x", struct(List.of("a", "b", "c"))))
        .isEqualTo(Resource.of("x", struct(List.of("c", "a", "b"))));
  }

  @Test
  void theVersionIsOfTheContentAndTheSameInEveryProcess() {
    Resource resource = Resource.of("a", Cluster.newBuilder().setName("pool/a").build());

    assertThat(resource.version()).isEqualTo("26232a5f0e0edc9d");
    assertThat(Resource.of("a", Cluster.newBuilder().setName("pool/b").build()).version())
        .isNotEqualTo(resource.version());
  }

  @Test
  void anAnyHoldsTheMessage() throws InvalidProtocolBufferException {
    Cluster cluster = Cluster.newBuilder().setName("pool/a").build();

    Resource resource = Resource.of("pool/a", cluster);

    assertThat(resource.key()).isEqualTo(new Key(TypeUrl.CLUSTER, "pool/a"));
    assertThat(resource.toAny().unpack(Cluster.class)).isEqualTo(cluster);
  }

  @Test
  void typeUrlsAreThoseOfEnvoy() {
    assertThat(TypeUrl.CLUSTER).isEqualTo("type.googleapis.com/envoy.config.cluster.v3.Cluster");
    assertThat(TypeUrl.of(OverrideHost.getDefaultInstance()))
        .isEqualTo(
            "type.googleapis.com/envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost");
    assertThat(TypeUrl.shortName(TypeUrl.ENDPOINT)).isEqualTo("ClusterLoadAssignment");
  }
}
