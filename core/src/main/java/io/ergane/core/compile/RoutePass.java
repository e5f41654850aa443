package io.ergane.core.compile;

import com.google.re2j.Pattern;
import io.ergane.api.ModelRoute;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Draft.Declared;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.WeightedTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** ModelRoutes into routes, oldest first. */
final class RoutePass {
  private static final Comparator<Declared<ModelRoute>> ORDER =
      Comparator.<Declared<ModelRoute>>comparingLong(route -> route.sighting().age())
          .thenComparing(route -> version(route.resource()))
          .thenComparing(route -> route.name().toString());

  private final Declared<ModelRoute> declared;
  private final Draft draft;

  private RoutePass(Declared<ModelRoute> declared, Draft draft) {
    this.declared = declared;
    this.draft = draft;
  }

  static void run(Draft draft) {
    draft.declared(ModelRoute.class).stream()
        .sorted(ORDER)
        .map(route -> new RoutePass(route, draft).route())
        .forEach(draft.routes::add);
  }

  private static String version(ModelRoute route) {
    String version = route.metadata().resourceVersion();
    return version == null ? "" : version;
  }

  private Route route() {
    ModelRoute.Spec spec = declared.resource().spec();
    String unsupported = null;
    if (spec.rateLimit() != null) {
      unsupported = "spec.rateLimit";
      warn(
          "unsupported",
          unsupported,
          "token rate limits are not built yet; requests to this route are answered 501. Remove"
              + " rateLimit to serve them without a limit.");
    }
    if (!spec.parentRefs().isEmpty()) {
      warn(
          "gateway-bound",
          "spec.parentRefs",
          "the route is bound to Gateways and serves no request that comes without one. Remove"
              + " parentRefs to serve requests to this router.");
    }
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < spec.rules().size(); i++) {
      rules.add(rule(spec.rules().get(i), "spec.rules[" + i + "]"));
    }
    return new Route(
        declared.name(),
        spec.modelName(),
        spec.loraAdapters(),
        !spec.parentRefs().isEmpty(),
        rules,
        unsupported);
  }

  private Rule rule(ModelRoute.Rule rule, String field) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < rule.targetModels().size(); i++) {
      ModelRoute.TargetModel target = rule.targetModels().get(i);
      String at = field + ".targetModels[" + i + "]";
      targets.add(new WeightedTarget(target(target, at), target.weight()));
    }
    String name = rule.name() == null ? "" : rule.name();
    ModelRoute.ModelMatch match = rule.modelMatch();
    return match == null
        ? new Rule(name, new TreeMap<>(), null, null, targets)
        : new Rule(
            name,
            headers(match, field + ".modelMatch.headers"),
            match.uri() == null ? null : match(match.uri()),
            match.body() == null ? null : match.body().model(),
            targets);
  }

  private SortedMap<String, StringMatch> headers(ModelRoute.ModelMatch match, String field) {
    SortedMap<String, StringMatch> headers = new TreeMap<>();
    match
        .headers()
        .forEach((name, value) -> {
          StringMatch earlier = headers.putIfAbsent(name.toLowerCase(Locale.ROOT), match(value));
          if (earlier != null) {
            warn(
                "header-twice",
                field + "[" + name + "]",
                "a header of this name has a condition already, upper and lower case being equal; only"
                    + " the first counts. Remove one of them.");
          }
        });
    return headers;
  }

  private static StringMatch match(ModelRoute.@Nullable StringMatch match) {
    if (match == null) {
      return new StringMatch.Anything();
    }
    if (match.exact() != null) {
      return new StringMatch.Exact(match.exact());
    }
    if (match.prefix() != null) {
      return new StringMatch.Prefix(match.prefix());
    }
    return match.regex() == null
        ? new StringMatch.Anything()
        : new StringMatch.Regex(Pattern.compile(match.regex()));
  }

  private Target target(ModelRoute.TargetModel target, String field) {
    String namespace = declared.name().namespace();
    if (target.modelServerName() != null) {
      ObjectName name = new ObjectName(namespace, target.modelServerName());
      if (!draft.pools.containsKey(name)) {
        missing("ModelServer", name, draft.pools.keySet(), field + ".modelServerName");
      }
      return new Target.Server(name);
    }
    String provider = target.externalModelProviderName();
    if (provider == null) {
      throw new IllegalStateException(field + " of " + declared.name() + " names no destination");
    }
    ObjectName name = new ObjectName(namespace, provider);
    String at = field + ".externalModelProviderName";
    if (!draft.providers.contains(name)) {
      missing("ExternalModelProvider", name, draft.providers, at);
    }
    warn(
        "unsupported",
        at,
        "external providers are not built yet; requests that fall on this target are answered 501."
            + " Name a ModelServer to serve them.");
    return new Target.Provider(name);
  }

  private void missing(String kind, ObjectName name, Iterable<ObjectName> known, String field) {
    String fact =
        draft.withoutForm.contains(kind + " " + name)
            ? "%s %s is not in effect; see its own findings. Correct it".formatted(kind, name)
            : "%s %s does not exist; %s. Create it, or correct the name"
                .formatted(kind, name, Nearby.of(kind, name, known));
    warn("target-missing", field, fact + ": until then requests that fall on it are refused.");
  }

  private void warn(String code, String field, String message) {
    Sighting sighting = declared.sighting();
    draft.warn(sighting, code, field, message);
  }
}
