package io.ergane.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.admin.AdminServer.Answer;
import io.ergane.dataplane.admin.AdminServer.Page;
import io.ergane.dataplane.telemetry.DecisionLog;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The pages of the admin port. */
public final class DebugPages {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Endpoints that the page of all decisions tells of, some 500 bytes each. */
  private static final int MOST_ENDPOINTS = 2_000;

  private DebugPages() {}

  /**
   * Pages by path.
   *
   * @param metrics the exposition in Prometheus' text format
   */
  public static Map<String, Page> all(
      Dataplane dataplane, DecisionLog decisions, Supplier<String> metrics) {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("/metrics", metricsPage(metrics));
    pages.put("/debug/config_dump/", new ConfigDump(dataplane));
    pages.put(
        "/debug/overview",
        _ -> pretty(OverviewJson.of(dataplane.state().compilation(), decisions.newestFirst())));
    pages.put("/debug/image", _ -> Answer.text(image(dataplane.state().compilation())));
    pages.put("/debug/endpoints", _ -> pretty(EndpointsJson.of(dataplane)));
    pages.put("/debug/diagnostics", _ -> pretty(diagnostics(dataplane.state().compilation())));
    pages.put("/debug/decisions", _ -> pretty(decisions(decisions)));
    pages.put("/debug/decisions/", id -> decision(decisions, id));
    return pages;
  }

  /**
   * Pages of a process that compiles and serves no requests, by path.
   *
   * @param compilation the one in force
   */
  public static Map<String, Page> ofControlPlane(
      Supplier<Compilation> compilation, Supplier<String> metrics) {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("/metrics", metricsPage(metrics));
    pages.put("/debug/overview", _ -> pretty(OverviewJson.of(compilation.get(), List.of())));
    pages.put("/debug/image", _ -> Answer.text(image(compilation.get())));
    pages.put("/debug/diagnostics", _ -> pretty(diagnostics(compilation.get())));
    return pages;
  }

  /** These pages and, at {@code /}, one for browsers that draws what they show. */
  public static Map<String, Page> withIndex(Map<String, Page> pages) {
    Map<String, Page> all = new LinkedHashMap<>(pages);
    all.put("/", AdminServer.single(Answer.html(IndexPage.over(pages.keySet()))));
    return all;
  }

  /** The metrics alone. */
  public static Page metricsPage(Supplier<String> metrics) {
    return _ -> new Answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
  }

  private static String image(Compilation compilation) {
    return "# image %s%n%s".formatted(compilation.image().hash(), compilation.image());
  }

  private static Answer pretty(ObjectNode node) {
    return Answer.json(200, node.toPrettyString() + "\n");
  }

  private static ObjectNode diagnostics(Compilation compilation) {
    ObjectNode node = JSON.objectNode();
    ArrayNode rows = node.putArray("diagnostics");
    for (Diagnostic diagnostic : compilation.diagnostics()) {
      rows.addObject()
          .put("severity", diagnostic.severity().name().toLowerCase(java.util.Locale.ROOT))
          .put("code", diagnostic.code())
          .put("subject", diagnostic.subject())
          .put("source", diagnostic.source())
          .put("message", diagnostic.message());
    }
    return node;
  }

  private static ObjectNode decisions(DecisionLog log) {
    ObjectNode node = JSON.objectNode();
    node.put("kept", log.capacity());
    ArrayNode rows = node.putArray("decisions");
    int room = MOST_ENDPOINTS;
    for (RequestRecord record : log.newestFirst()) {
      room -= record.explanation == null ? 0 : record.explanation.endpoints().size();
      rows.add(room >= 0 ? DecisionJson.of(record) : elsewhere(record));
    }
    return node;
  }

  /** Without its endpoints, of which the page has enough. */
  private static ObjectNode elsewhere(RequestRecord record) {
    return DecisionJson.brief(record).put("endpointsAt", "/debug/decisions/" + record.requestId);
  }

  private static Answer decision(DecisionLog log, String id) {
    RequestRecord record = log.find(id);
    if (record == null) {
      ObjectNode error =
          JSON.objectNode()
              .put(
                  "error",
                  ("no decision of request '%s' is kept: it is not among the last %d explained ones,"
                          + " or it was refused before engines were looked at, as its answer"
                          + " then says")
                      .formatted(id, log.capacity()));
      return Answer.json(404, error.toString());
    }
    return pretty(DecisionJson.of(record));
  }
}
