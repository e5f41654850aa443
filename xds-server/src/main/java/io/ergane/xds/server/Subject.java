package io.ergane.xds.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object of a user that a resource was made from.
 *
 * @param kind the first part of the resource's name, such as {@code pool}
 */
public record Subject(String kind, String namespace, String name) {
  private static final String LABEL = "[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?";

  /** Names of resources and of parts of them are KIND/NAMESPACE/NAME, with more after a slash. */
  private static final Pattern NAME =
      Pattern.compile("(?<![-\\w/.])([a-z][-a-z]*)/(%s)/(%s)(?![-\\w])".formatted(LABEL, LABEL));

  /** Every object that {@code texts} name, in the order of their first mention. */
  static List<Subject> in(Iterable<String> texts) {
    Set<Subject> found = new LinkedHashSet<>();
    for (String text : texts) {
      Matcher matcher = NAME.matcher(text);
      while (matcher.find()) {
        found.add(new Subject(matcher.group(1), matcher.group(2), matcher.group(3)));
      }
    }
    return new ArrayList<>(found);
  }

  @Override
  public String toString() {
    return kind + " " + namespace + "/" + name;
  }
}
