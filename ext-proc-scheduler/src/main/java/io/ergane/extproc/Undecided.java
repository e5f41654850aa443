package io.ergane.extproc;

import org.jspecify.annotations.Nullable;

/**
 * The streams of one thread about which nothing is decided yet, oldest first: a list linked through
 * its members, so that coming and leaving cost the same however many there are.
 */
final class Undecided {
  private final long patienceNanos;
  private @Nullable Member oldest;
  private @Nullable Member newest;

  /**
   * @param patienceNanos that a stream has for its headers and its body
   */
  Undecided(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  /** Whoever may be in the list, once at a time. */
  abstract static class Member {
    private boolean listed;
    private long since;
    private @Nullable Member older;
    private @Nullable Member newer;

    /** It has been in the list too long, and is not any more. */
    abstract void late();
  }

  /**
   * @param now not before the time at which another one was added
   */
  void add(Member member, long now) {
    member.listed = true;
    member.since = now;
    member.older = newest;
    if (newest == null) {
      oldest = member;
    } else {
      newest.newer = member;
    }
    newest = member;
  }

  /** Does nothing for one that is not in the list. */
  void remove(Member member) {
    if (!member.listed) {
      return;
    }
    member.listed = false;
    Member older = member.older;
    Member newer = member.newer;
    member.older = null;
    member.newer = null;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
  }

  /** Removes those who have been here too long, and tells them. */
  void expire(long now) {
    for (Member first = oldest;
        first != null && now - first.since >= patienceNanos;
        first = oldest) {
      remove(first);
      first.late();
    }
  }
}
