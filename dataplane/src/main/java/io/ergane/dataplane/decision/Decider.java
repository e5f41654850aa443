package io.ergane.dataplane.decision;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.Malformed;
import io.ergane.core.llm.RequestFacts;
import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.llm.Scanned;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RouteMatch;
import io.ergane.core.routing.RouteQuery;
import io.ergane.core.schedule.Draws;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.ScheduleRequest.Prompt;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.PoolRuntime;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.dataplane.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;

/**
 * From a body to a chosen endpoint: scan, route, choose and reserve. Keeps its buffers from request
 * to request and belongs to one thread.
 */
public final class Decider {
  private final Dataplane dataplane;
  private final Telemetry telemetry;
  private final SplitMix random;
  private final @Nullable Long seed;
  private final int maxJsonDepth;
  private final Query query = new Query();
  private int blockBytes = -1;
  private @Nullable RequestScan scanner;

  /**
   * @param maxJsonDepth nesting of request bodies, 8 to 10000
   * @param random decides among weighted targets and equal endpoints
   * @param seed decides with each request's id in place of {@code random}; null for none
   */
  public Decider(
      Dataplane dataplane,
      Telemetry telemetry,
      int maxJsonDepth,
      SplitMix random,
      @Nullable Long seed) {
    this.dataplane = dataplane;
    this.telemetry = telemetry;
    this.maxJsonDepth = maxJsonDepth;
    this.random = random;
    this.seed = seed;
  }

  /** A decider whose choices cannot be had again. */
  public Decider(Dataplane dataplane, Telemetry telemetry, int maxJsonDepth, SplitMix random) {
    this(dataplane, telemetry, maxJsonDepth, random, null);
  }

  /**
   * Decides on one request and writes down in the ledger what was found.
   *
   * @param body not retained
   */
  public Outcome decide(
      Api api, byte[] body, int offset, int length, RequestView request, Ledger ledger) {
    Dataplane.State state = dataplane.state();
    return decide(state, scanner(state).scan(api, body, offset, length), request, ledger);
  }

  /**
   * Decides on a request of whose body only the beginning is there.
   *
   * @param body not retained
   */
  public Outcome decideOnBeginning(
      Api api, byte[] body, int offset, int length, RequestView request, Ledger ledger) {
    Dataplane.State state = dataplane.state();
    return decide(state, scanner(state).scanBeginning(api, body, offset, length), request, ledger);
  }

  private Outcome decide(
      Dataplane.State state, Scanned scanned, RequestView request, Ledger ledger) {
    ledger.record.parsedNanos = dataplane.now();
    return switch (scanned) {
      case Malformed malformed -> new Outcome.Refused(Refusal.malformed(malformed));
      case RequestFacts facts -> route(state, facts, request, ledger);
    };
  }

  /** A scanner with the block size that the pools in force want; all pools have one profile. */
  private RequestScan scanner(Dataplane.State state) {
    int wanted = 0;
    for (PoolRuntime pool : state.pools().values()) {
      wanted = pool.hashesPrompts() ? pool.blockBytes() : 0;
      break;
    }
    RequestScan present = scanner;
    if (present == null || wanted != blockBytes) {
      blockBytes = wanted;
      present = new RequestScan(new ScanLimits(wanted, maxJsonDepth));
      scanner = present;
    }
    return present;
  }

  private Outcome route(
      Dataplane.State state, RequestFacts facts, RequestView request, Ledger ledger) {
    RequestRecord record = ledger.record;
    record.modelRegistered = state.image().registers(facts.model());
    record.model = record.modelRegistered ? facts.model() : Refusal.shortened(facts.model());
    record.stream = facts.stream();
    record.inputTokens = facts.tokenEstimate();
    record.imageHash = state.image().hash();
    ledger.parsed();
    Destination destination;
    query.ask(facts.model(), request);
    try {
      destination =
          Destination.of(state, query, seed == null ? random.next() : draws(seed, record).route());
    } finally {
      query.clear();
    }
    return switch (destination) {
      case Destination.Nowhere nowhere -> {
        matched(record, nowhere.match());
        record.unsupportedFeature = nowhere.unsupported();
        boolean early = nowhere.match() == null && !dataplane.isTold();
        yield new Outcome.Refused(early ? Refusal.notToldYet() : nowhere.why());
      }
      case Destination.Engines engines -> {
        matched(record, engines.match());
        yield choose(engines, facts, request, record);
      }
    };
  }

  private static Draws draws(long seed, RequestRecord record) {
    return Draws.of(seed, record.requestId == null ? "" : record.requestId);
  }

  private static void matched(RequestRecord record, @Nullable RouteMatch match) {
    if (match != null) {
      record.route = match.route().name();
      record.server = match.target().name();
    }
  }

  private Outcome choose(
      Destination.Engines to, RequestFacts facts, RequestView request, RequestRecord record) {
    Pool pool = to.pool().pool();
    record.backendType = "model_server";
    record.upstreamModel = to.upstreamModel();
    record.explanation = telemetry.explain() ? new Explanation() : null;
    Prompt prompt =
        blockBytes == 0
            ? Prompt.NONE
            : new Prompt(facts.blockHashes(), facts.blockCount(), blockBytes, facts.promptBytes());
    PoolRuntime.Choice choice =
        to.pool()
            .choose(
                new ScheduleRequest(
                    to.upstreamModel(), to.match().adapter(), prompt, request.only()),
                pool.traffic().attempts() - 1,
                seed == null ? random.next() : draws(seed, record).choice(),
                telemetry.stages(facts.model()),
                record.explanation);
    return switch (choice) {
      case PoolRuntime.Refused refused ->
          new Outcome.Refused(Refusal.notChosen(pool.name(), refused.why()));
      case Hold hold -> {
        record.prefixShare = hold.prefixShare();
        yield new Outcome.Chosen(to.match(), pool, to.upstreamModel(), facts, hold);
      }
    };
  }

  /** What routes look at; used anew for each request. */
  private static final class Query implements RouteQuery {
    private String model = "";
    private @Nullable RequestView request;

    void ask(String model, RequestView request) {
      this.model = model;
      this.request = request;
    }

    void clear() {
      model = "";
      request = null;
    }

    @Override
    public String model() {
      return model;
    }

    @Override
    public String path() {
      return request == null ? "" : request.path();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
      return request == null ? null : request.header(lowerCaseName);
    }
  }
}
