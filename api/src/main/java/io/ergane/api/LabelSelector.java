package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import java.util.Map;

/** A choice of objects by their labels; all conditions must hold. */
@Atomic
public record LabelSelector(
    @JsonPropertyDescription("Labels that an object must carry.") Map<String, String> matchLabels,
    @JsonPropertyDescription("Further conditions on labels.") List<Requirement> matchExpressions) {

  public LabelSelector {
    matchLabels = Copies.of(matchLabels);
    matchExpressions = List.copyOf(matchExpressions);
  }

  /**
   * A condition on one label.
   *
   * @param operator {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}
   */
  public record Requirement(
      @JsonPropertyDescription("Key of the label.") @Required String key,
      @JsonPropertyDescription("In, NotIn, Exists or DoesNotExist.") @Required String operator,
      @JsonPropertyDescription("Values for In and NotIn.") List<String> values) {

    public Requirement {
      values = List.copyOf(values);
    }
  }
}
