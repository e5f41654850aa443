package io.ergane.controllers.admission;

import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;

/** Asks the API server, each time. */
final class ClusterNeighbours implements Neighbours {
  private static final ResourceDefinitionContext POLICIES =
      new ResourceDefinitionContext.Builder()
          .withGroup(Webhook.AUTOSCALING_POLICY.group())
          .withVersion("v1alpha1")
          .withPlural(Webhook.AUTOSCALING_POLICY.resource())
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;

  ClusterNeighbours(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public boolean policyExists(ObjectName policy) throws IOException {
    try {
      return client
              .genericKubernetesResources(POLICIES)
              .inNamespace(policy.namespace())
              .withName(policy.name())
              .get()
          != null;
    } catch (KubernetesClientException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
