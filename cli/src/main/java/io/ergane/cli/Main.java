package io.ergane.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry point of the JVM; exits with the verb's code. */
public final class Main {
  private Main() {}

  /** Runs the verb that {@code args} name; without arguments prints the help. */
  public static void main(String[] args) {
    var out = writer(FileDescriptor.out);
    var err = writer(FileDescriptor.err);

    int code = new CommandLineShell(Verbs.ALL, out, err).run(args);

    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
