package io.ergane.dataplane.decision;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Compilation;
import io.ergane.core.llm.Api;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Fleet;
import io.ergane.dataplane.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeciderTest {
  private static final byte[] BODY = "{\"model\":\"m\",\"prompt\":\"hi\"}".getBytes(UTF_8);
  private static final RequestView VIEW =
      new RequestView() {
        @Override
        public String path() {
          return "/v1/completions";
        }

        @Override
        public @Nullable String header(String lowerCaseName) {
          return null;
        }
      };

  private final Dataplane dataplane = new Dataplane(Fleet.settings(16, 4096), () -> 0);
  private final Decider decider = new Decider(dataplane, Telemetry.NONE, 100, new SplitMix(1));

  private Refusal refused() {
    Ledger ledger = new Ledger(Telemetry.NONE, dataplane);
    return ((Outcome.Refused) decider.decide(Api.COMPLETIONS, BODY, 0, BODY.length, VIEW, ledger))
        .refusal();
  }

  @Test
  void beforeAnyRoutesAreToldRequestsAreToComeBackAndAModelIsUnknownOnlyAfterwards() {
    assertThat(refused().status()).isEqualTo(503);
    assertThat(refused().retryAfterSeconds()).isPositive();

    dataplane.apply(Compilation.EMPTY);

    assertThat(refused().status()).isEqualTo(404);
  }
}
