package io.ergane.core.schedule;

/**
 * The random numbers of one request.
 *
 * @param route decides among weighted targets
 * @param choice decides among endpoints of equal score
 */
public record Draws(long route, long choice) {

  /**
   * Draws that depend on nothing but the seed and the request's id, so that whoever knows both has
   * the same.
   */
  public static Draws of(long seed, String requestId) {
    long state = Mix.mix(seed);
    for (int i = 0; i < requestId.length(); i++) {
      state = Mix.mix(state ^ requestId.charAt(i));
    }
    return new Draws(Mix.mix(state ^ 1), Mix.mix(state ^ 2));
  }
}
