package io.ergane.controllers.serving;

import io.ergane.core.compile.Compilation;

/** What the controller has to know of those who route requests. */
public interface DataPlanes {
  /** Nobody can say who routes what; pods are deleted without being drained. */
  DataPlanes NONE =
      new DataPlanes() {
        @Override
        public boolean canDrain() {
          return false;
        }

        @Override
        public Compilation decidedBy() {
          return Compilation.EMPTY;
        }

        @Override
        public boolean acknowledged() {
          return false;
        }
      };

  /** Whether it will be known when a pod has left routing. */
  boolean canDrain();

  /** What was told to them last. */
  Compilation decidedBy();

  /** Whether each of them runs that. */
  boolean acknowledged();
}
