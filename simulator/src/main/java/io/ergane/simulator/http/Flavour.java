package io.ergane.simulator.http;

/** The engine whose paths, metric names and small differences are imitated. */
public enum Flavour {
  VLLM("vllm"),
  SGLANG("sglang");

  private final String owner;

  Flavour(String owner) {
    this.owner = owner;
  }

  /** Value of {@code owned_by} in the model list. */
  String owner() {
    return owner;
  }
}
