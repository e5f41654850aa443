package io.ergane.xds.server.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a node rejected of one type.
 *
 * <p>A node that rejects a response of several resources may have dropped good ones with the bad.
 * Those that its message mentions are at fault and the others are tried again without them; when it
 * mentions none, or all, each half is tried alone, until what is at fault is found.
 */
final class Rejections {
  private final Set<String> guilty = new HashSet<>();
  private final Deque<List<String>> trials = new ArrayDeque<>();

  /** Takes a rejection of {@code names}, one or more, that can be sent again separately. */
  void separable(List<String> names, String message) {
    List<String> mentioned = mentioned(names, message);
    if (names.size() == 1) {
      guilty.addAll(names);
    } else if (mentioned.isEmpty() || mentioned.size() == names.size()) {
      trials.add(names.subList(0, names.size() / 2));
      trials.add(names.subList(names.size() / 2, names.size()));
    } else {
      guilty.addAll(mentioned);
      Set<String> left = Set.copyOf(mentioned);
      trials.add(names.stream().filter(name -> !left.contains(name)).toList());
    }
  }

  /** Takes a rejection of {@code names} that were sent with everything else. */
  void inseparable(List<String> names, String message) {
    guilty.addAll(atFault(names, message));
  }

  /** The names that {@code message} mentions, or all when it mentions none. */
  static List<String> atFault(List<String> names, String message) {
    List<String> mentioned = mentioned(names, message);
    return mentioned.isEmpty() ? names : mentioned;
  }

  private static List<String> mentioned(List<String> names, String message) {
    List<String> mentioned = new ArrayList<>();
    for (String name : names) {
      if (mentions(message, name)) {
        mentioned.add(name);
      }
    }
    return mentioned;
  }

  private static boolean mentions(String message, String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
      int end = at + name.length();
      if ((at == 0 || !isNamePart(message.charAt(at - 1)))
          && (end == message.length() || !isNamePart(message.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '/' || c == '_';
  }

  boolean isTrying() {
    return !trials.isEmpty();
  }

  /** Names to send alone next; only while {@link #isTrying}. */
  List<String> nextTrial() {
    return trials.remove();
  }

  void clear(String name) {
    guilty.remove(name);
  }

  void retain(Collection<String> names) {
    guilty.retainAll(names);
  }

  boolean any() {
    return !guilty.isEmpty();
  }

  boolean isGuilty(String name) {
    return guilty.contains(name);
  }

  /** Names whose last content the node rejected, sorted. */
  List<String> names() {
    return guilty.stream().sorted().toList();
  }
}
