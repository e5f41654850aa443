package io.ergane.controllers.serving.plan;

import java.time.Instant;
import java.util.Map;

/**
 * One write. What is created is in the ModelServing's namespace and gets it as controlling owner;
 * the reference blocks the owner's deletion, except on a PodGroup. Creating what is there already
 * under the same owner is a success.
 */
public sealed interface Change {
  /** Name of the object. */
  String name();

  /** Whether it only adds an object. */
  default boolean makes() {
    return switch (this) {
      case CreatePod _, CreateService _, CreateRevision _, CreatePodGroup _ -> true;
      case DrainPod _,
          DeletePod _,
          DeleteService _,
          DeleteRevision _,
          UpdatePodGroup _,
          DeletePodGroup _ ->
          false;
    };
  }

  /**
   * Creates a pod.
   *
   * @param spec the complete pod spec as a JSON tree
   */
  record CreatePod(
      String name,
      Map<String, String> labels,
      Map<String, String> annotations,
      Map<String, Object> spec)
      implements Change {}

  /**
   * Marks a pod with annotation {@link Names#DRAINING} so that it leaves routing.
   *
   * @param uid precondition
   * @param since value of the annotation
   * @param deadline when it is deleted even if requests are running
   * @param why as in {@link DeletePod}
   */
  record DrainPod(String name, String uid, Instant since, Instant deadline, String why)
      implements Change {}

  /**
   * Deletes a pod.
   *
   * @param uid precondition
   * @param why for the log, a clause such as {@code ServingGroup is scaled down}
   */
  record DeletePod(String name, String uid, String why) implements Change {}

  /** Creates a service with cluster IP {@code None}, no ports, that publishes unready addresses. */
  record CreateService(String name, Map<String, String> labels, Map<String, String> selector)
      implements Change {}

  /**
   * Deletes a service.
   *
   * @param uid precondition
   */
  record DeleteService(String name, String uid) implements Change {}

  /**
   * Creates a ControllerRevision of {@code apps/v1}.
   *
   * @param number {@code .revision}
   * @param data {@code .data} as a JSON tree
   */
  record CreateRevision(
      String name, Map<String, String> labels, long number, Map<String, Object> data)
      implements Change {}

  /**
   * Deletes a ControllerRevision.
   *
   * @param uid precondition
   */
  record DeleteRevision(String name, String uid) implements Change {}

  /**
   * Creates a PodGroup of {@code scheduling.volcano.sh/v1beta1}.
   *
   * @param spec as a JSON tree
   */
  record CreatePodGroup(
      String name,
      Map<String, String> labels,
      Map<String, String> annotations,
      Map<String, Object> spec)
      implements Change {}

  /**
   * Replaces a PodGroup's spec.
   *
   * @param uid precondition
   * @param spec the whole spec, with the fields that others set as they were observed
   */
  record UpdatePodGroup(String name, String uid, Map<String, Object> spec) implements Change {}

  /**
   * Deletes a PodGroup.
   *
   * @param uid precondition
   */
  record DeletePodGroup(String name, String uid) implements Change {}
}
