package io.ergane.controllers.admission.certificates;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code caBundle} of every webhook of some configurations, of those that call our service or a
 * URL. Configurations that do not exist are passed over.
 */
final class WebhookConfigurations implements TrustList {
  private static final int ATTEMPTS = 5;

  private final KubernetesClient client;
  private final List<Named> configurations;
  private final ObjectName service;

  /**
   * @param plural {@code validatingwebhookconfigurations} or the mutating ones
   */
  record Named(String plural, String name) {}

  WebhookConfigurations(KubernetesClient client, List<Named> configurations, ObjectName service) {
    this.client = client;
    this.configurations = List.copyOf(configurations);
    this.service = service;
  }

  @Override
  public boolean announce(Trust trust, Latest latest) throws IOException {
    boolean all = true;
    for (Named named : configurations) {
      all &= announce(named, trust, latest);
    }
    return all;
  }

  private boolean announce(Named named, Trust first, Latest latest) throws IOException {
    Trust trust = first;
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        GenericKubernetesResource found = resource(named).get();
        if (found == null || patch(found, trust).isEmpty()) {
          return true;
        }
        trust = latest.read();
        ArrayNode patch = patch(found, trust);
        if (patch.isEmpty()) {
          return true;
        }
        patch
            .insertObject(0)
            .put("op", "test")
            .put("path", "/metadata/resourceVersion")
            .put("value", found.getMetadata().getResourceVersion());
        resource(named).patch(PatchContext.of(PatchType.JSON), patch.toString());
        return true;
      } catch (KubernetesClientException e) {
        if (!overtaken(e)) {
          throw Trouble.of("writing the authority into " + named.plural() + " " + named.name(), e);
        }
      }
    }
    return false;
  }

  /** A failed test of a JSON Patch is answered with 422, a concurrent write with 409. */
  private static boolean overtaken(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == 422;
  }

  private Resource<GenericKubernetesResource> resource(Named named) {
    var kind =
        new ResourceDefinitionContext.Builder()
            .withGroup("admissionregistration.k8s.io")
            .withVersion("v1")
            .withPlural(named.plural())
            .withNamespaced(false)
            .build();
    return client.genericKubernetesResources(kind).withName(named.name());
  }

  private ArrayNode patch(GenericKubernetesResource configuration, Trust trust) {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    Object webhooks = configuration.getAdditionalProperties().get("webhooks");
    if (!(webhooks instanceof List<?> list)) {
      return patch;
    }
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Map<?, ?> webhook
          && webhook.get("clientConfig") instanceof Map<?, ?> client
          && isOurs(client)) {
        SequencedSet<X509Certificate> present = certificates(client.get("caBundle"));
        SequencedSet<X509Certificate> wanted = wanted(present, trust);
        if (!wanted.equals(present)) {
          patch
              .addObject()
              .put("op", "add")
              .put("path", "/webhooks/" + i + "/clientConfig/caBundle")
              .put("value", encoded(wanted));
        }
      }
    }
    return patch;
  }

  private static SequencedSet<X509Certificate> wanted(Set<X509Certificate> present, Trust trust) {
    SequencedSet<X509Certificate> wanted = new LinkedHashSet<>(trust.authorities());
    if (!trust.exactly()) {
      wanted.addAll(present);
    }
    return wanted;
  }

  private boolean isOurs(Map<?, ?> client) {
    return !(client.get("service") instanceof Map<?, ?> called)
        || (service.name().equals(called.get("name"))
            && service.namespace().equals(called.get("namespace")));
  }

  /** A bundle that cannot be read is replaced like an empty one. */
  private static SequencedSet<X509Certificate> certificates(@Nullable Object bundle) {
    if (!(bundle instanceof String text)) {
      return new LinkedHashSet<>();
    }
    try {
      String pem = new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1);
      return new LinkedHashSet<>(Pem.certificates(pem));
    } catch (IllegalArgumentException | UnusableCertificate e) {
      return new LinkedHashSet<>();
    }
  }

  private static String encoded(SequencedSet<X509Certificate> certificates) {
    byte[] pem = Pem.print(certificates).getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(pem);
  }
}
