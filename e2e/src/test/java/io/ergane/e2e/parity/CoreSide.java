package io.ergane.e2e.parity;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.LatencyWindow;
import io.ergane.core.engine.MetricDialects;
import io.ergane.core.engine.MetricScrape;
import io.ergane.core.llm.Api;
import io.ergane.core.llm.Malformed;
import io.ergane.core.llm.RequestFacts;
import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RouteMatch;
import io.ergane.core.routing.RouteQuery;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Target;
import io.ergane.core.schedule.Decision;
import io.ergane.core.schedule.Draws;
import io.ergane.core.schedule.EndpointHealth;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.ScheduleRequest.Prompt;
import io.ergane.core.schedule.SignalBoard;
import io.ergane.dataplane.decision.OwnPaths;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.e2e.parity.ScriptedEngine.Way;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must become of each request: scan, route and choice of the core, and of its attempts what
 * the engines' script says. No clock, no thread, no connection.
 */
final class CoreSide {
  private static final int MAX_DEPTH = 200;

  final Recorder recorder = new Recorder();
  final SignalBoard board = new SignalBoard(Subject.SETTINGS.maxEndpoints());
  private final EndpointHealth health =
      new EndpointHealth(Subject.SETTINGS.maxEndpoints(), Subject.NO_EJECTIONS);
  private final RoutingImage image;
  private final SortedMap<ObjectName, CorePool> pools = new TreeMap<>();
  private final Map<String, EngineSample> samples = new HashMap<>();
  private final Fleet fleet;
  private final long seed;
  private final RequestScan scan;

  CoreSide(Compilation compilation, Fleet fleet, long seed) {
    this.image = compilation.image();
    this.fleet = fleet;
    this.seed = seed;
    for (Pool pool : image.pools().values()) {
      var table = compilation.endpoints().get(pool.name());
      if (table == null) {
        throw new IllegalArgumentException("no table for " + pool.name());
      }
      for (Endpoint row : table.rows()) {
        health.join(board.claim(row), true, 0);
      }
      pools.put(pool.name(), new CorePool(pool, table, image.profile(), board, health));
    }
    int blockBytes = pools.values().iterator().next().blockBytes;
    scan = new RequestScan(new ScanLimits(blockBytes, MAX_DEPTH));
    compilation.endpoints().values().forEach(table -> table.rows().forEach(this::list));
  }

  private void list(Endpoint endpoint) {
    ScriptedEngine engine = fleet.engine(endpoint.pod().name());
    if (engine.way != Way.IS_GONE) {
      board.models(board.slotOf(endpoint), Set.copyOf(engine.models));
    }
  }

  /** Reads what each engine says now. */
  void scrape(Compilation compilation) {
    compilation.endpoints().values().forEach(table -> table.rows().forEach(this::scrape));
  }

  private void scrape(Endpoint endpoint) {
    ScriptedEngine engine = fleet.engine(endpoint.pod().name());
    if (engine.way == Way.IS_GONE) {
      return;
    }
    byte[] page = engine.signals().text().getBytes(StandardCharsets.UTF_8);
    MetricScrape scrape = new MetricScrape(MetricDialects.any());
    scrape.feed(page, 0, page.length);
    EngineSample next = scrape.finish();
    EngineSample before = samples.put(engine.name, next);
    board.sample(
        board.slotOf(endpoint),
        next.running(),
        next.waiting(),
        next.kvUsage(),
        (float) LatencyWindow.advance(before == null ? null : before.ttft(), next.ttft()),
        (float) LatencyWindow.advance(before == null ? null : before.tpot(), next.tpot()),
        0);
  }

  /** What routes look at of a request. */
  static RouteQuery query(Ask ask, String model) {
    return new RouteQuery() {
      @Override
      public String model() {
        return model;
      }

      @Override
      public String path() {
        return plain(ask.path());
      }

      @Override
      public @Nullable String header(String lowerCaseName) {
        return ask.headers().get(lowerCaseName);
      }
    };
  }

