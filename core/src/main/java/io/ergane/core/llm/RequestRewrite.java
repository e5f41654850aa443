package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Edits that turn a client's body into the engine's: another model name, usage at the end of a
 * stream.
 */
public final class RequestRewrite {
  private RequestRewrite() {}

  /**
   * The edits a request needs, ascending and disjoint; empty when it goes out as it came.
   *
   * @param upstreamModel the name the engine serves, null to leave the client's
   * @param wantUsage whether the router needs the usage of a stream; only chat and text completions
   *     are edited, since the other endpoints report usage unasked
   */
  public static List<Edit> edits(
      RequestFacts facts, @Nullable String upstreamModel, boolean wantUsage) {
    List<Edit> edits = new ArrayList<>(2);
    if (upstreamModel != null && !upstreamModel.equals(facts.model())) {
      edits.add(new Edit(facts.modelStart(), facts.modelEnd(), JsonText.quoted(upstreamModel)));
    }
    if (wantUsage && addsUsage(facts)) {
      UsageSplice usage = facts.usageSplice();
      int index = usage.start() < facts.modelStart() ? 0 : edits.size();
      byte[] text = usage.kind().text().getBytes(StandardCharsets.US_ASCII);
      edits.add(index, new Edit(usage.start(), usage.end(), text));
    }
    return edits;
  }

  /**
   * Whether {@link #edits} with {@code wantUsage} makes the engine send a usage frame the client
   * did not ask for.
   */
  public static boolean addsUsage(RequestFacts facts) {
    return facts.stream()
        && facts.api().usageOnRequest()
        && switch (facts.usageSplice().kind()) {
          case NONE, REQUESTED -> false;
          case ADD_OPTIONS,
              REPLACE_NULL_OPTIONS,
              ADD_FIRST_MEMBER,
              ADD_ONLY_MEMBER,
              REPLACE_VALUE ->
              true;
        };
  }

  /** Change of the body's length in bytes. */
  public static int growth(List<Edit> edits) {
    int growth = 0;
    for (Edit edit : edits) {
      growth += edit.growth();
    }
    return growth;
  }

  /** A copy of the body with the edits made. */
  public static byte[] apply(byte[] body, int offset, int length, List<Edit> edits) {
    byte[] out = new byte[length + growth(edits)];
    int from = 0;
    int to = 0;
    for (Edit edit : edits) {
      int kept = edit.start() - from;
      System.arraycopy(body, offset + from, out, to, kept);
      System.arraycopy(edit.replacement(), 0, out, to + kept, edit.replacement().length);
      to += kept + edit.replacement().length;
      from = edit.end();
    }
    System.arraycopy(body, offset + from, out, to, length - from);
    return out;
  }
}
