package io.ergane.xds.server.session;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node says about one type: a subscription, an acknowledgement, or both. */
public sealed interface Request {
  String typeUrl();

  /** Nonce of the response that this answers; empty when it answers none. */
  String nonce();

  /** Why the response was rejected, or null when it was not. */
  @Nullable String error();

  /** The longest name in it, in characters. */
  int longestName();

  /**
   * The state-of-the-world form: always the whole list of names.
   *
   * @param version the last version that the node accepted; empty when there is none
   */
  record Whole(String typeUrl, String version, String nonce, @Nullable String error, Names names)
      implements Request {
    @Override
    public int longestName() {
      return names.longest();
    }
  }

  /**
   * The incremental form.
   *
   * @param versions what the node has, by name; only its first request on a stream tells
   */
  record Delta(
      String typeUrl,
      String nonce,
      @Nullable String error,
      Names subscribe,
      List<String> unsubscribe,
      Map<String, String> versions)
      implements Request {
    @Override
    public int longestName() {
      int longest = subscribe.longest();
      for (String name : versions.keySet()) {
        longest = Math.max(longest, name.length());
      }
      return longest;
    }
  }
}
