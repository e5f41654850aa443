package io.ergane.core.engine;

import java.util.Arrays;

/**
 * Reads one metrics exposition, in Prometheus text format 0.0.4 or OpenMetrics text, as its bytes
 * arrive.
 *
 * <p>Only samples that the dialect names are looked into; every other line is passed over from its
 * first bytes to its line feed. Several series of one name (data-parallel ranks, models) are
 * folded: requests, blocks and histogram totals are summed, the KV cache's share is the largest. A
 * value that is NaN, infinite or negative makes the whole fold unknown. Where an engine's old and
 * new name of a thing are both there, the new one counts.
 *
 * <p>Feeding the bytes in any pieces gives the same sample. Lines that cannot be read are counted
 * and passed over; nothing throws. At most one line of at most {@code maxLineBytes} is kept.
 * Confined to one thread; reusable after {@link #finish()}.
 */
public final class MetricScrape {

  /** Longest line that is looked into unless another limit is given. */
  public static final int DEFAULT_MAX_LINE_BYTES = 8192;

  private static final int FIRST_CARRY_BYTES = 256;

  private final MetricDialect dialect;
  private final NameIndex names;
  private final int maxLineBytes;
  private final SampleLine line = new SampleLine();
  private final double[] values;
  private final boolean[] seen;

  private byte[] carry = new byte[FIRST_CARRY_BYTES];
  private int carried;
  private boolean passingOver;
  private int unreadable;
  private int unreadableInLast;

  /** A reader of one dialect with the default line limit. */
  public MetricScrape(MetricDialect dialect) {
    this(dialect, DEFAULT_MAX_LINE_BYTES);
  }

  /**
   * A reader of one dialect.
   *
   * @param maxLineBytes a line of interest longer than this counts as unreadable; at least 64
   */
  public MetricScrape(MetricDialect dialect, int maxLineBytes) {
    if (maxLineBytes < 64) {
      throw new IllegalArgumentException(
          "maxLineBytes is %d; it must be 64 or more".formatted(maxLineBytes));
    }
    this.dialect = dialect;
    this.names = dialect.names();
    this.maxLineBytes = maxLineBytes;
    this.values = new double[dialect.cells().size()];
    this.seen = new boolean[values.length];
  }

  /** Takes the next {@code length} bytes of the exposition; none of {@code bytes} is kept. */
  public void feed(byte[] bytes, int offset, int length) {
    int to = offset + length;
    int at = carried > 0 || passingOver ? endHeldLine(bytes, offset, to) : offset;
    while (at < to) {
      if (isBlank(bytes[at])) {
        at++;
        continue;
      }
      int end = Newlines.next(bytes, at, to);
      if (end < 0) {
        holdLine(bytes, at, to);
        return;
      }
      readLine(bytes, at, end);
      at = end + 1;
    }
  }

  /** The sample of all bytes fed; the reader is then as new. */
  public EngineSample finish() {
    if (carried > 0) {
      readLine(carry, 0, carried);
    }
    EngineSample sample = dialect.sample(values, seen);
    unreadableInLast = unreadable;
    reset();
    return sample;
  }

  /** Forgets the bytes fed since the last {@link #finish()}. */
  public void reset() {
    Arrays.fill(seen, false);
    carried = 0;
    passingOver = false;
    unreadable = 0;
  }

  /** Lines of interest that could not be read in the exposition finished last. */
  public int unreadableLines() {
    return unreadableInLast;
  }

  /** Ends the line begun in earlier pieces, if it ends here; returns where to read on. */
  private int endHeldLine(byte[] bytes, int from, int to) {
    int newline = Newlines.next(bytes, from, to);
    int end = newline < 0 ? to : newline;
    if (!passingOver) {
      carry(bytes, from, end);
    }
    if (newline < 0) {
      return to;
    }
    if (!passingOver) {
      readLine(carry, 0, carried);
    }
    carried = 0;
    passingOver = false;
    return newline + 1;
  }

  /** Keeps the start of a line whose end is in a later piece, unless it is of no interest. */
  private void holdLine(byte[] bytes, int from, int to) {
    if (to - from >= names.keyBytes() && !names.mayStartName(bytes, from)) {
      passingOver = true;
    } else {
      carry(bytes, from, to);
    }
  }

  private void carry(byte[] bytes, int from, int to) {
    int taken = Math.min(to - from, maxLineBytes - carried);
    if (carried + taken > carry.length) {
      int grown = Math.max(carried + taken, Math.min(2 * carry.length, maxLineBytes));
      carry = Arrays.copyOf(carry, grown);
    }
    System.arraycopy(bytes, from, carry, carried, taken);
    carried += taken;
    if (taken < to - from) {
      unreadable += names.find(carry, 0, carried) >= 0 ? 1 : 0;
      carried = 0;
      passingOver = true;
    }
  }

  private void readLine(byte[] bytes, int from, int to) {
    int name = names.find(bytes, from, to);
    if (name < 0) {
      return;
    }
    if (to - from > maxLineBytes || !line.read(bytes, from + names.length(name), to)) {
      unreadable++;
      return;
    }
    for (int cell : names.cells(name)) {
      fold(cell);
    }
  }

  private void fold(int index) {
    Cell cell = dialect.cells().get(index);
    Cell.LabelIs only = cell.only();
    if (only != null && !line.has(only)) {
      return;
    }
    double read = cell.factors().isEmpty() ? line.value() : line.product(cell.factors());
    double value = read >= 0 && read < Double.POSITIVE_INFINITY ? read : Double.NaN;
    values[index] = seen[index] ? cell.fold().join(values[index], value) : value;
    seen[index] = true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }
}