  static String plain(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /** Decides, and lets the script answer. */
  Seen ask(Ask ask) {
    String path = plain(ask.path());
    Api api = Api.ofPath(path);
    RequestRecord record = new RequestRecord();
    record.requestId = ask.id();
    record.method = ask.method();
    record.path = path;
    record.startNanos = 1;
    if (api != null) {
      recorder.started(record);
    }
    Course course = new Course(ask, record);
    if (ask.kind().equals("model-list")) {
      record.status = 200;
    } else {
      Refusal refusal = course.run(api);
      if (refusal != null) {
        record.status = refusal.status();
        record.errorType = refusal.logged();
        record.metricErrorType = refusal.counted();
      }
    }
    Seen seen =
        new Seen()
            .with("status", record.status)
            .with("engine", course.answered == null ? null : course.answered.name)
            .with("noted", api != null);
    if (api != null) {
      record.endNanos = 4;
      recorder.ended(record);
      seen.with(record);
    }
    return seen;
  }

  /** The way of one request. */
  private final class Course {
    private final Ask ask;
    private final RequestRecord record;
    private @Nullable ScriptedEngine answered;

    Course(Ask ask, RequestRecord record) {
      this.ask = ask;
      this.record = record;
    }

    @Nullable Refusal run(@Nullable Api api) {
      Refusal unserved = OwnPaths.unserved(api, ask.method(), record.path);
      if (unserved != null || api == null) {
        return unserved;
      }
      if (ask.body().length > Workload.MAX_BODY_BYTES) {
        return Refusal.bodyTooLarge(Workload.MAX_BODY_BYTES);
      }
      return switch (scan.scan(api, ask.body(), 0, ask.body().length)) {
        case Malformed malformed -> Refusal.malformed(malformed);
        case RequestFacts facts -> route(facts);
      };
    }

    private @Nullable Refusal route(RequestFacts facts) {
      record.modelRegistered = image.registers(facts.model());
      record.model = facts.model();
      record.stream = facts.stream();
      record.inputTokens = facts.tokenEstimate();
      record.counted = true;
      recorder.parsed(record);
      RouteMatch match = image.match(query(ask, facts.model()), Draws.of(seed, ask.id()).route());
      if (match == null) {
        return Refusal.routeNotFound(facts.model(), image.modelNames());
      }
      ObjectName target = match.target().name();
      record.route = match.route().name();
      record.server = target;
      CorePool to = pools.get(target);
      String unsupported =
          match.route().unsupported() != null
              ? match.route().unsupported()
              : match.target() instanceof Target.Provider
                  ? "externalModelProviderName"
                  : to == null ? null : to.pool.unsupported();
      if (unsupported != null) {
        record.unsupportedFeature = unsupported.substring(unsupported.lastIndexOf('.') + 1);
        return Refusal.unsupported(unsupported);
      }
      return to == null ? Refusal.serverMissing(target) : choose(facts, match, to);
    }

    private @Nullable Refusal choose(RequestFacts facts, RouteMatch match, CorePool to) {
      record.backendType = "model_server";
      record.upstreamModel = to.pool.upstreamModel(facts.model(), match.adapter());
      Explanation explanation = new Explanation();
      record.explanation = explanation;
      Prompt prompt =
          to.blockBytes == 0
              ? Prompt.NONE
              : new Prompt(
                  facts.blockHashes(), facts.blockCount(), to.blockBytes, facts.promptBytes());
      ScheduleRequest request = new ScheduleRequest(record.upstreamModel, match.adapter(), prompt);
      Decision decision =
          to.choose(
              request,
              Draws.of(seed, ask.id()).choice(),
              recorder.stages(facts.model()),
              explanation);
      return switch (decision) {
        case Decision.Refuse refuse -> Refusal.notChosen(to.pool.name(), refuse);
        case Decision.Send send -> attempts(send, request, to);
      };
    }

    private @Nullable Refusal attempts(Decision.Send send, ScheduleRequest request, CorePool to) {
      boolean movedOn = false;
      for (Decision.Choice choice : send.choices()) {
        boolean last = ++record.attempts == send.choices().size();
        long evicted = to.evictions();
        int held = to.learn(request, choice.slot());
        record.prefixEvictions += (int) (to.evictions() - evicted);
        if (record.attempts == 1) {
          board.release(choice.slot());
          record.prefixShare =
              request.prompt().count() == 0 ? Float.NaN : request.prompt().share(held);
        }
        ScriptedEngine engine = fleet.engine(choice.endpoint().pod().name());
        record.pod = choice.endpoint().pod();
        switch (engine.way) {
          case ANSWERS -> {
            return answer(engine, 200);
          }
          case FAILS, IS_GONE -> to.unlearn(request, choice.slot(), held);
          case IS_FULL -> {
            to.unlearn(request, choice.slot(), held);
            if (movedOn || last) {
              return answer(engine, engine.way.status);
            }
            movedOn = true;
          }
        }
      }
      return Refusal.allFailed(503, record.attempts, "", 1);
    }

    private @Nullable Refusal answer(ScriptedEngine engine, int status) {
      answered = engine;
      record.status = status;
      record.upstreamStatus = status;
      record.upstreamStartNanos = 1;
      record.firstByteNanos = 2;
      record.lastByteNanos = 3;
      if (status == 200) {
        record.inputTokens = ScriptedEngine.inputTokens(ask.body());
        record.outputTokens = ScriptedEngine.outputTokens(ask.body());
      }
      return null;
    }
  }
}
