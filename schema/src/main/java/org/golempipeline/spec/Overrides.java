package org.golempipeline.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the caller says beside the file.
 *
 * @param params values for params, as given with {@code -p}
 * @param earlier values that params had in a run that is looked at; they count where {@code params}
 *     has none, and those of params that are secret now or gone are not looked at
 * @param profiles those that are chosen, of which later ones win
 * @param environment looks up the variables that secrets are taken from
 * @param allowOutside whether paths may leave the folder of the file
 * @param localCommands whether the file may run commands of its own on the user's machine
 * @param surroundings what lies around the file
 */
public record Overrides(
    Map<String, String> params,
    Map<String, String> earlier,
    List<String> profiles,
    Function<String, Optional<String>> environment,
    boolean allowOutside,
    boolean localCommands,
    Surroundings surroundings) {
  /** Nothing: no params, an empty environment, no paths outside. */
  public static final Overrides NONE = new Overrides(Map.of(), name -> Optional.empty(), false);

  public Overrides {
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    earlier = Map.copyOf(earlier);
    profiles = List.copyOf(profiles);
    Objects.requireNonNull(environment);
    Objects.requireNonNull(surroundings);
  }

  /** Without an earlier run, profiles or surroundings, local commands allowed. */
  public Overrides(
      Map<String, String> params,
      Function<String, Optional<String>> environment,
      boolean allowOutside) {
    this(params, Map.of(), List.of(), environment, allowOutside, true, Surroundings.NONE);
  }

  /** The same after a run that had these values and profiles; profiles of the caller win. */
  public Overrides after(Map<String, String> values, List<String> chosen) {
    return new Overrides(
        params,
        values,
        profiles.isEmpty() ? chosen : profiles,
        environment,
        allowOutside,
        localCommands,
        surroundings);
  }

  /** The same with other profiles. */
  public Overrides withProfiles(List<String> chosen) {
    return new Overrides(
        params, earlier, chosen, environment, allowOutside, localCommands, surroundings);
  }
}
