package io.ergane.core.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Diagnostic.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosticTest {
  private static Diagnostic finding(String subject, String code, String message) {
    return new Diagnostic(Severity.ERROR, code, subject, "a.yaml:1", message);
  }

  @Test
  void aMistakeInPlaceOfAnotherIsNotMended() {
    List<Diagnostic> before = List.of(finding("ModelRoute a/b", "refused", "weigth is no field"));
    List<Diagnostic> after = List.of(finding("ModelRoute a/b", "refused", "weight is 200"));

    assertThat(Diagnostic.mended(before, after)).isEmpty();
    assertThat(Diagnostic.mended(after, List.of())).isEqualTo(after);
  }

  @Test
  void anObjectIsMendedOnceWithTheLastFindingOfItsKind() {
    Diagnostic one = finding("ModelRoute a/b", "target-missing", "no x");
    Diagnostic two = finding("ModelRoute a/b", "target-missing", "no y");
    Diagnostic other = finding("ModelRoute a/c", "target-missing", "no x");

    assertThat(Diagnostic.mended(List.of(one, two, other), List.of(two))).containsExactly(other);
    assertThat(Diagnostic.mended(List.of(one, two, other), List.of())).containsExactly(one, other);
  }
}
