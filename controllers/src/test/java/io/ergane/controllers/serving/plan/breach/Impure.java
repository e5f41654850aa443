package io.ergane.controllers.serving.plan.breach;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what no plan may. */
public final class Impure {
  private final Logger log = LoggerFactory.getLogger(Impure.class);

  String next(ObjectMapper mapper) {
    log.info("planning with {}", mapper);
    return Instant.now().toString();
  }
}
