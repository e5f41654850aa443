package io.ergane.dataplane.signals;

import io.ergane.core.engine.ModelList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Polls an engine's model list. A list that cannot be had leaves the one before standing. */
final class ModelsPoll extends PagePoll {

  private static final int FIRST_BYTES = 1024;

  private final Gate gate;

  /** The body so far; kept between polls only while it is short. */
  private byte[] body = new byte[FIRST_BYTES];

  private int bodyBytes;

  ModelsPoll(String path, EngineClient client, Probe.Surroundings around) {
    Target target = around.target();
    byte[] request = Requests.get(target, target.port(), path, "application/json");
    super(Page.MODELS, request, around.context().settings().modelsInterval(), client, around);
    this.gate = around.gate();
  }

  @Override
  void startBody() {
    bodyBytes = 0;
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    if (bodyBytes + length > body.length) {
      body = Arrays.copyOf(body, Math.max(2 * body.length, bodyBytes + length));
    }
    System.arraycopy(bytes, offset, body, bodyBytes, length);
    bodyBytes += length;
  }

  @Override
  @Nullable ScrapeFailure endBody(long now) {
    @Nullable List<String> names = ModelList.parse(body, 0, bodyBytes).orElse(null);
    if (body.length > 16 * FIRST_BYTES) {
      body = new byte[FIRST_BYTES];
    }
    if (names == null) {
      return ScrapeFailure.UNRECOGNISED;
    }
    gate.pass(() -> context().sink().models(target().slot(), Set.copyOf(names)));
    return null;
  }
}
