package io.ergane.core.schedule;

/** A column of a round: one float a row; NaN where the value was never measured or is too old. */
public enum Signal {
  /** Requests that this process has sent to the endpoint and that have not ended; never NaN. */
  IN_FLIGHT,
  /** Requests in the engine's running batch. */
  RUNNING,
  /** Requests waiting inside the engine. */
  WAITING,
  /** Share of the engine's KV cache in use, 0 to 1. */
  KV_USAGE,
  /** Mean time to first token since the scrape before, seconds. */
  TTFT,
  /** Mean time per output token since the scrape before, seconds. */
  TPOT,
  /** 1 when the engine lists the requested model or adapter, 0 when it does not. */
  LISTS_MODEL,
  /** Share of the prompt that the endpoint is believed to hold in its cache, 0 to 1; never NaN. */
  PREFIX_MATCH
}
