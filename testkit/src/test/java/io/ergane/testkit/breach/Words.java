package io.ergane.testkit.breach;

import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Code that logs or prints. */
public final class Words {
  static final class Facade {
    void say() {
      LoggerFactory.getLogger("x").info("x");
    }
  }

  static final class OfTheJdk {
    void say() {
      Logger.getLogger("x").info("x");
    }
  }

  static final class OfTheSystem {
    void say() {
      System.getLogger("x").log(System.Logger.Level.INFO, "x");
    }
  }

  @SuppressWarnings("SystemOut")
  static final class Out {
    void say() {
      System.out.println("x");
    }
  }

  @SuppressWarnings("SystemOut")
  static final class OutByReference {
    Runnable say() {
      return System.err::println;
    }
  }

  static final class NewOut {
    void say() {
      IO.println("x");
    }
  }

  static final class Trace {
    @SuppressWarnings("CatchAndPrintStackTrace")
    void say(IllegalStateException e) {
      e.printStackTrace();
    }
  }

  private Words() {}
}
