package io.ergane.controllers.config;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import java.util.Optional;

/**
 * What a router configuration file says.
 *
 * <p>The format is Kthena's: {@code scheduler.pluginConfig[]} with {@code name} and {@code args},
 * {@code scheduler.plugins.Filter.enabled} as names in run order, {@code
 * scheduler.plugins.Score.enabled} as {@code name} and {@code weight}, and an {@code auth} block.
 * Of our own is {@code scheduler.plugins.Picker.enabled}, a list of one name; a picker's name among
 * the scorers is taken as the picker. Without {@code scheduler.plugins} the default plugins run,
 * with the arguments of {@code pluginConfig}.
 *
 * @param auth whether the file asks for authentication
 */
public record RouterConfiguration(SchedulingProfile profile, boolean auth) {
  /** What holds without a file. */
  public static final RouterConfiguration DEFAULT =
      new RouterConfiguration(SchedulingProfile.DEFAULT, false);

  /**
   * What became of a text.
   *
   * @param configuration empty when the text is refused, for reasons that are among the diagnostics
   *     as errors
   */
  public record Outcome(Optional<RouterConfiguration> configuration, List<Diagnostic> diagnostics) {
    public Outcome {
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /**
   * Parses the text of a file.
   *
   * @param file as the user named it; diagnostics say {@code file:line}
   */
  public static Outcome parse(String file, String text) {
    return new ConfigurationReader(file).read(text);
  }
}
