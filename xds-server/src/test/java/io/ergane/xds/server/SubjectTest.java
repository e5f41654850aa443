package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectTest {
  @Test
  void objectsAreFoundInNamesAndInMessages() {
    assertThat(
            Subject.in(
                List.of(
                    "pool/default/llama-3.1",
                    "ergane",
                    "route \"route/team-a/chat/0\": unknown cluster 'pool/default/llama-3.1'")))
        .containsExactly(
            new Subject("pool", "default", "llama-3.1"), new Subject("route", "team-a", "chat"));
  }

  @Test
  void filesAndTypesAreNoObjects() {
    assertThat(Subject.in(List.of("/etc/envoy/certs/tls.pem", "a/b", "Cluster"))).isEmpty();
  }
}
