package io.ergane.core.compile;

import java.util.List;
import java.util.function.Consumer;

/**
 * Compiles what was observed into the routing image and its endpoint tables. Pure: the same
 * observation and predecessor give the same outcome, whatever order things were observed in.
 *
 * <p>An object that is refused never stops the others and keeps its last good form, if it had one,
 * for as long as something of its kind and name is there. Each pass reads what the passes before it
 * wrote into the {@link Draft}.
 */
public final class ImageCompiler {
  private static final List<Consumer<Draft>> PASSES =
      List.of(
          Election::run,
          Soundness::run,
          ProviderPass::run,
          PoolPass::run,
          RoutePass::run,
          EndpointPass::run);

  private ImageCompiler() {}

  /**
   * Runs all passes.
   *
   * @param previous the compilation that is in force, {@link Compilation#EMPTY} at first; parts
   *     that did not change are taken over from it, so that they can be compared by identity
   */
  public static Compilation compile(Observed observed, Compilation previous) {
    Draft draft = new Draft(observed, previous);
    PASSES.forEach(pass -> pass.accept(draft));
    return draft.finish();
  }
}
