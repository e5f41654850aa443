package io.ergane.xds.server;

import io.ergane.proto.resource.Resource;
import io.ergane.xds.server.session.Push;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Encoded responses of now, so that what many nodes need is encoded once. Emptied when something is
 * published and when it holds more than its bound. Safe for use by many threads; of several that
 * need the same payload one encodes it and the others wait.
 */
final class PayloadCache {
  private final long maxBytes;
  private final ConcurrentHashMap<Key, byte[]> payloads = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  PayloadCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  byte[] get(Push push) {
    if (bytes.get() > maxBytes) {
      clear();
    }
    return payloads.computeIfAbsent(
        new Key(push),
        _ -> {
          byte[] payload = Payload.encode(push);
          bytes.addAndGet(payload.length);
          return payload;
        });
  }

  void clear() {
    payloads.clear();
    bytes.set(0);
  }

  /**
   * A response but for its nonce. Resources are told apart by version: equal version, equal bytes.
   */
  private static final class Key {
    private final Push push;
    private final int hash;

    Key(Push push) {
      this.push = push;
      int hash = push.version().hashCode() * 31 + push.removed().hashCode();
      if (!push.resources().isEmpty()) {
        hash = hash * 31 + push.resources().getFirst().version().hashCode();
        hash = hash * 31 + push.resources().getLast().version().hashCode();
      }
      this.hash = (hash * 31 + push.resources().size()) * 31 + push.typeUrl().hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.hash == hash
          && key.push.delta() == push.delta()
          && key.push.typeUrl().equals(push.typeUrl())
          && key.push.version().equals(push.version())
          && key.push.removed().equals(push.removed())
          && same(key.push.resources(), push.resources());
    }

    @SuppressWarnings("ReferenceEquality") // Nodes that get everything share the list.
    private static boolean same(List<Resource> a, List<Resource> b) {
      if (a == b) {
        return true;
      }
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        Resource left = a.get(i);
        Resource right = b.get(i);
        if (!left.version().equals(right.version()) || !left.name().equals(right.name())) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
