package io.ergane.controllers.serving.plan;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.RollingUpdate;
import io.ergane.api.ModelServing.RolloutStrategy;
import io.ergane.api.ModelServing.RolloutType;
import io.ergane.api.ModelServing.Spec;
import io.ergane.api.ModelServing.Template;
import io.ergane.api.ObjectMeta;
import io.ergane.api.PodTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** ModelServings and changes of them. */
final class Servings {
  static final String UID = "uid-of-ms";

  private Servings() {}

  /** A serving {@code ms} in namespace {@code ns}, one group at a time, without Volcano. */
  static ModelServing of(int groups, Role... roles) {
    Spec spec =
        new Spec(
            groups,
            "default-scheduler",
            List.of(),
            RecoveryPolicy.ROLE_RECREATE,
            null,
            new Template(0, null, null, List.of(roles)));
    ObjectMeta metadata = new ObjectMeta("ms", "ns", Map.of(), Map.of(), UID, "1", 1, null, null);
    return new ModelServing(metadata, spec, ModelServing.Status.EMPTY);
  }

  static Role role(String name, int replicas, int workers) {
    return role(name, replicas, workers, "v1");
  }

  static Role role(String name, int replicas, int workers, String image) {
    PodTemplate template = template(image);
    return new Role(
        name, replicas, template, workers, workers > 0 ? template : null, IntOrPercent.of(1), null);
  }

  static PodTemplate template(String image) {
    Map<String, Object> container = new LinkedHashMap<>();
    container.put("name", "engine");
    container.put("image", image);
    return new PodTemplate(
        Map.of("app", "engine"), Map.of(), Map.of("containers", List.of(container)));
  }

  static Role image(Role role, String image) {
    return new Role(
        role.name(),
        role.replicas(),
        template(image),
        role.workerReplicas(),
        role.workerTemplate() == null ? null : template(image),
        role.maxUnavailable(),
        role.partition());
  }

  static Role replicas(Role role, int replicas) {
    return new Role(
        role.name(),
        replicas,
        role.entryTemplate(),
        role.workerReplicas(),
        role.workerTemplate(),
        role.maxUnavailable(),
        role.partition());
  }

  static Role bounds(Role role, int maxUnavailable, @Nullable Integer partition) {
    return new Role(
        role.name(),
        role.replicas(),
        role.entryTemplate(),
        role.workerReplicas(),
        role.workerTemplate(),
        IntOrPercent.of(maxUnavailable),
        partition == null ? null : IntOrPercent.of(partition));
  }

  static UnaryOperator<Spec> images(String image) {
    return roles(role -> image(role, image));
  }

  static UnaryOperator<Spec> roles(UnaryOperator<Role> change) {
    return spec -> withRoles(spec, spec.template().roles().stream().map(change).toList());
  }

  static UnaryOperator<Spec> role(String name, UnaryOperator<Role> change) {
    return roles(role -> role.name().equals(name) ? change.apply(role) : role);
  }

  static UnaryOperator<Spec> withRole(Role added) {
    return spec -> {
      List<Role> roles = new ArrayList<>(spec.template().roles());
      roles.add(added);
      return withRoles(spec, roles);
    };
  }

  static UnaryOperator<Spec> withoutRole(String name) {
    return spec ->
        withRoles(
            spec, spec.template().roles().stream().filter(r -> !r.name().equals(name)).toList());
  }

  static Spec withRoles(Spec spec, List<Role> roles) {
    Template old = spec.template();
    return withTemplate(
        spec,
        new Template(
            old.restartGracePeriodSeconds(), old.gangPolicy(), old.networkTopology(), roles));
  }

  static Spec withTemplate(Spec spec, Template template) {
    return new Spec(
        spec.replicas(),
        spec.schedulerName(),
        spec.plugins(),
        spec.recoveryPolicy(),
        spec.rolloutStrategy(),
        template);
  }

  static UnaryOperator<Spec> grace(long seconds) {
    return spec ->
        withTemplate(
            spec,
            new Template(
                seconds,
                spec.template().gangPolicy(),
                spec.template().networkTopology(),
                spec.template().roles()));
  }

  static UnaryOperator<Spec> groups(int groups) {
    return spec ->
        new Spec(
            groups,
            spec.schedulerName(),
            spec.plugins(),
            spec.recoveryPolicy(),
            spec.rolloutStrategy(),
            spec.template());
  }

  static UnaryOperator<Spec> scheduler(String name) {
    return spec ->
        new Spec(
            spec.replicas(),
            name,
            spec.plugins(),
            spec.recoveryPolicy(),
            spec.rolloutStrategy(),
            spec.template());
  }

  static UnaryOperator<Spec> plugins(List<ModelServing.Plugin> plugins) {
    return spec ->
        new Spec(
            spec.replicas(),
            spec.schedulerName(),
            plugins,
            spec.recoveryPolicy(),
            spec.rolloutStrategy(),
            spec.template());
  }

  static UnaryOperator<Spec> recovery(RecoveryPolicy policy) {
    return spec ->
        new Spec(
            spec.replicas(),
            spec.schedulerName(),
            spec.plugins(),
            policy,
            spec.rolloutStrategy(),
            spec.template());
  }

  static UnaryOperator<Spec> byGroup(int maxUnavailable, @Nullable Integer partition) {
    return rollout(RolloutType.SERVING_GROUP_ROLLING_UPDATE, maxUnavailable, partition);
  }

  static UnaryOperator<Spec> byRole() {
    return byRole(1, null);
  }

  static UnaryOperator<Spec> byRole(int maxUnavailable, @Nullable Integer partition) {
    return rollout(RolloutType.ROLE_ROLLING_UPDATE, maxUnavailable, partition);
  }

  private static UnaryOperator<Spec> rollout(
      RolloutType type, int maxUnavailable, @Nullable Integer partition) {
    IntOrPercent kept = partition == null ? null : IntOrPercent.of(partition);
    RolloutStrategy strategy =
        new RolloutStrategy(type, new RollingUpdate(IntOrPercent.of(maxUnavailable), kept));
    return spec ->
        new Spec(
            spec.replicas(),
            spec.schedulerName(),
            spec.plugins(),
            spec.recoveryPolicy(),
            strategy,
            spec.template());
  }

  static ModelServing edit(ModelServing serving, UnaryOperator<Spec> change) {
    return new ModelServing(serving.metadata(), change.apply(serving.spec()), serving.status());
  }

  static ModelServing annotated(ModelServing serving, String key, String value) {
    ObjectMeta old = serving.metadata();
    ObjectMeta metadata =
        new ObjectMeta(
            old.name(),
            old.namespace(),
            old.labels(),
            Map.of(key, value),
            old.uid(),
            old.resourceVersion(),
            old.generation(),
            old.creationTimestamp(),
            old.deletionTimestamp(),
            old.ownerReferences());
    return new ModelServing(metadata, serving.spec(), serving.status());
  }

  static ModelServing generation(ModelServing serving, long generation) {
    ObjectMeta old = serving.metadata();
    ObjectMeta metadata =
        new ObjectMeta(
            old.name(),
            old.namespace(),
            old.labels(),
            old.annotations(),
            old.uid(),
            old.resourceVersion(),
            generation,
            old.creationTimestamp(),
            old.deletionTimestamp(),
            old.ownerReferences());
    return new ModelServing(metadata, serving.spec(), serving.status());
  }
}
