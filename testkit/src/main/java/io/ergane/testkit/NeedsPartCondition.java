package io.ergane.testkit;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides whether a test with {@link NeedsPart} runs, is skipped or fails. */
final class NeedsPartCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate(context.getElement(), System::getenv);
  }

  static ConditionEvaluationResult evaluate(
      Optional<? extends AnnotatedElement> element,
      Function<String, @Nullable String> environment) {
    List<Part> missing =
        AnnotationSupport.findAnnotation(element, NeedsPart.class).stream()
            .flatMap(needs -> Arrays.stream(needs.value()))
            .filter(part -> part.locate(environment).isEmpty())
            .toList();
    if (missing.isEmpty()) return ConditionEvaluationResult.enabled("every part is there");
    String reason = missing.stream().map(Part::missing).collect(Collectors.joining("; "));
    if ("true".equals(environment.apply("CI"))) throw new ExtensionConfigurationException(reason);
    return ConditionEvaluationResult.disabled(reason);
  }
}
