package io.ergane.proto.resource;

/** What identifies a resource: the URL of its type and its name. */
public record Key(String typeUrl, String name) implements Comparable<Key> {
  @Override
  public int compareTo(Key other) {
    int c = typeUrl.compareTo(other.typeUrl);
    return c != 0 ? c : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return TypeUrl.shortName(typeUrl) + " " + name;
  }
}
