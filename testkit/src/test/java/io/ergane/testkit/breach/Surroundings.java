package io.ergane.testkit.breach;

import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Code that asks its surroundings. */
public final class Surroundings {
  static final class Variable {
    @Nullable String ask() {
      return System.getenv("HOME");
    }
  }

  static final class Property {
    @Nullable String ask() {
      return System.getProperty("user.home");
    }
  }

  static final class NumberProperty {
    @Nullable Integer ask() {
      return Integer.getInteger("size");
    }
  }

  static final class Language {
    Locale ask() {
      return Locale.getDefault();
    }
  }

  static final class Zone {
    ZoneId ask() {
      return ZoneId.systemDefault();
    }
  }

  static final class Encoding {
    Charset ask() {
      return Charset.defaultCharset();
    }
  }

  static final class Processors {
    int ask() {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  static final class Uptime {
    long ask() {
      return ManagementFactory.getRuntimeMXBean().getUptime();
    }
  }

  private Surroundings() {}
}
