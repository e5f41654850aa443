package io.ergane.api;

import com.google.re2j.Pattern;
import io.ergane.api.Schema.Amount;
import io.ergane.api.Schema.Anything;
import io.ergane.api.Schema.Choice;
import io.ergane.api.Schema.Field;
import io.ergane.api.Schema.Flag;
import io.ergane.api.Schema.Items;
import io.ergane.api.Schema.Moment;
import io.ergane.api.Schema.Shape;
import io.ergane.api.Schema.Share;
import io.ergane.api.Schema.Span;
import io.ergane.api.Schema.Table;
import io.ergane.api.Schema.Text;
import io.ergane.api.Schema.Tree;
import io.ergane.api.Schema.Whole;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads schemas from records. */
final class SchemaReader {
  /** Types that have one schema, whatever stands around them. */
  private static final Map<Class<?>, Schema> OWN =
      Map.of(
          boolean.class, new Flag(),
          Boolean.class, new Flag(),
          Duration.class, new Span(),
          Instant.class, new Moment(),
          IntOrPercent.class, new Share(),
          Quantity.class, new Amount(),
          Object.class, new Anything());

  private SchemaReader() {}

  /** The schema of a record type, as its components and their annotations describe it. */
  static Shape shapeOf(Class<? extends Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return new Shape(
          type.getDeclaredConstructor(parameters),
          !type.isAnnotationPresent(IgnoresUnknownFields.class),
          Arrays.stream(components).map(component -> fieldOf(type, component)).toList());
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor", e);
    }
  }

  private static Field fieldOf(Class<?> owner, RecordComponent component) {
    AnnotatedElement marks = declared(owner, component.getName());
    boolean nullable =
        component.getAnnotatedType().isAnnotationPresent(org.jspecify.annotations.Nullable.class);
    boolean required = marks.isAnnotationPresent(Required.class);
    Default byDefault = marks.getAnnotation(Default.class);
    RefusedWith refused = marks.getAnnotation(RefusedWith.class);
    Schema schema = schemaOf(component.getGenericType(), marks);
    Object absent =
        byDefault != null
            ? parseDefault(schema, byDefault.value())
            : nullable || required ? null : empty(schema);
    return new Field(
        component.getName(),
        schema,
        component.getAccessor(),
        required,
        nullable,
        absent,
        byDefault != null,
        refused == null ? null : refused.value());
  }

  private static AnnotatedElement declared(Class<?> owner, String field) {
    try {
      return owner.getDeclaredField(field);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(owner + " has no field " + field, e);
    }
  }

  private static Schema schemaOf(Type type, AnnotatedElement marks) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        UniqueBy unique = marks.getAnnotation(UniqueBy.class);
        return new Items(
            schemaOf(arguments[0], marks.isAnnotationPresent(Holds.class) ? marks : NO_MARKS),
            least(marks),
            most(marks),
            unique == null ? null : unique.value());
      }
      Holds holds = marks.getAnnotation(Holds.class);
      return arguments[1] == Object.class
          ? new Tree(holds == null ? null : shapeOf(holds.value()))
          : new Table(schemaOf(arguments[1], NO_MARKS), least(marks), most(marks));
    }
    Class<?> plain = (Class<?>) type;
    Schema own = OWN.get(plain);
    if (own != null) {
      return own;
    }
    if (plain.isRecord()) {
      return shapeOf(plain.asSubclass(Record.class));
    }
    if (plain.isEnum()) {
      return new Choice(Stream.of(plain.getEnumConstants()).map(Coded.class::cast).toList());
    }
    return scalar(plain, marks);
  }

  private static Schema scalar(Class<?> type, AnnotatedElement marks) {
    if (type == String.class) {
      var pattern = marks.getAnnotation(io.fabric8.generator.annotation.Pattern.class);
      return new Text(
          least(marks),
          most(marks),
          pattern == null ? null : Pattern.compile(pattern.value()),
          marks.isAnnotationPresent(MayBeEmpty.class));
    }
    boolean wide = type == long.class || type == Long.class;
    if (!wide && type != int.class && type != Integer.class) {
      throw new IllegalStateException("no schema for " + type);
    }
    Min min = marks.getAnnotation(Min.class);
    Max max = marks.getAnnotation(Max.class);
    return new Whole(
        wide,
        min != null ? (long) min.value() : wide ? Long.MIN_VALUE : Integer.MIN_VALUE,
        max != null ? (long) max.value() : wide ? Long.MAX_VALUE : Integer.MAX_VALUE);
  }

  private static long least(AnnotatedElement marks) {
    Size size = marks.getAnnotation(Size.class);
    return size == null ? 0 : Math.max(0, size.min());
  }

  private static long most(AnnotatedElement marks) {
    Size size = marks.getAnnotation(Size.class);
    return size == null ? Long.MAX_VALUE : size.max();
  }

  private static Object parseDefault(Schema schema, String text) {
    return switch (schema) {
      case Text _ -> text;
      case Flag _ -> Boolean.valueOf(text);
      case Span _ -> GoDuration.parse(text);
      case Share _ -> IntOrPercent.parse(text);
      case Whole whole when whole.wide() -> Long.valueOf(text);
      case Whole _ -> Integer.valueOf(text);
      case Choice choice ->
          choice.constants().stream()
              .filter(constant -> constant.text().equals(text))
              .findFirst()
              .orElseThrow();
      case Moment _, Items _, Table _, Shape _, Amount _, Anything _, Tree _ ->
          throw new IllegalStateException("no default for " + schema);
    };
  }

  /** What a non-null field without default holds when absent; null for records, read from {}. */
  private static @Nullable Object empty(Schema schema) {
    return switch (schema) {
      case Text _ -> "";
      case Flag _ -> false;
      case Whole whole when whole.wide() -> 0L;
      case Whole _ -> 0;
      case Items _ -> List.of();
      case Table _, Tree _ -> Map.of();
      case Shape _, Choice _, Span _, Moment _, Share _, Amount _, Anything _ -> null;
    };
  }

  private static final AnnotatedElement NO_MARKS =
      new AnnotatedElement() {
        @Override
        public <T extends Annotation> @Nullable T getAnnotation(Class<T> type) {
          return null;
        }

        @Override
        public Annotation[] getAnnotations() {
          return new Annotation[0];
        }

        @Override
        public Annotation[] getDeclaredAnnotations() {
          return new Annotation[0];
        }
      };
}
