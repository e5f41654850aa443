package io.ergane.e2e.kube;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A ModelServing as text.
 *
 * @param replicas ServingGroups
 * @param spec lines of YAML below {@code spec}, such as a rollout strategy
 */
record ServingManifest(String name, int replicas, String spec, List<Role> roles) {
  /**
   * A role whose pods have one container.
   *
   * @param workers pods beside the entry pod; below 0 for a role without a worker template
   * @param tag of the image, which is {@code engine}
   * @param more lines of YAML below the role, such as a partition
   */
  record Role(String name, int replicas, int workers, String tag, String more) {
    static Role of(String name, int replicas, int workers) {
      return new Role(name, replicas, workers, "1", "");
    }

    Role with(String lines) {
      return new Role(name, replicas, workers, tag, more + lines.strip() + "\n");
    }

    Role tagged(String newTag) {
      return new Role(name, replicas, workers, newTag, more);
    }

    Role scaled(int newReplicas) {
      return new Role(name, newReplicas, workers, tag, more);
    }

    private String text() {
      String lines =
          """
          - name: %s
            replicas: %d
            workerReplicas: %d
            entryTemplate:
          %s\
          """
              .formatted(name, replicas, Math.max(0, workers), template().indent(4));
      if (workers >= 0) lines += "  workerTemplate:\n" + template().indent(4);
      return lines + more.indent(2);
    }

    private String template() {
      return """
      spec:
        terminationGracePeriodSeconds: 5
        containers:
        - name: engine
          image: %s
          ports: [{containerPort: 8000}]
      """
          .formatted(image());
    }

    String image() {
      return "engine:" + tag;
    }
  }

  static ServingManifest of(String name, int replicas, Role... roles) {
    return new ServingManifest(name, replicas, "", List.of(roles));
  }

  /** Adds lines of YAML below {@code spec}. */
  ServingManifest with(String lines) {
    return new ServingManifest(name, replicas, spec + lines.strip() + "\n", roles);
  }

  /** Adds a rollout by groups. */
  ServingManifest rolling(String configuration) {
    return with(
        """
        rolloutStrategy:
          type: ServingGroupRollingUpdate
          rollingUpdateConfiguration: {%s}
        """
            .formatted(configuration));
  }

  ServingManifest scaled(int newReplicas) {
    return new ServingManifest(name, newReplicas, spec, roles);
  }

  /** The same with the roles of those names replaced. */
  ServingManifest changed(Role... changed) {
    List<Role> all = new ArrayList<>();
    for (Role role : roles) {
      all.add(
          Arrays.stream(changed)
              .filter(each -> each.name().equals(role.name()))
              .findFirst()
              .orElse(role));
    }
    return new ServingManifest(name, replicas, spec, all);
  }

  /** The same with every role's image of that tag. */
  ServingManifest tagged(String tag) {
    return changed(roles.stream().map(role -> role.tagged(tag)).toArray(Role[]::new));
  }

  Role role(String role) {
    return roles.stream().filter(each -> each.name().equals(role)).findFirst().orElseThrow();
  }

  /** Pods of a group. */
  int groupSize() {
    return roles.stream()
        .mapToInt(role -> role.replicas() * (1 + Math.max(0, role.workers())))
        .sum();
  }

  String text() {
    return """
    apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    metadata:
      name: %s
    spec:
      replicas: %d
    %s  template:
        roles:
    %s\
    """
        .formatted(
            name,
            replicas,
            spec.indent(2),
            roles.stream().map(Role::text).collect(Collectors.joining()).indent(4));
  }
}
