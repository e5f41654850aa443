package io.ergane.core.llm;

import java.util.Arrays;

/**
 * Watches a streamed answer while its bytes pass through: which bytes must not reach the client,
 * how many must wait, what the stream has said so far.
 *
 * <p>With dropping on, a frame the client did not ask for (usage present, {@code choices} an empty
 * array) is dropped whole. Until a cut frame has ended it is not known whether it is one, so its
 * bytes are to be held back:
 *
 * <pre>{@code
 * inspector.feed(chunk, offset, length);
 * send or discard what is held        // when inspector.heldReleased() / inspector.heldDropped()
 * send the chunk, without the dropped ranges and without its last inspector.held() bytes
 * add these last bytes to what is held
 * }</pre>
 *
 * <p>All indices are relative to the chunk fed last. Never more than the bound is held: a frame
 * that outgrows it is released. Belongs to one thread; results are valid until the next call.
 */
public final class StreamInspector implements FrameSink {
  private final SseFrames frames;
  private final SseEvent event = new SseEvent();
  private final UsageReader usageReader = new UsageReader();
  private final boolean dropUsageFrames;

  private int[] dropped = new int[8];
  private int droppedCount;
  private int frameStart;
  private long heldBefore;
  private HeldFate heldFate = HeldFate.NONE;
  private int held;

  private Usage usage = Usage.UNKNOWN;
  private int contentFrames;
  private int newContentFrames;
  private boolean terminal;
  private boolean error;

  private enum HeldFate {
    NONE,
    WAITING,
    RELEASED,
    DROPPED
  }

  /**
   * An inspector at the start of a stream.
   *
   * @param dropUsageFrames whether usage frames are the router's and must not reach the client
   * @param maxFrameBytes longest frame that is looked into and held
   */
  public StreamInspector(boolean dropUsageFrames, int maxFrameBytes) {
    this.dropUsageFrames = dropUsageFrames;
    this.frames = new SseFrames(maxFrameBytes);
  }

  /** Looks at the next bytes of the stream. */
  public void feed(byte[] bytes, int offset, int length) {
    begin();
    frames.feed(bytes, offset, length, this);
    long pending = frames.pending();
    boolean holds = dropUsageFrames && pending > 0 && !frames.overflowed();
    held = holds ? (int) Math.min(pending, length) : 0;
    if (heldFate == HeldFate.WAITING && !holds) {
      heldFate = HeldFate.RELEASED;
    }
    heldBefore = holds ? pending : 0;
  }

  /**
   * Ends the stream: a last frame without its blank line is looked at; what is held is to be sent
   * or discarded.
   */
  public void finish() {
    begin();
    frames.finish(this);
    if (heldFate == HeldFate.WAITING) {
      heldFate = HeldFate.RELEASED;
    }
    heldBefore = 0;
    held = 0;
    droppedCount = 0;
  }

  private void begin() {
    droppedCount = 0;
    frameStart = 0;
    newContentFrames = 0;
    heldFate = heldBefore > 0 ? HeldFate.WAITING : HeldFate.NONE;
  }

  @Override
  public void frame(byte[] bytes, int offset, int length) {
    event.read(bytes, offset, length);
    boolean drop = inspect() && dropUsageFrames;
    ended(drop);
  }

  @Override
  public void oversized(long length) {
    ended(false);
  }

  private void ended(boolean drop) {
    int frameEnd = frames.consumed();
    if (heldFate == HeldFate.WAITING) {
      heldFate = drop ? HeldFate.DROPPED : HeldFate.RELEASED;
    }
    if (drop) {
      drop(frameStart, frameEnd);
    }
    frameStart = frameEnd;
  }

  /** Takes in one frame; true when it is a usage frame without choices. */
  private boolean inspect() {
    terminal |= event.isTerminal();
    error |= event.isError();
    boolean usageOnly = false;
    if (event.dataLength() > 0
        && UsageReader.mayHold(event.data(), event.dataStart(), event.dataLength())) {
      Usage reported = usageReader.read(event.data(), event.dataStart(), event.dataLength());
      usage = usage.updatedBy(reported);
      usageOnly = reported.isKnown() && usageReader.hadNoChoices();
    }
    if (event.isContent() && !usageOnly) {
      contentFrames++;
      newContentFrames++;
    }
    return usageOnly;
  }

  private void drop(int start, int end) {
    if (start == end) {
      return;
    }
    if (droppedCount * 2 == dropped.length) {
      dropped = Arrays.copyOf(dropped, dropped.length * 2);
    }
    dropped[droppedCount * 2] = start;
    dropped[droppedCount * 2 + 1] = end;
    droppedCount++;
  }

  /** Number of byte ranges of the chunk that must not be sent; ascending and disjoint. */
  public int droppedRanges() {
    return droppedCount;
  }

  /** First byte of dropped range {@code i}. */
  public int droppedStart(int i) {
    return dropped[i * 2];
  }

  /** Byte after the last of dropped range {@code i}. */
  public int droppedEnd(int i) {
    return dropped[i * 2 + 1];
  }

  /** How many bytes at the chunk's end must be held back. */
  public int held() {
    return held;
  }

  /** Whether bytes held before this chunk must now be sent, before the chunk's own. */
  public boolean heldReleased() {
    return heldFate == HeldFate.RELEASED;
  }

  /** Whether bytes held before this chunk must now be discarded. */
  public boolean heldDropped() {
    return heldFate == HeldFate.DROPPED;
  }

  /** The latest usage the stream reported. */
  public Usage usage() {
    return usage;
  }

  /** Frames with generated content so far. */
  public int contentFrames() {
    return contentFrames;
  }

  /** Frames with generated content that ended in the last chunk. */
  public int newContentFrames() {
    return newContentFrames;
  }

  /** Whether the engine said that the answer is complete. */
  public boolean terminalSeen() {
    return terminal;
  }

  /** Whether an error event has passed. */
  public boolean errorSeen() {
    return error;
  }
}
