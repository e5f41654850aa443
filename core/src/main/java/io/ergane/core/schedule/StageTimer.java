package io.ergane.core.schedule;

/** Told at the end of each stage of a decision; times them where the shell wants it. */
public interface StageTimer {
  StageTimer NONE =
      new StageTimer() {
        @Override
        public void begin() {}

        @Override
        public void end(Stage stage, String plugin) {}
      };

  /** A stage starts: the first one of a decision, every other one where the last ended. */
  void begin();

  void end(Stage stage, String plugin);

  /** Kinds of plugin. */
  enum Stage {
    FILTER,
    SCORE
  }
}
