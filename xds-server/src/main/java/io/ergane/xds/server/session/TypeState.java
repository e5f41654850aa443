package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The published resources of one type, immutable. Remembers the names of its last changes, so that
 * a stream that is a few publications behind need not compare everything.
 */
public final class TypeState {
  static final TypeState EMPTY = new TypeState(new TreeMap<>(), 0, 0, 0, List.of());

  /** Remembered changes; a stream further behind compares all names. */
  private static final int MAX_CHANGES = 16;

  private static final int MAX_CHANGED_NAMES = 4096;

  private final SortedMap<String, Resource> resources;
  private final long hash;
  private final long revision;

  /** The revision since which there are resources of the same names. */
  private final long namesSince;

  private final List<Change> changes;

  /** Threads that race to make it make the same. */
  private volatile @Nullable Selection all;

  /** Names that differ between two revisions. */
  private record Change(long from, long to, Collection<String> names) {}

  private TypeState(
      SortedMap<String, Resource> resources,
      long hash,
      long revision,
      long namesSince,
      List<Change> changes) {
    this.resources = resources;
    this.hash = hash;
    this.revision = revision;
    this.namesSince = namesSince;
    this.changes = changes;
  }

  /**
   * This state after a publication.
   *
   * @param names what differs between {@code next} and this state
   */
  TypeState next(SortedMap<String, Resource> next, Collection<String> names, long nextRevision) {
    long nextHash = hash;
    boolean sameNames = true;
    for (String name : names) {
      Resource before = resources.get(name);
      Resource after = next.get(name);
      nextHash += hashOf(after) - hashOf(before);
      sameNames &= (before == null) == (after == null);
    }
    List<Change> log = new ArrayList<>();
    if (names.size() <= MAX_CHANGED_NAMES) {
      log.add(new Change(revision, nextRevision, names));
      int total = names.size();
      for (Change change : changes) {
        total += change.names().size();
        if (log.size() == MAX_CHANGES || total > MAX_CHANGED_NAMES) {
          break;
        }
        log.add(change);
      }
    }
    long nextNames = sameNames ? namesSince : nextRevision;
    return new TypeState(next, nextHash, nextRevision, nextNames, List.copyOf(log));
  }

  /** Whether {@code other}, made from this state or before it, is known to have the same names. */
  boolean hasNamesOf(TypeState other) {
    return namesSince == other.namesSince;
  }

  /** Names whose resource differs between {@code older} and this state. */
  Collection<String> differences(TypeState older) {
    if (older.revision == revision) {
      return List.of();
    }
    LinkedHashSet<String> names = new LinkedHashSet<>();
    for (Change change : changes) {
      if (names.isEmpty() && change.from() == older.revision) {
        return change.names();
      }
      names.addAll(change.names());
      if (change.from() == older.revision) {
        return names;
      }
    }
    return differences(older.resources, resources);
  }

  /** Names whose resource differs between two tables, by version. */
  @SuppressWarnings("ReferenceEquality") // Sets share the tables that did not change.
  static SequencedCollection<String> differences(
      SortedMap<String, Resource> older, SortedMap<String, Resource> newer) {
    if (older == newer) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    newer.forEach((name, resource) -> {
      Resource before = older.get(name);
      if (before == null || !before.version().equals(resource.version())) {
        names.add(name);
      }
    });
    older.keySet().stream().filter(name -> !newer.containsKey(name)).forEach(names::add);
    return names;
  }

  /** Version of a set of resources: the same for equal content, whatever was published before. */
  static String versionOf(Collection<Resource> resources) {
    long sum = 0;
    for (Resource resource : resources) {
      sum += hashOf(resource);
    }
    return HexFormat.of().toHexDigits(sum);
  }

  /** The same for resources of which only names and versions are known. */
  static String versionOf(Map<String, String> versionsByName) {
    long sum = 0;
    for (Map.Entry<String, String> each : versionsByName.entrySet()) {
      sum += hashOf(each.getKey(), each.getValue());
    }
    return HexFormat.of().toHexDigits(sum);
  }

  private static long hashOf(@Nullable Resource resource) {
    return resource == null ? 0 : hashOf(resource.name(), resource.version());
  }

  private static long hashOf(String name, String version) {
    return mix(mix(text(name)) ^ text(version));
  }

  /** FNV-1a over the characters. */
  private static long text(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Nullable Resource get(String name) {
    return resources.get(name);
  }

  /** Everything. */
  Selection all() {
    Selection made = all;
    if (made == null) {
      made = Selection.all(this);
      all = made;
    }
    return made;
  }

  public SortedMap<String, Resource> resources() {
    return resources;
  }

  /** Sixteen hexadecimal digits that depend on names and versions of the resources alone. */
  public String version() {
    return HexFormat.of().toHexDigits(hash);
  }
}
