package io.ergane.proto.image;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.proto.generated.image.v1.ImageProto;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Routes to messages and back. */
final class RouteCodec {
  private RouteCodec() {}

  static ImageProto.Route encode(Route route) {
    ImageProto.Route.Builder message = ImageProto.Route.newBuilder();
    if (route.modelName() != null) {
      message.setModelName(route.modelName());
    }
    message.addAllAdapters(route.adapters()).setGatewayBound(route.gatewayBound());
    route.rules().forEach(rule -> message.addRules(rule(rule)));
    if (route.unsupported() != null) {
      message.setUnsupported(route.unsupported());
    }
    return message.build();
  }

  private static ImageProto.Rule rule(Rule rule) {
    ImageProto.Rule.Builder message = ImageProto.Rule.newBuilder().setName(rule.name());
    rule.headers()
        .forEach((name, match) ->
            message.addHeaders(
                ImageProto.HeaderMatch.newBuilder().setName(name).setMatch(match(match))));
    if (rule.uri() != null) {
      message.setUri(match(rule.uri()));
    }
    if (rule.bodyModel() != null) {
      message.setBodyModel(rule.bodyModel());
    }
    rule.targets().forEach(target -> message.addTargets(target(target)));
    return message.build();
  }

  private static ImageProto.StringMatch match(StringMatch match) {
    ImageProto.StringMatch.Builder message = ImageProto.StringMatch.newBuilder();
    return switch (match) {
      case StringMatch.Exact(String text) -> message.setExact(text).build();
      case StringMatch.Prefix(String text) -> message.setPrefix(text).build();
      case StringMatch.Regex(Pattern pattern) -> message.setRegex(pattern.pattern()).build();
      case StringMatch.Anything() -> message.setAnything(true).build();
    };
  }

  private static ImageProto.Target target(WeightedTarget weighted) {
    ImageProto.Target.Builder message = ImageProto.Target.newBuilder().setWeight(weighted.weight());
    return switch (weighted.target()) {
      case Target.Server(ObjectName name) -> message.setServer(Names.encode(name)).build();
      case Target.Provider(ObjectName name) -> message.setProvider(Names.encode(name)).build();
    };
  }

  static Route decode(ObjectName name, ImageProto.Route message) {
    List<Rule> rules = new ArrayList<>(message.getRulesCount());
    message.getRulesList().forEach(rule -> rules.add(rule(rule)));
    return new Route(
        name,
        message.hasModelName() ? message.getModelName() : null,
        message.getAdaptersList(),
        message.getGatewayBound(),
        rules,
        message.hasUnsupported() ? message.getUnsupported() : null);
  }

  private static Rule rule(ImageProto.Rule message) {
    TreeMap<String, StringMatch> headers = new TreeMap<>();
    message
        .getHeadersList()
        .forEach(header -> headers.put(header.getName(), match(header.getMatch())));
    List<WeightedTarget> targets = new ArrayList<>(message.getTargetsCount());
    message.getTargetsList().forEach(target -> targets.add(target(target)));
    return new Rule(
        message.getName(),
        headers,
        message.hasUri() ? match(message.getUri()) : null,
        message.hasBodyModel() ? message.getBodyModel() : null,
        targets);
  }

  private static StringMatch match(ImageProto.StringMatch message) {
    return switch (message.getTestCase()) {
      case EXACT -> new StringMatch.Exact(message.getExact());
      case PREFIX -> new StringMatch.Prefix(message.getPrefix());
      case REGEX -> new StringMatch.Regex(pattern(message.getRegex()));
      case ANYTHING -> new StringMatch.Anything();
      case TEST_NOT_SET ->
          throw new Garbled(
              "a match without a test; accepted are exact, prefix, regex and anything");
    };
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new Garbled("the regex '%s' is not RE2: %s".formatted(regex, e.getDescription()));
    }
  }

  private static WeightedTarget target(ImageProto.Target message) {
    Target target =
        switch (message.getTargetCase()) {
          case SERVER -> new Target.Server(Names.decode(message.getServer()));
          case PROVIDER -> new Target.Provider(Names.decode(message.getProvider()));
          case TARGET_NOT_SET ->
              throw new Garbled("a target of no kind; accepted are server and provider");
        };
    return new WeightedTarget(target, message.getWeight());
  }
}
