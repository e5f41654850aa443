package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind as the API server told of them last. Reading never waits.
 *
 * @param <T> what is kept of an object
 */
public interface Cache<T> extends AutoCloseable {
  /** Told of what changed, on the cache's own thread; should return soon. */
  @FunctionalInterface
  interface Listener<T> {
    /**
     * @param before null for an object that is new
     * @param after null for an object that is gone
     */
    void changed(ObjectName name, @Nullable T before, @Nullable T after);
  }

  /** What is known already of an object in one of its forms: such a form need not be read. */
  @FunctionalInterface
  interface Known<T> {
    /**
     * @param version the resource version
     * @return null when it has to be read
     */
    @Nullable T of(ObjectName name, String version);
  }

  /** Where a cache stands. */
  enum State {
    /** Nothing was told yet: the API server does not answer, or not yet. */
    WAITING,
    /** The API server does not know the kind. The cache is empty and looks again. */
    NO_SUCH_KIND,
    /** The account may not look. What was known before stays, and the cache looks again. */
    FORBIDDEN,
    /** Everything was listed, and changes are followed. */
    SYNCED
  }

  Kind kind();

  /** A view that changes as the cluster does. */
  Collection<T> all();

  @Nullable T get(ObjectName name);

  State state();

  /** Why the last request failed, in words; null when it did not. */
  @Nullable String problem();

  /** Ends it. What it held stays readable. */
  @Override
  void close();
}
