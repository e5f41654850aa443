package io.ergane.controllers.admission.certificates;

import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A Secret of type {@code kubernetes.io/tls} in the cluster. */
final class SecretStore implements CertificateStore {
  private final KubernetesClient client;
  private final ObjectName name;

  SecretStore(KubernetesClient client, ObjectName name) {
    this.client = client;
    this.name = name;
  }

  @Override
  public String name() {
    return "Secret " + name;
  }

  @Override
  public Optional<Entry> read() throws IOException {
    try {
      Secret secret = client.secrets().inNamespace(name.namespace()).withName(name.name()).get();
      return Optional.ofNullable(secret).map(SecretStore::entry);
    } catch (KubernetesClientException e) {
      throw Trouble.of("reading " + name(), e);
    }
  }

  private static Entry entry(Secret secret) {
    Map<String, String> data = new HashMap<>();
    if (secret.getData() != null) {
      secret.getData().forEach((key, value) -> data.put(key, decoded(value)));
    }
    Map<String, String> annotations = secret.getMetadata().getAnnotations();
    return new Entry(
        data,
        annotations == null ? Map.of() : annotations,
        secret.getMetadata().getResourceVersion());
  }

  private static String decoded(String value) {
    return new String(Base64.getDecoder().decode(value), StandardCharsets.ISO_8859_1);
  }

  private Secret secret(Entry entry) {
    Map<String, String> data = new HashMap<>();
    entry
        .data()
        .forEach((key, value) -> {
          byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
          data.put(key, Base64.getEncoder().encodeToString(bytes));
        });
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(name.namespace())
        .withName(name.name())
        .withAnnotations(entry.annotations())
        .withResourceVersion(entry.version().isEmpty() ? null : entry.version())
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withData(data)
        .build();
  }

  @Override
  public boolean create(Entry entry) throws IOException {
    try {
      client.resource(secret(entry)).create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw Trouble.of("creating " + name(), e);
    }
  }

  @Override
  public boolean replace(Entry entry) throws IOException {
    try {
      Secret before = client.secrets().inNamespace(name.namespace()).withName(name.name()).get();
      if (before == null || !before.getMetadata().getResourceVersion().equals(entry.version())) {
        return false;
      }
      Secret changed = secret(entry);
      before.setData(changed.getData());
      before.getMetadata().setAnnotations(changed.getMetadata().getAnnotations());
      client.resource(before).lockResourceVersion(entry.version()).update();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw Trouble.of("replacing " + name(), e);
    }
  }

  @Override
  public boolean mayReplace() throws IOException {
    var question =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(name.namespace())
            .withVerb("update")
            .withResource("secrets")
            .withName(name.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    try {
      var answer = client.authorization().v1().selfSubjectAccessReview().create(question);
      return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    } catch (KubernetesClientException e) {
      throw Trouble.of("asking what this account may do", e);
    }
  }
}
