package io.ergane.xds.server;

import io.ergane.proto.resource.TypeUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Renders a status as text for a terminal: for Envoys and for other nodes a line a type and a
 * table, then what nodes rejected and who is gone.
 */
public final class StatusTable {
  private static final List<String> HEAD = List.of("NODE", "KIND", "VERSION", "CONNECTED");

  private final XdsStatus status;
  private final Instant now;

  private StatusTable(XdsStatus status, Instant now) {
    this.status = status;
    this.now = now;
  }

  /** The text, each line ended. */
  public static String render(XdsStatus status, Instant now) {
    return new StatusTable(status, now).text();
  }

  private String text() {
    List<String> parts = new ArrayList<>();
    if (status.publishedAt() == null) {
      parts.add("Nothing is published yet.\n");
    } else if (status.nodes().isEmpty()) {
      parts.add("No node is connected.\n");
    } else {
      nodes(parts);
    }
    parts.add(gone());
    parts.removeIf(String::isEmpty);
    return String.join("\n", parts);
  }

  private void nodes(List<String> parts) {
    status.nodes().stream()
        .collect(Collectors.partitioningBy(node -> node.kind() != NodeKind.ENVOY))
        .values()
        .stream()
        .filter(nodes -> !nodes.isEmpty())
        .forEach(nodes -> parts.add(section(nodes)));
    parts.add(problems());
  }

  private String section(List<NodeStatus> nodes) {
    List<String> types = types(nodes);
    StringBuilder text = new StringBuilder();
    types.forEach(type -> text.append(summary(nodes, type)).append('\n'));
    text.append('\n');
    List<List<String>> rows = new ArrayList<>();
    rows.add(head(types));
    nodes.forEach(node -> rows.add(row(node, types)));
    align(rows, text);
    return text.toString();
  }

  /** Types that some node asked for, in the order in which they go out. */
  private static List<String> types(List<NodeStatus> nodes) {
    Map<Integer, List<String>> ordered = new TreeMap<>();
    List<String> order =
        List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE, TypeUrl.SECRET);
    nodes.stream()
        .flatMap(node -> node.types().stream())
        .map(NodeStatus.OfType::type)
        .distinct()
        .sorted()
        .forEach(type -> {
          int place = order.contains(type) ? order.indexOf(type) : order.size();
          ordered.computeIfAbsent(place, _ -> new ArrayList<>()).add(type);
        });
    return ordered.values().stream().flatMap(List::stream).toList();
  }

  /** A node may have several streams; it counts once, and as live when all of them are. */
  private String summary(List<NodeStatus> nodes, String type) {
    Map<String, Boolean> liveById = new HashMap<>();
    for (NodeStatus stream : nodes) {
      stream.types().stream()
          .filter(each -> each.type().equals(type))
          .forEach(each -> liveById.merge(stream.id(), each.live(), Boolean::logicalAnd));
    }
    long live = liveById.values().stream().filter(each -> each).count();
    return "%-10s live on %d of %d nodes at version %s"
        .formatted(
            label(type), live, liveById.size(), status.published().getOrDefault(type, "(empty)"));
  }

  private static List<String> head(List<String> types) {
    List<String> head = new ArrayList<>(HEAD);
    types.forEach(type -> head.add(label(type).toUpperCase(Locale.ROOT)));
    return head;
  }

  private List<String> row(NodeStatus node, List<String> types) {
    List<String> row =
        new ArrayList<>(
            List.of(
                node.id(),
                node.kind().toString(),
                orDash(node.version()),
                age(node.connectedSince())));
    Map<String, NodeStatus.OfType> byType =
        node.types().stream().collect(Collectors.toMap(NodeStatus.OfType::type, each -> each));
    for (String type : types) {
      NodeStatus.OfType each = byType.get(type);
      row.add(each == null ? "-" : state(each));
    }
    return row;
  }

  private static String state(NodeStatus.OfType type) {
    if (!type.rejected().isEmpty()) {
      return "rejected";
    }
    return type.live() ? "live" : type.unanswered() != null ? "sent" : "waiting";
  }

  private String problems() {
    StringBuilder text = new StringBuilder();
    for (NodeStatus node : status.nodes()) {
      if (node.waitingFor() != null) {
        text.append("%s: waiting for %s\n".formatted(node.id(), node.waitingFor()));
      }
      for (NodeStatus.OfType type : node.types()) {
        Nack nack = type.lastNack();
        if (nack != null && !type.rejected().isEmpty()) {
          text.append(rejection(node, type, nack));
        }
      }
    }
    return text.toString();
  }

  private static String rejection(NodeStatus node, NodeStatus.OfType type, Nack nack) {
    String subjects =
        nack.subjects().isEmpty()
            ? ""
            : " (%s)"
                .formatted(
                    nack.subjects().stream()
                        .map(Subject::toString)
                        .collect(Collectors.joining(", ")));
    String keeps = type.runs().isEmpty() ? "it has none yet" : "it keeps version " + type.runs();
    return "%s: rejected %s %s%s, %s: %s\n"
        .formatted(
            node.id(),
            label(type.type()),
            String.join(", ", type.rejected()),
            subjects,
            keeps,
            nack.message().strip());
  }

  private static String label(String type) {
    if (type.equals(TypeUrl.CLUSTER)) {
      return "clusters";
    } else if (type.equals(TypeUrl.ENDPOINT)) {
      return "endpoints";
    } else if (type.equals(TypeUrl.LISTENER)) {
      return "listeners";
    } else if (type.equals(TypeUrl.ROUTE)) {
      return "routes";
    } else if (type.equals(TypeUrl.SECRET)) {
      return "secrets";
    }
    return TypeUrl.shortName(type);
  }

  private String gone() {
    if (status.gone().isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("GONE", "KIND", "VERSION", "SINCE"));
    for (GoneNode node : status.gone()) {
      rows.add(
          List.of(node.id(), node.kind().toString(), orDash(node.version()), age(node.since())));
    }
    StringBuilder text = new StringBuilder();
    align(rows, text);
    return text.toString();
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private String age(Instant since) {
    Duration age = Duration.between(since, now);
    if (age.toDays() > 0) {
      return age.toDays() + "d";
    } else if (age.toHours() > 0) {
      return age.toHours() + "h";
    } else if (age.toMinutes() > 0) {
      return age.toMinutes() + "m";
    }
    return Math.max(0, age.toSeconds()) + "s";
  }

  private static void align(List<List<String>> rows, StringBuilder text) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}
