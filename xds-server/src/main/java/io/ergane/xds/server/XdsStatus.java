package io.ergane.xds.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What is published and what every node makes of it: what {@code /debug/xds} shows.
 *
 * @param published version of each type, by URL
 * @param publishedAt of the last change; null when nothing was ever published
 * @param nodes sorted by id
 * @param gone those that were connected lately, the last one to leave first
 */
public record XdsStatus(
    SortedMap<String, String> published,
    @Nullable Instant publishedAt,
    List<NodeStatus> nodes,
    List<GoneNode> gone) {

  public XdsStatus {
    gone = Objects.requireNonNullElse(gone, List.of()); // An older server does not tell.
  }

  private static final ObjectMapper JSON = mapper();

  private static ObjectMapper mapper() {
    SimpleModule times = new SimpleModule();
    times.addSerializer(Instant.class, ToStringSerializer.instance);
    times.addDeserializer(Instant.class, new InstantText());
    return JsonMapper.builder()
        .addModule(times)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  @SuppressWarnings("serial") // Never serialized.
  private static final class InstantText extends StdDeserializer<Instant> {
    InstantText() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return Instant.parse(parser.getText());
    }
  }

  /** Whether some node rejects something that is published. */
  public boolean hasRejections() {
    return nodes.stream()
        .flatMap(node -> node.types().stream())
        .anyMatch(type -> !type.rejected().isEmpty());
  }

  public JsonNode toJson() {
    return JSON.valueToTree(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static XdsStatus of(JsonNode json) {
    try {
      return JSON.treeToValue(json, XdsStatus.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "not a status of an xDS server: " + e.getOriginalMessage(), e);
    }
  }
}
