package io.ergane.core.llm;

/**
 * A body that cannot be served.
 *
 * @param message what was found and what is accepted, for the client
 * @param at byte index relative to the start of the body, or -1 when the problem has no place
 */
public record Malformed(Problem problem, String message, int at) implements Scanned {}
