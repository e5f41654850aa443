package io.ergane.xds.translate;

import io.envoyproxy.envoy.extensions.content_parsers.json.v3.JsonContentParser;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.KeyValuePair;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.MatchRules;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Rule;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Selector;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.ValueType;
import io.envoyproxy.envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * The filters that put what an answer says of its tokens into dynamic metadata, the last value of a
 * stream. Three shapes are read: OpenAI's chat and completions, its responses, Anthropic's. A rule
 * that does not match costs Envoy time at every event, so there is none whose value nobody reads.
 */
final class UsageFilters {
  private static final List<Rule> RULES =
      List.of(
          rule(EnvoyNames.INPUT_TOKENS, "usage", "prompt_tokens"),
          rule(EnvoyNames.INPUT_TOKENS, "usage", "input_tokens"),
          rule(EnvoyNames.OUTPUT_TOKENS, "usage", "completion_tokens"),
          rule(EnvoyNames.OUTPUT_TOKENS, "usage", "output_tokens"));

  /** Where events wrap the answer: the end of a streamed response, the start of a message. */
  private static final List<Rule> IN_EVENTS =
      List.of(
          rule(EnvoyNames.INPUT_TOKENS, "response", "usage", "input_tokens"),
          rule(EnvoyNames.OUTPUT_TOKENS, "response", "usage", "output_tokens"),
          rule(EnvoyNames.INPUT_TOKENS, "message", "usage", "input_tokens"));

  private UsageFilters() {}

  static List<HttpFilter> of(EnvoySettings settings) {
    List<Rule> streamed = new ArrayList<>(RULES);
    streamed.addAll(IN_EVENTS);
    JsonContentParser.Builder parser = JsonContentParser.newBuilder();
    streamed.forEach(rule -> parser.addRulesBuilder().setRule(rule));
    SseToMetadata.Builder streams = SseToMetadata.newBuilder();
    streams
        .getResponseRulesBuilder()
        .setContentParser(Protos.extension("envoy.content_parsers.json", parser.build()))
        .setMaxEventSize(Protos.number(settings.limits().event()));
    JsonToMetadata documents =
        JsonToMetadata.newBuilder()
            .setResponseRules(MatchRules.newBuilder().addAllRules(RULES))
            .build();
    return List.of(
        DecisionFilters.filter(EnvoyNames.STREAM_USAGE_FILTER, streams.build()),
        DecisionFilters.filter(EnvoyNames.DOCUMENT_USAGE_FILTER, documents));
  }

  private static Rule rule(String key, String... path) {
    Rule.Builder rule =
        Rule.newBuilder()
            .setOnPresent(
                KeyValuePair.newBuilder()
                    .setMetadataNamespace(EnvoyNames.USAGE_NAMESPACE)
                    .setKey(key)
                    .setType(ValueType.NUMBER));
    for (String step : path) {
      rule.addSelectors(Selector.newBuilder().setKey(step));
    }
    return rule.build();
  }
}
