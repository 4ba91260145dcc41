package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;

/**
 * Puts the profiles that the caller chose over what stands in a file, at top level and in single
 * stages: of two for the same key the later one counts. A key is replaced whole; params get other
 * defaults.
 */
final class Profiles {
  private static final String KEY = "profiles";

  /** What a profile may set for the whole pipeline, beside params. */
  private static final Set<String> OF_ALL = Set.of("budget", "workers", "golem");

  /** What it may set for all stages that do not say otherwise, and for single ones that do. */
  private static final Set<String> OF_STAGES =
      Set.of("image", "files", "setup", "resources", "retry", "timeout", "speculate", "verify");

  private Profiles() {}

  /** The file as the {@code chosen} profiles make it; it still has all of them, to be checked. */
  static Mapping applied(Mapping root, List<String> chosen, Problems problems) {
    var block = root.entry(KEY);
    var profiles = block != null && block.value() instanceof Mapping map ? map : null;
    if (profiles != null) {
      for (var each : profiles.entries()) {
        checkParams(each, root, problems);
        checkStages(each, root, problems);
      }
    }
    var result = root;
    for (var name : chosen) {
      var profile = profiles == null ? null : profiles.entry(name);
      if (profile == null) {
        var names = profiles == null ? List.<String>of() : profiles.keys();
        problems.error(
            DiagnosticIds.PROFILE_UNKNOWN,
            block == null ? Range.START : block.key().range(),
            "This file has no profile `%s`.".formatted(name),
            Nearest.to(name, names)
                .map("Did you mean `--profile %s`?"::formatted)
                .orElse(
                    names.isEmpty()
                        ? "It has none; they stand under `profiles:`."
                        : "Its profiles are %s.".formatted(Words.list(names))));
      } else if (profile.value() instanceof Mapping settings) {
        result = with(result, settings);
      }
    }
    return result;
  }

  private static void checkParams(Entry profile, Mapping root, Problems problems) {
    if (profile.value() instanceof Mapping settings
        && settings.get("params") instanceof Mapping values) {
      var declared = root.get("params") instanceof Mapping map ? map.keys() : List.<String>of();
      for (var value : values.entries()) {
        if (!declared.contains(value.name())) {
          problems.error(
              DiagnosticIds.PARAM_UNKNOWN,
              value.key().range(),
              "The profile `%s` sets the param `%s`, which this file does not have."
                  .formatted(profile.name(), value.name()),
              Nearest.to(value.name(), declared)
                  .map("Did you mean `%s`?"::formatted)
                  .orElse("Declare it under `params`."));
        }
      }
    }
  }

  private static void checkStages(Entry profile, Mapping root, Problems problems) {
    if (profile.value() instanceof Mapping settings
        && settings.get("stages") instanceof Mapping stages) {
      var known = root.get("stages") instanceof Mapping map ? map.keys() : List.<String>of();
      for (var stage : stages.entries()) {
        if (!known.contains(stage.name())) {
          problems.error(
              DiagnosticIds.REFERENCE_STAGE,
              stage.key().range(),
              "The profile `%s` sets the stage `%s`, which this file does not have."
                  .formatted(profile.name(), stage.name()),
              Nearest.to(stage.name(), known)
                  .map("Did you mean `%s`?"::formatted)
                  .orElse(
                      known.isEmpty()
                          ? "It has no `stages`: write the settings into the profile itself."
                          : "Its stages are %s.".formatted(Words.list(known))));
        }
      }
    }
  }

  private static Mapping with(Mapping root, Mapping settings) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    root.entries().forEach(each -> entries.put(each.name(), each));
    for (var setting : settings.entries()) {
      if (OF_ALL.contains(setting.name()) || OF_STAGES.contains(setting.name())) {
        entries.put(setting.name(), setting);
      } else if (setting.value() instanceof Mapping values) {
        entries.computeIfPresent(
            setting.name(),
            (name, own) ->
                own.value() instanceof Mapping declared
                    ? new Entry(own.key(), within(name, declared, values))
                    : own);
      }
    }
    return new Mapping(List.copyOf(entries.values()), root.block(), root.range());
  }

  /** What is set by the names of params or stages; other maps are no settings. */
  private static Mapping within(String key, Mapping declared, Mapping values) {
    return switch (key) {
      case "params" -> withDefaults(declared, values);
      case "stages" -> withStages(declared, values);
      default -> declared;
    };
  }

  private static Mapping withStages(Mapping declared, Mapping values) {
    var entries = new ArrayList<Entry>();
    for (var stage : declared.entries()) {
      entries.add(
          stage.value() instanceof Mapping body && values.get(stage.name()) instanceof Mapping own
              ? new Entry(stage.key(), withSettings(body, own))
              : stage);
    }
    return new Mapping(entries, declared.block(), declared.range());
  }

  private static Mapping withSettings(Mapping stage, Mapping settings) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    stage.entries().forEach(each -> entries.put(each.name(), each));
    settings.entries().stream()
        .filter(each -> OF_STAGES.contains(each.name()))
        .forEach(each -> entries.put(each.name(), each));
    return new Mapping(List.copyOf(entries.values()), stage.block(), stage.range());
  }

  private static Mapping withDefaults(Mapping declared, Mapping values) {
    var entries = new ArrayList<Entry>();
    for (var param : declared.entries()) {
      var value = values.entry(param.name());
      entries.add(
          value != null && value.value() instanceof Scalar
              ? Params.withDefault(param, value)
              : param);
    }
    return new Mapping(entries, declared.block(), declared.range());
  }
}
