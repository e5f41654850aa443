package io.ergane.api;

/**
 * The object that another belongs to.
 *
 * @param controller whether the owner is the one that manages the object
 */
@IgnoresUnknownFields
public record OwnerReference(
    String apiVersion, String kind, String name, String uid, boolean controller) {}
