package io.ergane.controllers.serving.plan;

/**
 * An Event about the ModelServing.
 *
 * @param warning its type: {@code Warning}, else {@code Normal}
 * @param reason one CamelCase word
 * @param message for people
 */
public record EventNote(boolean warning, String reason, String message) {}
