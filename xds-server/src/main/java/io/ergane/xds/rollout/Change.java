package io.ergane.xds.rollout;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A change of configuration that is under way.
 *
 * @param target what is decided by in the end
 * @param wide the target with the pools beside its own that were there before
 * @param during what is published from when the target may be decided by: Envoys know the pools of
 *     {@code wide}
 * @param after what is published in the end; {@code during} when no pool is gone
 */
record Change(Compilation target, Compilation wide, ResourceSet during, ResourceSet after) {

  /** Whether pools are gone with it. */
  boolean drops() {
    return wide.image().pools().size() > target.image().pools().size();
  }

  /**
   * The same with newer endpoints.
   *
   * @param changed resources of the tables that differ
   */
  Change following(Compilation newest, Collection<Resource> changed) {
    ResourceSet now = refreshed(during, changed);
    return new Change(
        following(target, newest),
        refreshed(wide, newest.endpoints()),
        now,
        drops() ? refreshed(after, changed) : now);
  }

  /** {@code now} with the pools beside its own that {@code before} has. */
  static Compilation widened(Compilation before, Compilation now) {
    RoutingImage image = now.image();
    SortedMap<ObjectName, Pool> pools = new TreeMap<>(before.image().pools());
    pools.putAll(image.pools());
    if (pools.size() == image.pools().size()) {
      return now;
    }
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(before.endpoints());
    tables.putAll(now.endpoints());
    RoutingImage wide =
        new RoutingImage(image.routes(), pools.values(), image.providers(), image.profile());
    return new Compilation(wide, tables, now.diagnostics(), now.inForce());
  }

  /** The newest when it has the same image, else the same image with the newest's endpoints. */
  static Compilation following(Compilation compilation, Compilation newest) {
    return newest.image().equals(compilation.image())
        ? newest
        : refreshed(compilation, newest.endpoints());
  }

  /** The same with the tables that {@code newest} has of its pools. */
  static Compilation refreshed(
      Compilation compilation, SortedMap<ObjectName, EndpointTable> newest) {
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(compilation.endpoints());
    tables.replaceAll((pool, table) -> newest.getOrDefault(pool, table));
    return new Compilation(
        compilation.image(), tables, compilation.diagnostics(), compilation.inForce());
  }

  /** The same set with those of {@code changed} that it has. */
  static ResourceSet refreshed(ResourceSet set, Collection<Resource> changed) {
    return set.with(held(set, changed), List.of());
  }

  /** Those of {@code resources} whose keys are in the set. */
  static List<Resource> held(ResourceSet set, Collection<Resource> resources) {
    return resources.stream().filter(each -> set.get(each.key()) != null).toList();
  }
}
