package io.ergane.xds.server.session;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands with one type.
 *
 * @param resources how many the node has or was told of
 * @param runs version, of the type as a whole, that the node acknowledged last; empty before that
 * @param unanswered version sent and not answered yet, or null
 * @param live whether the node runs everything published that it wants
 * @param rejected names whose last content it rejected
 * @param versions acknowledged version of each resource; empty when there are too many to list
 */
public record SubscriptionStatus(
    String typeUrl,
    boolean delta,
    boolean wildcard,
    int resources,
    String runs,
    @Nullable String unanswered,
    boolean live,
    List<String> rejected,
    SortedMap<String, String> versions) {}
