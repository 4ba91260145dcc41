package org.golempipeline.plan;

import java.util.HashMap;
import java.util.Map;
import org.golempipeline.strategy.StrategyException;

/**
 * The places that the files of all stages' results take: no two may have the same, and none may be
 * the folder of another.
 */
public final class OutputPlaces {
  private static final String CURE = "Give one of them another `output`.";

  /** The stage of each file. */
  private final Map<String, String> files = new HashMap<>();

  /** One of the files below each folder. */
  private final Map<String, String> folders = new HashMap<>();

  /**
   * Takes the place of a file, or of a folder that others may use as well.
   *
   * @param path of the folder if it ends in {@code /}
   * @throws StrategyException if it is taken
   */
  public void take(String stage, String path) throws StrategyException {
    var other = path.endsWith("/") ? null : files.putIfAbsent(path, stage);
    if (other != null) {
      throw new StrategyException(
          other.equals(stage)
              ? "Two outputs of stage `%s` would both be written to `%s`.".formatted(stage, path)
              : "The stages `%s` and `%s` would both write `%s`.".formatted(other, stage, path),
          CURE);
    }
    if (folders.containsKey(path)) {
      throw below(folders.get(path), path);
    }
    // Above a folder that is known all was looked at before.
    for (var end = path.lastIndexOf('/');
        end > 0 && folders.putIfAbsent(path.substring(0, end), path) == null;
        end = path.lastIndexOf('/', end - 1)) {
      if (files.containsKey(path.substring(0, end))) {
        throw below(path, path.substring(0, end));
      }
    }
  }

  private static StrategyException below(String path, String file) {
    return new StrategyException(
        "The output `%s` would lie below `%s`, which is a file.".formatted(path, file), CURE);
  }
}
