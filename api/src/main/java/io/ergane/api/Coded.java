package io.ergane.api;

/** An enum constant with a spelling of its own in manifests, such as {@code vLLM}. */
public interface Coded {
  /** The exact, case-sensitive spelling used in manifests. */
  String text();
}
