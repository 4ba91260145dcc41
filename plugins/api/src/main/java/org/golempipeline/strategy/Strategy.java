package org.golempipeline.strategy;

/**
 * What a split and a merge strategy have in common: a name to be chosen by, a version to be cached
 * under, and a schema for its options. Implementations are stateless, deterministic and usable from
 * several threads at once.
 */
public interface Strategy {
  /** The key in a pipeline file: {@code lines}, or {@code vendor/name} for a plugin. */
  String name();

  /**
   * Changes whenever the same input and options may give other fragments or another result; part of
   * every fragment's content key.
   */
  String version();

  /** One sentence for completion, {@code plugins describe} and the reference. */
  String summary();

  /**
   * A JSON Schema (draft 2020-12) for the options, the value beside {@link #name()} in the file.
   * Whoever reads the file has checked the options against it before a strategy sees them. Custom
   * keywords it may use: {@code "x-unit": "size" | "duration" | "share"} on a string that holds a
   * quantity, {@code "x-shell": true} on a string that is shell text, and beside that {@code
   * "x-variables": ["in", "out"]}: the variables it sets in the text, beside params and values, so
   * that names that clash and names without a value are found before anything runs. A strategy that
   * runs other texts through {@link Shell} says {@code "x-local-commands": true} beside them all,
   * so that {@code --no-local-commands} refuses it before anything runs.
   */
  String optionsSchema();

  /** Whether the name may stand alone in the file, without options. */
  default boolean optionsRequired() {
    return false;
  }
}
