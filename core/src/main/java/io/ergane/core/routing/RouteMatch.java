package io.ergane.core.routing;

/**
 * The route, rule and target that a request fell on.
 *
 * @param rule index into the route's rules
 * @param adapter the request's model is a LoRA name of the route, which keeps its name upstream
 */
public record RouteMatch(Route route, int rule, Target target, boolean adapter) {}
