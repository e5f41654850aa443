package io.ergane.proto.image;

import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.proto.generated.image.v1.ImageProto;
import java.util.SortedMap;
import java.util.TreeMap;

/** The scheduling profile to a message and back. */
final class ProfileCodec {
  private ProfileCodec() {}

  static ImageProto.Profile encode(SchedulingProfile profile) {
    ImageProto.Profile.Builder message =
        ImageProto.Profile.newBuilder()
            .addAllFilters(profile.filters())
            .setPicker(profile.picker());
    for (WeightedScorer scorer : profile.scorers()) {
      message.addScorers(
          ImageProto.Scorer.newBuilder().setName(scorer.name()).setWeight(scorer.weight()));
    }
    profile
        .arguments()
        .forEach((plugin, arguments) ->
            arguments.forEach((key, value) ->
                message.addArguments(
                    ImageProto.Argument.newBuilder()
                        .setPlugin(plugin)
                        .setKey(key)
                        .setValue(value))));
    return message.build();
  }

  static SchedulingProfile decode(ImageProto.Profile message) {
    TreeMap<String, SortedMap<String, String>> arguments = new TreeMap<>();
    for (ImageProto.Argument argument : message.getArgumentsList()) {
      arguments
          .computeIfAbsent(argument.getPlugin(), _ -> new TreeMap<>())
          .put(argument.getKey(), argument.getValue());
    }
    return new SchedulingProfile(
        message.getFiltersList(),
        message.getScorersList().stream()
            .map(scorer -> new WeightedScorer(scorer.getName(), scorer.getWeight()))
            .toList(),
        message.getPicker(),
        arguments);
  }
}
