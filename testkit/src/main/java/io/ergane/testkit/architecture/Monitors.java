package io.ergane.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.net.URI;

/**
 * The condition that a class has no {@code synchronized} method and no {@code synchronized} block;
 * read from its bytecode.
 */
final class Monitors extends ArchCondition<JavaClass> {
  Monitors() {
    super("not use synchronized");
  }

  @Override
  public void check(JavaClass javaClass, ConditionEvents events) {
    javaClass
        .getSource()
        .ifPresent(source -> {
          for (MethodModel method : ClassFile.of().parse(read(source.getUri())).methods()) {
            if (locks(method)) {
              String where = javaClass.getName() + "." + method.methodName().stringValue();
              events.add(
                  SimpleConditionEvent.violated(
                      javaClass, where + " is or has a synchronized section"));
            }
          }
        });
  }

  private static boolean locks(MethodModel method) {
    return method.flags().has(AccessFlag.SYNCHRONIZED)
        || method
            .code()
            .filter(code -> code.elementStream().anyMatch(MonitorInstruction.class::isInstance))
            .isPresent();
  }

  private static byte[] read(URI classFile) {
    try (InputStream in = classFile.toURL().openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(classFile.toString(), e);
    }
  }
}
