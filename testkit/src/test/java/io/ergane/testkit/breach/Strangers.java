package io.ergane.testkit.breach;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;

/** Code that stands on what the core may not stand on. */
public final class Strangers {
  static final class Library {
    String use(JavaClass javaClass) {
      return javaClass.getName();
    }
  }

  static final class Regex {
    boolean use(String text) {
      return Pattern.matches("(a+)+", text);
    }
  }

  static final class Desktop {
    Object use() {
      return DocumentBuilderFactory.newInstance();
    }
  }

  static final class OtherModule {
    Object use() {
      return new Clocks.NanoTime();
    }
  }

  private Strangers() {}
}
